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
            field, widget = (
                (forms.MultipleChoiceField, forms.CheckboxSelectMultiple) if question.several else (forms.ChoiceField, forms.RadioSelect)
            )
            self.fields[question.slug] = field(
                label=question.ask,
                choices=[(answer.slug, answer.says) for answer in question.answers],
                widget=widget,
                help_text=_("You can choose more than one.") if question.several else "",
                error_messages={"required": _("Choose what’s closest.")},
            )

    def answers(self) -> dict[str, list[str]]:
        """The slugs of the chosen answers, by the slug of their question. Call after `is_valid()`."""
        return {slug: chosen if isinstance(chosen, list) else [chosen] for slug, chosen in self.cleaned_data.items()}
