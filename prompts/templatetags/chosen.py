"""What a parent chose to be asked about, in words."""

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Age, User
from prompts import questions
from prompts.library import welcome

register = template.Library()


@register.simple_tag
def chosen(person: User) -> SafeString:
    """The ways to what a person is asked, each with what they chose there."""
    preferences = person.preferences
    reason = welcome.read(questions.reading_language()).reason(preferences.reason)
    fitting = person.ages(person.tonight(timezone.now()))
    ages = [label for age, label in Age.choices if age in fitting]
    return render_to_string("prompts/choices/chosen.html", {"ages": ages, "reason": reason})
