"""The form of the quiz *Where to start*."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prompts.library.quiz import Quiz


class QuizForm(forms.Form):
    """One field for each question of the quiz: question slugs are the field names, answer slugs the values."""

    def __init__(self, *args: Any, quiz: Quiz, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in quiz.questions:
            self.fields[question.slug] = forms.ChoiceField(
                label=question.ask,
                choices=[(answer.slug, answer.says) for answer in question.answers],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose what comes nearest.")},
            )
