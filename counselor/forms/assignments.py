"""Assigning a set: which one, to whom and how its steps come; then the start and note of each client."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.models import Connection
from common.fields import BlockField, DayField
from common.ids import new_id
from common.rendering.isolation import isolated
from common.text import fold
from counselor.assigning import NOTE_LIMIT, Plan, can_be_assigned
from counselor.models import ClientGroup
from prompts.cadence import DAY, MOST_NIGHTS, next_night
from prompts.models import Assignment, PromptSet
from prompts.received import rhythm_of

FARTHEST = dt.timedelta(days=3 * 366)  # from today to a start or an end
COUNTED = {Assignment.Cadence.AFTER_DAYS, Assignment.Cadence.EVERY_DAYS}


def _check_night(night: dt.date | None, today: dt.date) -> dt.date | None:
    if night and night < today:
        raise ValidationError(_("This night has passed. Choose tonight or a later one."))
    if night and night > today + FARTHEST:
        raise ValidationError(_("Choose a night within the next three years."))
    return night


def asks_nothing(plan: Plan, start: dt.date) -> bool:
    """Whether no step would come from this start on."""
    return next_night(rhythm_of(Assignment(starts_on=start, **plan.columns())), [None]) is None


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
        max_value=MOST_NIGHTS,
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
    ends_on = DayField(label=_("The last night that asks"), required=False, help_text=_("You can leave it empty."))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_ends_on(self) -> dt.date | None:
        # An unchanged date is valid even where it has passed.
        night: dt.date | None = self.cleaned_data["ends_on"]
        return night if night == self.initial.get("ends_on") else _check_night(night, self.today)

    def clean(self) -> None:
        chosen = self.cleaned_data.get("cadence")
        if chosen not in COUNTED:
            self.errors.pop("every", None)  # this cadence does not need it
        elif "every" not in self.errors and not self.cleaned_data.get("every"):
            self.add_error("every", _("Say how many nights, from 1 to 60."))
        if chosen == Assignment.Cadence.WEEKDAYS and not self.cleaned_data.get("weekdays"):
            self.add_error("weekdays", _("Choose one weekday at least."))

    def plan(self) -> Plan:
        """Call after `is_valid()`."""
        data = self.cleaned_data
        chosen = Assignment.Cadence(data["cadence"])
        return Plan(
            cadence=chosen,
            every=data["every"] if chosen in COUNTED else 1,
            weekdays=tuple(data["weekdays"]) if chosen == Assignment.Cadence.WEEKDAYS else (),
            ends_on=data["ends_on"],
        )


class ChangeForm(PlanForm):
    """Another cadence or end for an assignment."""

    def __init__(self, *args: Any, row: Assignment, **kwargs: Any) -> None:
        initial = {
            "cadence": row.cadence,
            "every": row.every if row.cadence in COUNTED else 3,
            "weekdays": row.weekdays,
            "ends_on": row.ends_on,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.starts_on = row.start_for_counselor

    def clean(self) -> None:
        super().clean()
        if not self.errors and self.starts_on and self.cleaned_data["ends_on"] and asks_nothing(self.plan(), self.starts_on):
            self.add_error("ends_on", _("Nothing would come before this night. Choose a later one."))


class AssignForm(PlanForm):
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
    starts_on = DayField(label=_("Date"), required=False, help_text=_("On the next page each client can have one of their own."))

    field_order = ["id", "set", "clients", "groups", "start", "starts_on", "cadence", "every", "weekdays", "ends_on"]

    def __init__(
        self,
        *args: Any,
        sets: Sequence[PromptSet],
        connections: Sequence[Connection],
        groups: Sequence[ClientGroup],
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        initial = {"id": new_id(), "starts_on": today + DAY, **kwargs.pop("initial", {})}
        super().__init__(*args, today=today, initial=initial, **kwargs)
        self.offered_sets = {str(row.pk): row for row in sets}
        self.offered_connections = {str(connection.pk): connection for connection in connections}
        self.offered_groups = {str(group.pk): group for group in groups}
        self._members_of_chosen: frozenset[str] | None = None
        self._offer("set", [("", _("Choose a set")), *((pk, row.content.name) for pk, row in self.offered_sets.items())])
        self._offer("clients", [(pk, isolated(connection.parent_name)) for pk, connection in self.offered_connections.items()])
        if groups:
            names = sorted(((pk, group.content.name) for pk, group in self.offered_groups.items()), key=lambda choice: fold(choice[1]))
            self._offer("groups", [(pk, isolated(name)) for pk, name in names])
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
        if not can_be_assigned(chosen):
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
            _check_night(start, self.today)
        except ValidationError as error:
            self.add_error("starts_on", error)
            return
        if not self.errors and asks_nothing(self.plan(), start):
            self.add_error("ends_on", _("Nothing would come before this night. Choose a later one."))

    def recipients(self) -> list[Connection]:
        """Everybody chosen, by themselves or in a group, each once, sorted by name. Call after `is_valid()`."""
        chosen = {*self.cleaned_data.get("clients", []), *self._members()}
        return [connection for pk, connection in self.offered_connections.items() if pk in chosen]

    def _members(self) -> frozenset[str]:
        """Who is in the groups that were chosen. They are looked up once."""
        if self._members_of_chosen is None:
            members = ClientGroup.members.through.objects.filter(clientgroup__in=self.cleaned_data.get("groups", []))
            self._members_of_chosen = frozenset(str(pk) for pk in members.values_list("connection", flat=True))
        return self._members_of_chosen


class RecipientForm(forms.Form):
    """One client on the second page; the field names are prefixed with the connection's id."""

    starts_on = DayField(label=_("The first night that asks"), required=False, help_text=_("Left empty, they begin it themselves."))
    note = BlockField(
        label=_("A note for this client"),
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "true", "autocomplete": "off"}),
        help_text=_("Sealed for the two of you. It stands above the set. You can leave it empty."),
    )

    def __init__(self, *args: Any, connection: Connection, plan: Plan, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": connection.pk.hex})
        self.connection, self.plan, self.today = connection, plan, today

    def clean_starts_on(self) -> dt.date | None:
        start = _check_night(self.cleaned_data["starts_on"], self.today)
        if start and asks_nothing(self.plan, start):
            raise ValidationError(_("Nothing would come from this night to the last one. Choose an earlier night."))
        return start


def typed_for(data: QueryDict, connection: uuid.UUID) -> dict[str, str]:
    """What was typed for a client on the second page, by prefixed field names; empty where they were not on it."""
    names = (f"{connection.hex}-{field}" for field in RecipientForm.base_fields)
    return {name: value for name in names if (value := data.get(name)) is not None}
