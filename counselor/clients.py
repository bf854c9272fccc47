"""What a counselor sees of their clients: who they are, what they were assigned, how far they are, and what waits to be read."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from accounts.models import Connection, User
from common.text import fold
from counselor import progress
from counselor.progress import Progress
from journal.models.share import Reply, Share
from prompts import received
from prompts.models import AssignedStep, Assignment, PromptSet

NAMED = 3  # sets of one client that the list names
LATEST = 10  # shares on the page of one client


# --- The list.


class Show(StrEnum):
    ALL = "all"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which clients the list shows. `group` is one of the counselor's own."""

    show: Show = Show.ALL
    name: str = ""
    group: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """A connection as the list sorts it. `answers` and `replies` of the client's wait to be read."""

    pk: uuid.UUID
    name: str
    sees_answered: bool
    ended_at: dt.datetime | None
    ended_by: str
    end_seen: bool
    in_group: bool
    answers: int
    replies: int

    @property
    def is_waiting(self) -> bool:
        return bool(self.answers or self.replies)

    def matches(self, filters: Filters) -> bool:
        return (
            self.in_group
            and fold(filters.name).strip() in fold(self.name)
            and (self.is_waiting or filters.show != Show.WAITING)
            and (self.ended_at is not None) == (filters.show == Show.ENDED)
        )


@dataclass(frozen=True, slots=True)
class ClientList:
    """`matching`: who waits first, then by name; of ended connections, the last ended first.

    `unseen_ends`: connections that clients ended and this counselor has not been told about. `is_empty`: there is nobody,
    whatever name or group is asked for.
    """

    matching: list[Client]
    unseen_ends: list[Client]
    is_empty: bool


def find(counselor: User, filters: Filters) -> ClientList:
    """The counselor's clients. One query, however many there are; the page that is shown goes on to `assigned_sets`."""
    connections = _connections(counselor, filters)
    matching = [client for client in connections if client.matches(filters)]
    matching.sort(key=lambda client: (not client.is_waiting, fold(client.name), client.pk))
    if filters.show == Show.ENDED:
        matching.sort(key=lambda client: str(client.ended_at), reverse=True)
    is_ended = filters.show == Show.ENDED
    return ClientList(
        matching=matching,
        unseen_ends=[client for client in connections if client.ended_by == Connection.Ended.BY_PARENT and not client.end_seen],
        is_empty=not any((client.ended_at is not None) == is_ended for client in connections),
    )


def _connections(counselor: User, filters: Filters) -> list[Client]:
    """Those that the list is about, and those that clients ended without the counselor's knowing yet."""
    unseen_end = Q(ended_by=Connection.Ended.BY_PARENT, end_seen=False)
    connections = Connection.objects.of_counselor(counselor).filter(unseen_end | Q(ended_at__isnull=filters.show != Show.ENDED))
    membership = Connection.groups.through.objects.filter(connection=OuterRef("pk"), clientgroup=filters.group)
    rows = connections.annotate(
        in_group=Exists(membership) if filters.group else Value(value=True, output_field=BooleanField()),
        answers=_count(Share.objects.active().filter(connection=OuterRef("pk"), read_at=None)),
        replies=_count(_unseen_replies().filter(connection=OuterRef("pk"))),
    )
    columns = ("pk", "parent_name", "sees_answered", "ended_at", "ended_by", "end_seen", "in_group", "answers", "replies")
    return [Client(*row) for row in rows.order_by().values_list(*columns)]


def _count(rows: "QuerySet[Share] | QuerySet[Reply]") -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("connection").annotate(n=Count("pk")).values("n")), 0)


def _unseen_replies() -> "QuerySet[Reply]":
    """What clients wrote under their shares and the counselor has not seen."""
    return Reply.objects.filter(from_counselor=False, seen_at=None, share__taken_back_at=None)


# --- What the clients on one page of it were assigned.


@dataclass(frozen=True, slots=True)
class AssignedSets:
    """A client's assignments that have not ended: names of the newest that run, how many more run, how many are paused."""

    names: tuple[str, ...] = ()
    more: int = 0
    paused: int = 0
    total: int = 0


def assigned_sets(counselor: User, clients: Iterable[Client], now: dt.datetime) -> dict[uuid.UUID, AssignedSets]:
    """What each of these clients was assigned; a few rows for each, picked and counted by the database. Two queries at most.

    Sets have the names that the counselor gives them now, which one key opens; the content of assignments takes one each.
    """
    connections = [client.pk for client in clients]
    if not connections:
        return {}
    unanswered = AssignedStep.objects.filter(received.is_counted(now), assignment=OuterRef("pk")).exclude(received.is_answered(now))
    running, paused, answered = 0, 1, 2
    state = Case(
        When(paused=True, then=Value(paused)),
        When(Q(connection__sees_answered=True) & ~Exists(unanswered), then=Value(answered)),
        default=Value(running),
    )
    rows = (
        Assignment.objects.of_counselor(counselor)
        .filter(connection__in=connections, ended_at=None)
        .annotate(state=state)
        .annotate(
            place=Window(RowNumber(), partition_by=F("connection"), order_by=[F("state").asc(), F("assigned_at").desc(), F("pk").desc()]),
            running=Window(Count("pk", filter=Q(state=running)), partition_by=F("connection")),
            resting=Window(Count("pk", filter=Q(paused=True)), partition_by=F("connection")),
            total=Window(Count("pk"), partition_by=F("connection")),
        )
        .filter(place__lte=NAMED)
        .order_by("connection_id", "place")
        .values_list("connection_id", "set_id", "state", "running", "resting", "total")
    )
    picked = list(rows)
    names = _set_names(counselor, {row[1] for row in picked if row[1] and row[2] == running})
    assigned: dict[uuid.UUID, AssignedSets] = {}
    for connection, prompt_set, kind, count, resting, total in picked:
        name = (names.get(prompt_set, ""),) if prompt_set and kind == running else ()
        named = tuple(filter(None, assigned.get(connection, AssignedSets()).names + name))
        assigned[connection] = AssignedSets(named, count - len(named), resting, total)
    return assigned


def _set_names(counselor: User, sets: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these sets, also of those that were removed from the counselor's list."""
    return {row.pk: row.content.name for row in PromptSet.objects.filter(author=counselor, pk__in=sets)} if sets else {}


def progress_of(counselor: User, clients: Sequence[Client], now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """How far each of these clients is, of those who let their counselor see it."""
    visible = [client.pk for client in clients if client.sees_answered]
    done = progress.by_connection(counselor, visible, now)
    return {pk: done.get(pk, Progress()) for pk in visible}


# --- One client.


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One assignment. `progress` is None where it is not the counselor's to see."""

    pk: uuid.UUID
    name: str
    paused: bool
    ended_at: dt.datetime | None
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One share, without its text. `replies` of the client's wait to be read."""

    pk: uuid.UUID
    night: dt.date
    is_new: bool
    replies: int


def assigned_to(counselor: User, connection: Connection, now: dt.datetime) -> list[AssignmentRow]:
    """Everything that a client was assigned, newest first, what ended last."""
    rows = Assignment.objects.of_counselor(counselor).filter(connection=connection)
    rows = rows.only("connection_id", "sealed_content", "paused", "ended_at")
    done = progress.by_assignment(counselor, connection, now)
    return [
        AssignmentRow(
            row.pk, row.content.name, row.paused, row.ended_at, done.get(row.pk, Progress()) if connection.sees_answered else None
        )
        for row in rows.order_by(F("ended_at").desc(nulls_first=True), "-assigned_at", "-pk")
    ]


def shared_by(counselor: User, connection: Connection) -> list[ShareRow]:
    """The latest shares of a client, those with something new first."""
    rows = (
        Share.objects.for_counselor(counselor)
        .filter(connection=connection)
        .annotate(unseen=_count(_unseen_replies().filter(share=OuterRef("pk"))))
        .annotate(seen=Case(When(Q(read_at=None) | Q(unseen__gt=0), then=Value(0)), default=Value(1)))
        .order_by("seen", "-shared_at", "-pk")
        .values_list("pk", "night", "read_at", "unseen")[:LATEST]
    )
    return [ShareRow(pk, night, read_at is None, unseen) for pk, night, read_at, unseen in rows]
