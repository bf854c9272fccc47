"""What a parent has with each counselor: what was given, what was shared and read, and what the counselor took for their files."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from accounts.connections import hand_overs
from accounts.models import Connection, User
from common import dates
from journal.models import RecordCopy, Share
from journal.sharing import readings
from journal.views.sharing import given_list
from journal.views.sharing.given_list import AssignmentRow

LATEST = 4  # shares of each counselor: those with a reply to read first


@dataclass(frozen=True, slots=True)
class SharedRow:
    """A page that was shared. `read_at` is "" where the counselor has not read it. `awaits`: whether a reply was not opened yet."""

    url: str
    night: str
    read_at: str
    awaits: bool


@dataclass(frozen=True, slots=True)
class Supporter:
    """One counselor. `taken`: when they took copies of what was shared for their own files. `session`: the next one; "" for none.

    `asked_url` leads to the question whether a colleague may go on in their place; "" where they do not ask.
    """

    connection: Connection
    since: str
    ended: str
    session: str
    asked_url: str
    given: list[AssignmentRow]
    shared: list[SharedRow]
    taken: list[str]


def of_parent(parent: User, now: dt.datetime) -> list[Supporter]:
    """The counselors that this parent has, and had, the latest first. Six queries, however many they are."""
    tonight = parent.tonight(now)
    asked = hand_overs.open_for(parent).filter(connection=OuterRef("pk")).values("pk")
    own = Connection.objects.of_parent(parent).annotate(asked=Subquery(asked)).order_by("-began_at", "-pk")
    connections = list(own)
    given, shared, taken = given_list.rows(parent, tonight), _shared(parent), _taken(parent)
    return [
        Supporter(
            connection=connection,
            since=dates.date_of(connection.began_at),
            ended=dates.date_of(connection.ended_at) if connection.ended_at else "",
            session=_session(connection, tonight),
            asked_url=reverse("journal:care_hand_over", args=[connection.asked]) if connection.asked else "",
            given=given[connection.pk],
            shared=shared[connection.pk],
            taken=taken[connection.pk],
        )
        for connection in connections
    ]


def _session(connection: Connection, tonight: dt.date) -> str:
    on = connection.next_session_on
    return dates.evening(on) if on and on >= tonight and not connection.ended_at else ""


def _shared(parent: User) -> dict[uuid.UUID, list[SharedRow]]:
    """What counselors can read now, by connection."""
    active = readings.for_list(Share.objects.of_parent(parent).active(), unseen_from_counselor=True)
    number = Window(RowNumber(), partition_by=[F("connection_id")], order_by=[F("awaits").desc(), F("shared_at").desc(), F("pk").desc()])
    rows = defaultdict[uuid.UUID, list[SharedRow]](list)
    for share in active.annotate(number=number).filter(number__lte=LATEST).order_by("number"):
        rows[share.connection_id].append(
            SharedRow(
                url=reverse("shared_answer", args=[share.pk]),
                night=dates.evening(share.night),
                read_at=dates.moment(share.read_at) if share.read_at else "",
                awaits=readings.awaits(share),
            )
        )
    return rows


def _taken(parent: User) -> dict[uuid.UUID, list[str]]:
    """On which days record copies were taken, by connection, the latest first."""
    days = defaultdict[uuid.UUID, list[str]](list)
    for copy in RecordCopy.objects.filter(connection__parent=parent).order_by("-made_at", "-pk"):
        day = dates.date_of(copy.made_at)
        if day not in days[copy.connection_id]:
            days[copy.connection_id].append(day)
    return days
