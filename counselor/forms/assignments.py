"""Assigning a set, and changing an assignment."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Connection, User
from common.ids import new_id, parse_id
from common.rendering.isolation import isolated
from common.text import fold
from counselor import labels
from counselor.assigning import Changes, Offer, Plan, Recipient
from counselor.forms.plans import BY_CLIENT, COUNTED, NO_END, ON_DATE, PLANNING, SOME_NIGHTS, WITH_SESSION, PlanForm, note_field
from counselor.models import ClientGroup
from prompts.models import Assignment


class ChangeForm(PlanForm):
    """What an assignment is changed to."""

    note = note_field(label=_("Your note to them"))
    based_on = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Assignment, **kwargs: Any) -> None:
        self.row, start = row, row.start_for_counselor
        initial = {
            "start": ON_DATE if start else BY_CLIENT,
            "starts_on": start,
            "cadence": row.cadence,
            "every": row.every if row.cadence in COUNTED else SOME_NIGHTS,
            "weekdays": row.weekdays,
            "end": WITH_SESSION if row.ends_with_session else ON_DATE if row.ends_on else NO_END,
            "ends_on": None if row.ends_with_session else row.ends_on,
            "note": row.content.note,
            "based_on": row.changed_at.isoformat() if row.changed_at else "",
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.has_started = start is not None and start <= self.today
        if self.has_started:
            del self.fields["start"], self.fields["starts_on"]

    def clean(self) -> None:
        if self.has_started:
            self.cleaned_data |= {"start": ON_DATE, "starts_on": self.initial["starts_on"]}
        super().clean()
        if not self.errors and self.has_changed():
            self.check_that_it_asks(self.row.connection, self.today)

    @property
    def last_change(self) -> dt.datetime | None:
        """When the assignment that the page showed had last been changed."""
        try:
            return dt.datetime.fromisoformat(self.cleaned_data["based_on"])
        except ValueError:
            return None

    def on_latest(self) -> "ChangeForm":
        """What was typed, to be sent once more: then it overwrites knowingly what was changed meanwhile."""
        return ChangeForm({**self.cleaned_data, "based_on": self.initial["based_on"]}, row=self.row, today=self.today)

    def changes(self, tonight: dt.date) -> Changes:
        """Call after `is_valid()`. A start that a client chose, and does not show, stays as it is."""
        keeps_start = self.has_started or not {"start", "starts_on"} & set(self.changed_data)
        return Changes(self.plan(), self.cleaned_data["note"].strip(), keeps_start, None if keeps_start else self.start_for(tonight))


class AssignForm(PlanForm):
    """Whom, what, when, how, until when, and a note."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    clients = forms.MultipleChoiceField(
        label=_("Clients"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of the clients you chose is no longer there. Check your choice.")},
    )
    groups = forms.MultipleChoiceField(
        label=_("Groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everyone in them right now. Each person gets it once."),
        error_messages={"invalid_choice": _("One of the groups you chose is no longer there. Check your choice.")},
    )
    set = forms.ChoiceField(
        label=_("Set"), error_messages={"required": _("Choose a set."), "invalid_choice": _("This set no longer exists. Choose another.")}
    )
    note = note_field(
        label=_("A note"), help_text=_("They read it before the first question. Only you two can read it. You can leave it empty.")
    )

    def __init__(
        self,
        data: QueryDict | Mapping[str, Any],
        *,
        offers: Mapping[str, Offer],
        connections: Sequence[Connection],
        groups: Sequence[ClientGroup],
        counselor: User,
        now: dt.datetime,
    ) -> None:
        super().__init__(data, today=counselor.tonight(now))
        self.offers, self.counselor, self.now = offers, counselor, now
        self.offered_connections = {str(connection.pk): connection for connection in connections}
        self._members_of_chosen: frozenset[str] | None = None
        self.planned: Plan | None = None  # where all that a plan needs is valid, whatever else is not
        self._offer("set", [("", _("Choose a set")), *_grouped(offers)])
        self._offer("clients", [(pk, isolated(labels.name_of(one))) for pk, one in self.offered_connections.items()])
        if groups:
            names = sorted(((str(group.pk), group.content.name) for group in groups), key=lambda choice: fold(choice[1]))
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

    def clean_set(self) -> str:
        reference: str = self.cleaned_data["set"]
        if not self.offers[reference].asks:
            raise ValidationError(_("This set has no questions yet. Add some before you assign it."))
        return reference

    def clean(self) -> None:
        super().clean()
        self.planned = None if PLANNING & self.errors.keys() else self.plan()
        if not {"clients", "groups"} & self.errors.keys() and not self.chosen():
            self.add_error("clients", _("Choose at least one client."))
        if not self.errors:
            for connection in self.chosen():
                if not self.errors:
                    self.check_that_it_asks(connection, self.tonight_of(connection))

    def tonight_of(self, connection: Connection) -> dt.date:
        return connection.parent.tonight(self.now)

    @property
    def offer(self) -> Offer | None:
        """The set that was chosen; None for none, and for one that is not on offer."""
        return self.offers.get(self.data.get("set", ""))

    def chosen(self) -> list[Connection]:
        """Everybody chosen who is on offer, by themselves or in a group, each once, sorted by name."""
        chosen = {*self._sent("clients"), *self._members()}
        return [connection for pk, connection in self.offered_connections.items() if pk in chosen]

    def with_notes(self) -> list[Connection]:
        """Everybody chosen, and everybody else for whom a note was typed: it does not get lost while the choice is changed."""
        chosen = set(self.chosen())
        return [one for one in self.offered_connections.values() if one in chosen or self.data.get(f"{one.pk.hex}-own_note")]

    def _sent(self, name: str) -> list[str]:
        """What was chosen in a field, whether or not all of it is on offer."""
        return self.fields[name].widget.value_from_datadict(self.data, self.files, name) or [] if name in self.fields else []

    def _members(self) -> frozenset[str]:
        """Who is in the groups that were chosen. They are looked up once."""
        if self._members_of_chosen is None:
            groups = [pk for text in self._sent("groups") if (pk := parse_id(text))]
            members = (
                ClientGroup.members.through.objects.filter(clientgroup__in=groups, clientgroup__counselor=self.counselor)
                if groups
                else None
            )
            self._members_of_chosen = frozenset(str(pk) for pk in members.values_list("connection", flat=True)) if members else frozenset()
        return self._members_of_chosen

    def recipients(self, own_notes: Mapping[uuid.UUID, str]) -> list[Recipient]:
        """Call after `is_valid()`. A client's own note stands in the place of the one for all."""
        note = self.cleaned_data["note"].strip()
        return [
            Recipient(connection.pk, self.start_for(self.tonight_of(connection)), own_notes.get(connection.pk) or note)
            for connection in self.chosen()
        ]


def _grouped(offers: Mapping[str, Offer]) -> list[tuple[Any, list[tuple[str, str]]]]:
    headings = {"own": _("Your sets"), "colleague": _("From your colleagues"), "library": _("Sets by situation"), "path": _("Paths")}
    groups = [
        (heading, [(offer.reference, offer.name) for offer in offers.values() if offer.kind == kind]) for kind, heading in headings.items()
    ]
    return [(heading, choices) for heading, choices in groups if choices]


class RecipientForm(forms.Form):
    """A note for one client; the field names are prefixed with the connection's id."""

    own_note = note_field(label=_("A note for this client"))

    def __init__(self, data: QueryDict | Mapping[str, Any], *, connection: Connection) -> None:
        super().__init__(data, prefix=connection.pk.hex)
        self.connection = connection
        self.name = labels.name_of(connection)
