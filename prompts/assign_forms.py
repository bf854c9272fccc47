"""Giving a set: which, to whom and how its steps come; then each client's own start and note."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.models import Group, Tie, new_id
from prompts import cadence as coming
from prompts.assigned import rhythm_of
from prompts.assigning import NOTE_LIMIT, Plan, can_be_given
from prompts.models import Assignment, PromptSet

FARTHEST = dt.timedelta(days=3 * 366)  # from today to a start or an end
COUNTED = {Assignment.Cadence.AFTER_DAYS, Assignment.Cadence.EVERY_DAYS}
NOT_A_DATE = _("Give the date as in 2026-11-20.")


def _date_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NOT_A_DATE},
        required=False,
        **kwargs,
    )


def _check_date(date: dt.date | None, today: dt.date) -> dt.date | None:
    if date and date < today:
        raise ValidationError(_("This night has passed. Choose tonight or a later one."))
    if date and date > today + FARTHEST:
        raise ValidationError(_("Choose a night within the next three years."))
    return date


def comes_to_nothing(plan: Plan, start: dt.date) -> bool:
    """Whether not one step would come from this start on."""
    return coming.next_night(rhythm_of(Assignment(starts_on=start, **plan.columns())), [None]) is None


class PlanForm(forms.Form):
    """How the steps come, and until when."""

    cadence = forms.ChoiceField(
        label=_("How the steps come"),
        choices=Assignment.Cadence.choices,
        widget=forms.RadioSelect,
        initial=Assignment.Cadence.WHEN_DONE,
        help_text=_("A missed night moves nothing: the step that is due waits, and no other comes beside it."),
    )
    every = forms.IntegerField(
        label=_("How many nights"),
        required=False,
        min_value=1,
        max_value=coming.MOST_NIGHTS,
        initial=3,
        help_text=_("For the two ways above that count nights: from 1 to 60."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Which weekdays"),
        required=False,
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For chosen weekdays."),
    )
    ends_on = _date_field(label=_("The last night that asks"), help_text=_("You can leave it empty."))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_ends_on(self) -> dt.date | None:
        # The date that is there already may have passed: it stays as it is.
        date: dt.date | None = self.cleaned_data["ends_on"]
        return date if date == self.initial.get("ends_on") else _check_date(date, self.today)

    def clean(self) -> None:
        wanted = self.cleaned_data.get("cadence")
        if wanted not in COUNTED:
            self.errors.pop("every", None)  # nobody asks for it
        elif "every" not in self.errors and not self.cleaned_data.get("every"):
            self.add_error("every", _("Say how many nights, from 1 to 60."))
        if wanted == Assignment.Cadence.WEEKDAYS and not self.cleaned_data.get("weekdays"):
            self.add_error("weekdays", _("Choose one weekday at least."))

    def plan(self) -> Plan:
        """Only of a valid form."""
        data = self.cleaned_data
        wanted = Assignment.Cadence(data["cadence"])
        return Plan(
            cadence=wanted,
            every=data["every"] if wanted in COUNTED else 1,
            weekdays=tuple(data["weekdays"]) if wanted == Assignment.Cadence.WEEKDAYS else (),
            ends_on=data["ends_on"],
        )


class ChangeForm(PlanForm):
    """Another cadence or end for what was given already."""

    def __init__(self, *args: Any, row: Assignment, **kwargs: Any) -> None:
        initial = {
            "cadence": row.cadence,
            "every": row.every if row.cadence in COUNTED else 3,
            "weekdays": row.weekdays,
            "ends_on": row.ends_on,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.starts_on = row.starts_on

    def clean(self) -> None:
        super().clean()
        if not self.errors and self.starts_on and self.cleaned_data["ends_on"] and comes_to_nothing(self.plan(), self.starts_on):
            self.add_error("ends_on", _("Nothing would come before this night. Choose a later one."))


class GiveForm(PlanForm):
    """The first of two pages: which set, to whom, and how its steps come."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    set = forms.ChoiceField(
        label=_("Set"), error_messages={"required": _("Choose a set."), "invalid_choice": _("This set is no longer there. Choose another.")}
    )
    clients = forms.MultipleChoiceField(
        label=_("Clients"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("A client you chose is no longer there. Look over your choice.")},
    )
    groups = forms.MultipleChoiceField(
        label=_("Groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody who is in them now. Nobody is given it twice."),
        error_messages={"invalid_choice": _("A group you chose is no longer there. Look over your choice.")},
    )
    start = forms.ChoiceField(
        label=_("The first night that asks"),
        choices=[("date", _("On a date")), ("self", _("When each begins it themselves"))],
        widget=forms.RadioSelect,
        initial="date",
    )
    starts_on = _date_field(label=_("Date"), help_text=_("On the next page each client can have one of their own."))

    field_order = ["id", "set", "clients", "groups", "start", "starts_on", "cadence", "every", "weekdays", "ends_on"]

    def __init__(
        self, *args: Any, sets: Sequence[PromptSet], ties: Sequence[Tie], groups: Sequence[Group], today: dt.date, **kwargs: Any
    ) -> None:
        first = {"id": new_id(), "starts_on": today + coming.DAY}
        super().__init__(*args, today=today, **{**kwargs, "initial": {**first, **kwargs.get("initial", {})}})
        self.offered_sets = {str(row.pk): row for row in sets}
        self.offered_ties = {str(tie.pk): tie for tie in ties}
        self.offered_groups = {str(group.pk): group for group in groups}
        self._offer("set", [("", _("Choose a set")), *((pk, row.words.name) for pk, row in self.offered_sets.items())])
        self._offer("clients", [(pk, tie.parent_name) for pk, tie in self.offered_ties.items()])
        if groups:
            named = sorted(((pk, group.words.name) for pk, group in self.offered_groups.items()), key=lambda row: row[1].casefold())
            self._offer("groups", named)
        else:
            del self.fields["groups"]

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_id(self) -> uuid.UUID:
        pk: uuid.UUID = self.cleaned_data["id"] or new_id()
        return pk

    def clean_set(self) -> PromptSet:
        chosen = self.offered_sets[self.cleaned_data["set"]]
        if not can_be_given(chosen):
            raise ValidationError(_("This set has no questions yet. Add some before you give it."))
        return chosen

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("start") == "self":
            self.errors.pop("starts_on", None)
            self.cleaned_data["starts_on"] = None
        elif "starts_on" not in self.errors:
            self._clean_start(self.cleaned_data.get("starts_on"))
        if not {"clients", "groups"} & self.errors.keys() and not self.recipients():
            self.add_error("clients", _("Choose one client at least."))

    def _clean_start(self, start: dt.date | None) -> None:
        if start is None:
            self.add_error("starts_on", _("Give a date, or let each begin it themselves."))
            return
        try:
            _check_date(start, self.today)
        except ValidationError as error:
            self.add_error("starts_on", error)
            return
        if not self.errors and comes_to_nothing(self.plan(), start):
            self.add_error("ends_on", _("Nothing would come before this night. Choose a later one."))

    def recipients(self) -> list[Tie]:
        """Everybody who was chosen, one by one or in a group, each once; by name."""
        chosen = {*self.cleaned_data.get("clients", []), *self._members()}
        return [tie for pk, tie in self.offered_ties.items() if pk in chosen]

    def _members(self) -> list[str]:
        return [str(tie.pk) for pk in self.cleaned_data.get("groups", []) for tie in self.offered_groups[pk].members.all()]


class RecipientForm(forms.Form):
    """One client on the second page. Bound by names of its own: its prefix is the tie's id."""

    starts_on = _date_field(label=_("The first night that asks"), help_text=_("Left empty, they begin it themselves."))
    note = forms.CharField(
        label=_("A note for this client"),
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "true", "autocomplete": "off"}),
        help_text=_("Sealed for the two of you. It stands above the set. You can leave it empty."),
    )

    def __init__(self, *args: Any, tie: Tie, plan: Plan, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": tie.pk.hex})
        self.tie, self.plan, self.today = tie, plan, today

    def clean_starts_on(self) -> dt.date | None:
        start = _check_date(self.cleaned_data["starts_on"], self.today)
        if start and comes_to_nothing(self.plan, start):
            raise ValidationError(_("Nothing would come from this night to the last one. Choose an earlier night."))
        return start


def typed_for(data: Any, tie: uuid.UUID) -> dict[str, str]:
    """What was typed for a client on the second page, by the names of its form; nothing where they were not on it."""
    names = (f"{tie.hex}-{field}" for field in RecipientForm.base_fields)
    return {name: data[name] for name in names if name in data}
