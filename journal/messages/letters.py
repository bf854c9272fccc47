"""The weekly letter of one person: which is next, and what it holds."""

import datetime as dt

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts.models import User
from journal.messages import letter, links, reminders
from journal.messages.letter import Evening
from journal.messages.links import Kind
from journal.models import Entry, MessagePlan
from journal.nights import windows
from prompts.library import letters as library
from prompts.library.letters import Letter


def after(number: int) -> int:
    """The number of the letter that follows this one: after the last comes the first again."""
    return known(number + 1)


def known(number: int) -> int:
    """The number of a letter that there is: this one, or the first in place of any other."""
    return number if 1 <= number <= len(library.read()) else 1


def upcoming(plan: MessagePlan, language: str) -> Letter:
    """The letter that comes next."""
    letters = library.read(language)
    return letters[known(plan.letter_number) - 1]


def evenings(person: User, night: dt.date) -> tuple[Evening, ...]:
    """The seven evenings before this one, the earliest first; none from before the person's first."""
    nights = [night - dt.timedelta(days=days) for days in range(1, letter.EVENINGS + 1)]
    written = set(Entry.objects.by(person).not_deleted().filter(night__in=nights).values_list("night", flat=True))
    earliest = min(written) if written else None  # an earlier one would change nothing of this week
    return letter.week(nights[0], written, windows.first_evening(person, night, earliest))


def mail(plan: MessagePlan, person: User, night: dt.date) -> EmailMultiAlternatives:
    language = reminders.language(person)
    ways = letter.Links(
        tonight=links.absolute(reverse("journal:tonight")),
        reminders=links.absolute(reverse("journal:reminders")),
        stop=links.absolute(links.to_stop(person.pk, Kind.LETTERS)),
        help=links.absolute(reverse("help")),
    )
    composed = letter.compose(upcoming(plan, language), evenings(person, night), ways, language)
    return reminders.addressed(composed, person, Kind.LETTERS)
