"""What became of a repair."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common import dates
from common.fields import BlockField, DayField
from journal.models import RepairState

WORDS_LIMIT = 500  # characters: a few words, which lie in the entry's summary


class SettleForm(forms.Form):
    """A few words and the evening; `state` is the button that was pressed. `mark` says what the page showed: see `repairs.mark_of`."""

    words = BlockField(
        label=_("A few words (optional)"),
        required=False,
        max_length=WORDS_LIMIT,
        help_text=_("What brought you back to each other, or what you want to remember of it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={
            "max_length": _("There’s room for a few words, up to %(limit_value)d characters. For more, write a separate page.")
        },
    )
    night = DayField(label=_("Which evening was that?"), required=False)
    mark = forms.CharField(widget=forms.HiddenInput, required=False)
    state = forms.ChoiceField(
        choices=[choice for choice in RepairState.choices if choice[0] != RepairState.OPEN],
        error_messages={"required": _("Choose one of the three below."), "invalid_choice": _("Choose one of the three below.")},
    )

    def __init__(self, sent: QueryDict | None, *, first: dt.date, last: dt.date, initial: dict[str, object]) -> None:
        """`first`: the evening on which it went wrong. `last`: tonight."""
        super().__init__(sent, initial=initial)
        self.first, self.last = first, last
        self.fields["night"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def clean(self) -> dict[str, object]:
        super().clean()
        data = self.cleaned_data
        if data.get("state") == RepairState.RESTING:  # was mended on no evening
            self.errors.pop("night", None)
            return data | {"night": None}
        night = data.get("night") or self.last
        # A day's tolerance: the parent may have moved to a time zone further west since the page was opened.
        if night > self.last + dt.timedelta(days=1):
            self.add_error("night", ValidationError(_("That evening hasn’t come yet."), code="future"))
        elif night < self.first:
            message = _("That’s before it went wrong, on %(evening)s.")
            self.add_error("night", ValidationError(message, code="past", params={"evening": dates.evening(self.first)}))
        return data | {"night": night}
