"""The quiz *Where to start*."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prompts.library.quiz import Quiz


class QuizForm(forms.Form):
    """One choice for each question of the quiz."""

    def __init__(self, *args: Any, quiz: Quiz, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in quiz.questions:
            self.fields[question.slug] = forms.ChoiceField(
                label=question.ask,
                choices=[(answer.slug, answer.says) for answer in question.answers],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose what comes nearest.")},
            )

    def missing(self) -> Iterator[str]:
        """The questions that have no answer yet."""
        return (str(self.fields[name].label) for name in self.errors)
