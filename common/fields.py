"""Form fields that several apps need."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from common.text import block, one_line


class OneLineField(forms.CharField):
    """A text that is shown on one line, such as a name or a question."""

    def to_python(self, value: object) -> str:
        return one_line(str(super().to_python(value)))


class BlockField(forms.CharField):
    """Several lines. `max_length` counts a line end as one character, as browsers do, although they send two."""

    def to_python(self, value: object) -> str:
        return block(str(super().to_python(value)))


class LongTextField(forms.CharField):
    """A text exactly as it was typed, with line ends as "\\n".

    `limit` is in characters. `too_long` returns the error message for a longer text, given the number of excess characters.
    """

    widget = forms.Textarea

    def __init__(self, *, limit: int, too_long: Callable[[int], "str | Promise"], **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.limit, self.too_long = limit, too_long
        self.validators = []  # Django's own would refuse a NUL without saying that the text is kept

    def to_python(self, value: object) -> str:
        return normalize_newlines(str(super().to_python(value)))

    def validate(self, value: str) -> None:
        super().validate(value if value.strip() else "")
        if "\0" in value:
            raise ValidationError(
                _("There were signs in the text that cannot be kept. They are taken out below; please save again."),
                code="null_characters",
            )
        if (over := len(value) - self.limit) > 0:
            raise ValidationError(str(self.too_long(over)), code="max_length")


class DayField(forms.DateField):
    """A date as a browser's own date picker sends it."""

    widget = forms.DateInput

    def __init__(self, **kwargs: Any) -> None:
        invalid = _("Give the date as in 2026-11-20.")
        super().__init__(
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            **{**kwargs, "error_messages": {"invalid": invalid, "required": invalid, **kwargs.get("error_messages", {})}},
        )
