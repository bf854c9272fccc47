"""When an assignment starts, how its questions come, and until when."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.models import Connection
from common.fields import BlockField, DayField
from counselor.assigning import NOTE_LIMIT, Plan, asks_nothing
from prompts.cadence import MOST_NIGHTS
from prompts.models import Assignment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FARTHEST = dt.timedelta(days=3 * 366)  # from today to a start or an end
COUNTED = {Assignment.Cadence.AFTER_DAYS, Assignment.Cadence.EVERY_DAYS}
SOME_NIGHTS = 2  # between two questions, as the form proposes it
TONIGHT, ON_DATE, BY_CLIENT = "tonight", "date", "self"  # how it starts
NO_END, WITH_SESSION = "none", "session"  # until when, besides `ON_DATE`
PLANNING = {"start", "starts_on", "cadence", "every", "weekdays", "end", "ends_on"}


def _check_night(night: dt.date, today: dt.date) -> None:
    if night < today:
        raise ValidationError(_("That night has passed. Choose tonight or later."))
    if night > today + FARTHEST:
        raise ValidationError(_("Choose a night within the next three years."))


def note_field(label: "str | _StrPromise", help_text: "str | _StrPromise" = "") -> BlockField:
    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "true", "autocomplete": "off"})
    return BlockField(required=False, max_length=NOTE_LIMIT, widget=widget, label=label, help_text=help_text)


class PlanForm(forms.Form):
    """When it starts, how the questions come, and until when. `today` is the counselor's night."""

    start = forms.ChoiceField(
        label=_("Starts"),
        choices=[(TONIGHT, _("Tonight")), (ON_DATE, _("On a date")), (BY_CLIENT, _("When they start it"))],
        widget=forms.RadioSelect,
        initial=TONIGHT,
    )
    starts_on = DayField(label=_("The first night"), required=False)
    cadence = forms.ChoiceField(
        label=_("How the questions come"),
        choices=[
            (Assignment.Cadence.WHEN_DONE.value, _("One after another, as they answer")),
            (Assignment.Cadence.EVERY_DAYS.value, _("Every other night, or as often as you say")),
            (Assignment.Cadence.WEEKDAYS.value, _("On chosen weekdays")),
            (Assignment.Cadence.AT_ONCE.value, _("All at once")),
            (Assignment.Cadence.AFTER_DAYS.value, _("Some nights after each answer")),
        ],
        widget=forms.RadioSelect,
        initial=Assignment.Cadence.WHEN_DONE.value,
        help_text=_("If they skip a night, the question waits."),
    )
    every = forms.IntegerField(
        label=_("Number of nights"), required=False, min_value=1, max_value=MOST_NIGHTS, initial=SOME_NIGHTS, help_text=_("From 1 to 60.")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Which weekdays"), required=False, coerce=int, choices=list(WEEKDAYS.items()), widget=forms.CheckboxSelectMultiple
    )
    end = forms.ChoiceField(
        label=_("Ends (optional)"),
        choices=[(NO_END, _("No end")), (ON_DATE, _("On a date")), (WITH_SESSION, _("At our next session"))],
        widget=forms.RadioSelect,
        initial=NO_END,
    )
    ends_on = DayField(label=_("The last night"), required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> None:
        self._clean_date("start", "starts_on", _("Enter a date, or choose another start."))
        self._clean_date("end", "ends_on", _("Enter a date, or choose another end."))
        chosen = self.cleaned_data.get("cadence")
        if chosen not in COUNTED:
            self.errors.pop("every", None)  # this cadence does not need it
        elif "every" not in self.errors and not self.cleaned_data.get("every"):
            self.add_error("every", _("Say how many nights, from 1 to 60."))
        if chosen == Assignment.Cadence.WEEKDAYS and not self.cleaned_data.get("weekdays"):
            self.add_error("weekdays", _("Choose at least one weekday."))

    def _clean_date(self, choice: str, field: str, missing: "str | _StrPromise") -> None:
        """The date counts where the choice beside it says so. One that was not changed is valid even where it has passed."""
        if self.cleaned_data.get(choice) != ON_DATE:
            self.errors.pop(field, None)
            self.cleaned_data[field] = None
        elif field not in self.errors:
            night: dt.date | None = self.cleaned_data.get(field)
            if night is None:
                self.add_error(field, missing)
            elif night != self.initial.get(field):
                try:
                    _check_night(night, self.today)
                except ValidationError as error:
                    self.add_error(field, error)

    def plan(self) -> Plan:
        data = self.cleaned_data
        chosen = Assignment.Cadence(data["cadence"])
        return Plan(
            cadence=chosen,
            every=data["every"] if chosen in COUNTED else 1,
            weekdays=tuple(data["weekdays"]) if chosen == Assignment.Cadence.WEEKDAYS else (),
            ends_on=data["ends_on"],
            ends_with_session=data["end"] == WITH_SESSION,
        )

    def start_for(self, tonight: dt.date) -> dt.date | None:
        """The first night of a client whose night is `tonight`; None where they begin it."""
        starts_on: dt.date | None = self.cleaned_data["starts_on"]
        return tonight if self.cleaned_data["start"] == TONIGHT else starts_on

    def check_that_it_asks(self, connection: Connection | None, tonight: dt.date) -> None:
        start = self.start_for(tonight)
        if start and asks_nothing(self.plan().rhythm(start, connection or Connection(), tonight)):
            field = "ends_on" if self.cleaned_data["end"] == ON_DATE else "end"
            self.add_error(field, _("It would end before the first question. Choose a later end."))
