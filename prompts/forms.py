"""What a parent tells about what to be asked, and what anybody looks for in the library."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Age, Choices
from prompts import questions
from prompts.browsing import Wanted
from prompts.models import QUESTION_LIMIT, Depth, Theme
from prompts.shelf import translations
from prompts.shelf.quiz import Quiz


def theme_words(theme: Theme) -> tuple[str, str]:
    """A theme's name and line in the visitor's language."""
    there = translations.read(questions.reading_language()).themes.get(theme.slug)
    return (there.name, there.line) if there else (theme.name, theme.line)


class ChoicesForm(forms.Form):
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave them all empty to be asked about everything but grace, which is for parents who pray."),
    )
    ages = forms.MultipleChoiceField(
        label=_("How old your children are"),
        choices=Age.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without this you are asked only what fits every age."),
    )

    kept_first = forms.BooleanField(
        label=_("Ask first what I kept for later"),
        required=False,
        help_text=_("What waited longest comes first; when it is answered, it leaves the list."),
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        kwargs["initial"] = {"themes": choices.themes, "ages": choices.ages, "kept_first": choices.kept_first}
        self.before = choices
        super().__init__(*args, **kwargs)
        themes = self.fields["themes"]
        if isinstance(themes, forms.MultipleChoiceField):
            themes.choices = [(theme.slug, ". ".join(theme_words(theme))) for theme in Theme.objects.all()]

    def chosen(self) -> Choices:
        data = self.cleaned_data
        return replace(self.before, themes=tuple(data["themes"]), ages=tuple(data["ages"]), kept_first=data["kept_first"])


class BrowseForm(forms.Form):
    """The library's filters. Whatever is not there filters nothing: an address may be old, or have a slip in it."""

    q = forms.CharField(
        label=_("Words"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
    )
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    age = forms.ChoiceField(label=_("Age"), required=False, choices=[("", _("Every age")), *Age.choices])
    depth = forms.ChoiceField(label=_("Depth"), required=False, choices=[("", _("Every depth")), *Depth.choices])

    def __init__(self, *args: Any, themes: Sequence[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "browse_%s", **kwargs})
        field = self.fields["theme"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Every theme")), *((theme.slug, theme_words(theme)[0]) for theme in themes)]

    def wanted(self) -> Wanted:
        self.is_valid()
        data = self.cleaned_data
        return Wanted(words=data.get("q", ""), theme=data.get("theme", ""), age=data.get("age", ""), depth=data.get("depth", ""))


class OwnQuestionForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("Your question"),
        max_length=QUESTION_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "true", "autocomplete": "off"}),
        error_messages={"required": _("Write your question first. Nothing was kept yet.")},
    )
    by_turn = forms.BooleanField(label=_("Ask it among the others, by turn"), required=False)

    def clean_text(self) -> str:
        """On one line: a question stands in one."""
        return " ".join(self.cleaned_data["text"].split())


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
