"""Form fields that several apps need."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from common.names import tidy_name, validate_line, validate_name
from common.text import block, one_line, repair


class TextField(forms.CharField):
    """A text that somebody types or pastes. What cannot be kept is taken out, by the one rule of `common.text.repair`.

    `max_length` counts characters. Browsers would count differently, and cut what is pasted without a word: the page does
    not tell them, and a longer text comes back whole, with a message.
    """

    def widget_attrs(self, widget: forms.Widget) -> dict[str, object]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name not in {"maxlength", "minlength"}}

    def to_python(self, value: object) -> str:
        return repair(str(super().to_python(value)))


class OneLineField(TextField):
    """A text that is shown on one line, such as a name or a question."""

    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value))


class FilterField(forms.ChoiceField):
    """A choice that narrows a list. An unknown value narrows nothing: an address may be old or mistyped."""

    def to_python(self, value: object) -> str:
        chosen = str(super().to_python(value))
        return chosen if self.valid_value(chosen) else ""


class NameField(TextField):
    """What a person or a practice is called: see common/names.py."""

    default_validators = [validate_name]

    def to_python(self, value: object) -> str:
        return tidy_name(super().to_python(value))


class MailedLineField(NameField):
    """A line to somebody who may not know who writes: see common/names.py."""

    default_validators = [validate_line]


class BlockField(TextField):
    """Several lines. `max_length` counts a line end as one character, although browsers send two."""

    def to_python(self, value: object) -> str:
        return block(super().to_python(value))


class LongTextField(TextField):
    """A text exactly as it was typed, with line ends as "\\n".

    `limit` is in characters. `too_long` returns the error message for a longer text, given the number of excess characters.
    """

    widget = forms.Textarea

    def __init__(self, *, limit: int, too_long: Callable[[int], "str | Promise"], **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.limit, self.too_long = limit, too_long

    def validate(self, value: str) -> None:
        super().validate(value if value.strip() else "")
        if (over := len(value) - self.limit) > 0:
            raise ValidationError(str(self.too_long(over)), code="max_length")


REPAIRED = _("We removed characters that can’t be saved from your text.")


def is_repaired(form: forms.BaseForm) -> bool:
    """Whether something was taken out of a text of this bound form: the page says so."""
    texts = (form[name].value() for name, field in form.fields.items() if isinstance(field, TextField))
    return any(text and repair(text) != normalize_newlines(text) for text in texts)


class DayField(forms.DateField):
    """A date as a browser's own date picker sends it."""

    widget = forms.DateInput

    def __init__(self, **kwargs: Any) -> None:
        invalid = _("Enter the date as 2026-11-20.")
        super().__init__(
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            **{**kwargs, "error_messages": {"invalid": invalid, "required": invalid, **kwargs.get("error_messages", {})}},
        )
