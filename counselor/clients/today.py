"""What a counselor meets first: what is to be read and done today, as far as clients let them see it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import DateField, Exists, Min, OuterRef, Q, QuerySet, Subquery, UUIDField

from accounts.models import Connection, HandOver, User
from common.database.prepared import Placeholder, Prepared
from counselor import labels, progress
from counselor.assignments import State, state_of, with_progress
from counselor.clients import waiting
from counselor.clients.listing import example
from prompts import received
from prompts.models import Assignment

RECENT = dt.timedelta(days=14)  # how long an acceptance, a hand-over or a finished set is new
SOON = dt.timedelta(days=3)  # before the end of a set
WEEK = dt.timedelta(days=7)  # of sessions, and of nights without an answer


class Client(NamedTuple):
    """A connection of today's page. `running_since`: since when something asks them, where they let their counselor see what they answer."""

    pk: uuid.UUID
    name: str
    is_example: bool
    began_at: dt.datetime
    next_session_on: dt.date | None
    ended_at: dt.datetime | None
    was_given: bool
    was_handed: bool
    running_since: dt.date | None
    answers: int
    answers_since: dt.datetime | None
    replies: int
    replies_since: dt.datetime | None
    label: str = ""

    @property
    def named(self) -> str:
        return labels.named(self.name, self.label)

    @property
    def waits_since(self) -> dt.datetime | None:
        """Since when the first of what they wrote waits to be read; None where nothing does."""
        return min((moment for moment in (self.answers_since, self.replies_since) if moment), default=None)


def _clients() -> "QuerySet[Connection, tuple[Any, ...]]":
    own = Connection.objects.filter(counselor=Placeholder("counselor", UUIDField()))
    unseen_end = Q(ended_by=Connection.Ended.BY_PARENT, end_seen=False)
    given, today = Assignment.objects.filter(connection=OuterRef("pk")), Placeholder("today", DateField())
    running = given.filter(Q(ends_on=None) | Q(ends_on__gte=today), ended_at=None, paused=False, connection__sees_answered=True)
    running = running.filter(Exists(received.unanswered_steps(received.ANY_TIME)))
    since = running.order_by().values("connection").annotate(first=Min("starts_on")).values("first")
    rows = own.filter(Q(ended_at=None) | unseen_end).annotate(
        is_example=example(),
        was_given=Exists(given),
        was_handed=Exists(HandOver.objects.filter(successor=OuterRef("pk"))),
        running_since=Subquery(since, output_field=DateField[dt.date, dt.date]()),
        answers=waiting.answers(),
        answers_since=waiting.answers_since(),
        replies=waiting.replies(),
        replies_since=waiting.replies_since(),
    )
    columns = ("pk", "parent_name", "is_example", "began_at", "next_session_on", "ended_at")
    waits = ("answers", "answers_since", "replies", "replies_since")
    return rows.order_by().values_list(*columns, "was_given", "was_handed", "running_since", *waits)


_CLIENTS = Prepared(_clients)


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An assignment that is finished or about to end. `name` is the present one of the set, "" where that is gone."""

    pk: uuid.UUID
    client: Client
    name: str
    is_finished: bool
    ends_on: dt.date | None
    assignment: Assignment


@dataclass(frozen=True, slots=True)
class Quiet:
    """A client who was asked and has not answered; `last` is the last night on which they did, None where they never did."""

    client: Client
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class Today:
    """The clients of each section, in the order in which they are to be met. `has_clients`: whether anybody but the invented one is there."""

    ended: list[Client]
    to_read: list[Client]
    sessions: list[Client]
    accepted: list[Client]
    handed: list[Client]
    ending: list[AssignmentRow]
    quiet: list[Quiet]
    has_clients: bool
    has_example: bool

    @property
    def is_empty(self) -> bool:
        return not (self.ended or self.to_read or self.sessions or self.accepted or self.handed or self.ending or self.quiet)

    @property
    def number_to_read(self) -> int:
        return sum(client.answers + client.replies for client in self.to_read)


def find(counselor: User, now: dt.datetime) -> Today:
    """Four queries at most, however many clients there are; one where there are none. Opens names of sets and labels, and no share."""
    today = counselor.tonight(now)
    rows = _CLIENTS.rows(counselor=counselor.pk, today=today, **received.over(now)._asdict())
    own_labels = labels.of_counselor(counselor) if rows else {}
    clients = sorted(
        (Client(*row)._replace(label=own_labels.get(row[0], "")) for row in rows), key=lambda client: (client.named.casefold(), client.pk)
    )
    active = {client.pk: client for client in clients if client.ended_at is None}
    new = [client for client in active.values() if client.began_at > now - RECENT]
    return Today(
        ended=[client for client in clients if client.ended_at],
        to_read=sorted((client for client in active.values() if client.waits_since), key=lambda client: str(client.waits_since)),
        sessions=_sessions(active, today),
        accepted=[client for client in new if not client.was_given and not client.was_handed],
        handed=[client for client in new if client.was_handed],
        ending=_ending(counselor, active, now, today) if any(client.was_given for client in active.values()) else [],
        quiet=_quiet(counselor, active, now, today),
        has_clients=any(not client.is_example for client in active.values()),
        has_example=any(client.is_example for client in active.values()),
    )


def _sessions(active: dict[uuid.UUID, Client], today: dt.date) -> list[Client]:
    planned = [(client.next_session_on, client) for client in active.values() if client.next_session_on]
    return [client for day, client in sorted(planned, key=lambda pair: pair[0]) if today <= day <= today + WEEK]


def _ending(counselor: User, active: dict[uuid.UUID, Client], now: dt.datetime, today: dt.date) -> list[AssignmentRow]:
    """Sets that were finished lately, if nothing was assigned since, and sets whose last night is near.

    That a set is finished is known only of clients who let their counselor see it.
    """
    newer = Assignment.objects.filter(connection=OuterRef("connection"), assigned_at__gt=OuterRef("finished_at"))
    finished = Q(~Exists(newer), finished_at__gt=now - RECENT, connection__sees_answered=True)
    listed = Assignment.objects.of_counselor(counselor).filter(finished | Q(ends_on__range=(today, today + SOON)), ended_at=None)
    rows = with_progress(listed.select_related("set").defer("sealed_content"), now, today).order_by("ends_on", "-assigned_at", "-pk")
    return [
        AssignmentRow(row.pk, active[row.connection_id], row.set.content.name if row.set else "", is_finished, row.ends_on, row)
        for row in rows
        if row.connection_id in active and _is_ending(row, today, is_finished=(is_finished := state_of(row) == State.FINISHED))
    ]


def _is_ending(row: Assignment, today: dt.date, *, is_finished: bool) -> bool:
    """Not one that is finished as far as a draft goes, nor one that was paused before its end."""
    if is_finished:
        return row.finished_at is not None
    return state_of(row) == State.RUNNING and row.ends_on is not None and row.ends_on <= today + SOON


def _quiet(counselor: User, active: dict[uuid.UUID, Client], now: dt.datetime, today: dt.date) -> list[Quiet]:
    asked = [pk for pk, client in active.items() if client.running_since and client.running_since <= today - WEEK]
    answered = progress.by_connection(counselor, asked, now)
    last = {pk: answered[pk].last if pk in answered else None for pk in asked}
    return [Quiet(active[pk], night) for pk, night in last.items() if night is None or night <= today - WEEK]
