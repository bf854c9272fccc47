"""What a counselor sees of their clients: who they are, their assignments and progress, and what is waiting to be read."""

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
from prompts.models import Assignment, PromptSet

LISTED_SETS = 3  # set names of one client in the list
LISTED_SHARES = 10  # shares on the page of one client


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
    """A connection in the list. `answers` and `replies`: how many of the client's are waiting to be read."""

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
    """`matching`: clients with something to read first, then by name; ended connections by their end, the latest first.

    `unseen_ends`: connections that clients ended, until this counselor has read that they did. `is_empty`: whether the list
    would be empty without a filter by name or group, too.
    """

    matching: list[Client]
    unseen_ends: list[Client]
    is_empty: bool


def find(counselor: User, filters: Filters) -> ClientList:
    """The counselor's clients. One query, however many there are. `assigned_sets` adds what one page of the list shows."""
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
    """All connections that the list is about (ended ones or not), and those whose end the counselor has not seen yet."""
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
    """Replies of clients that the counselor has not seen."""
    return Reply.objects.filter(from_counselor=False, seen_at=None, share__taken_back_at=None)


# --- The assignments of the clients on one page of the list.


@dataclass(frozen=True, slots=True)
class AssignedSets:
    """A client's assignments that have not ended. `names`: the newest running ones; `more`: how many others are running."""

    names: tuple[str, ...] = ()
    more: int = 0
    paused: int = 0
    total: int = 0


def assigned_sets(counselor: User, clients: Iterable[Client], now: dt.datetime) -> dict[uuid.UUID, AssignedSets]:
    """The assignments of each of these clients, by connection. Two queries at most, which load a few rows for each client.

    The names are those that the sets have now: one key opens them all, while the content of assignments takes a key each.
    """
    connections = [client.pk for client in clients]
    if not connections:
        return {}
    running, paused, answered = 0, 1, 2
    state = Case(
        When(paused=True, then=Value(paused)),
        When(Q(connection__sees_answered=True) & ~Exists(received.unanswered_steps(now)), then=Value(answered)),
        default=Value(running),
    )
    rows = (
        Assignment.objects.of_counselor(counselor)
        .filter(connection__in=connections, ended_at=None)
        .annotate(state=state)
        .annotate(
            rank=Window(RowNumber(), partition_by=F("connection"), order_by=[F("state").asc(), F("assigned_at").desc(), F("pk").desc()]),
            running_count=Window(Count("pk", filter=Q(state=running)), partition_by=F("connection")),
            paused_count=Window(Count("pk", filter=Q(paused=True)), partition_by=F("connection")),
            total=Window(Count("pk"), partition_by=F("connection")),
        )
        .filter(rank__lte=LISTED_SETS)
        .order_by("connection_id", "rank")
        .values_list("connection_id", "set_id", "state", "running_count", "paused_count", "total")
    )
    top_rows = list(rows)
    set_names = _set_names(counselor, {row[1] for row in top_rows if row[1] and row[2] == running})
    assigned: dict[uuid.UUID, AssignedSets] = {}
    for connection, prompt_set, row_state, running_count, paused_count, total in top_rows:
        name = (set_names.get(prompt_set, ""),) if prompt_set and row_state == running else ()
        names = tuple(filter(None, assigned.get(connection, AssignedSets()).names + name))
        assigned[connection] = AssignedSets(names, running_count - len(names), paused_count, total)
    return assigned


def _set_names(counselor: User, sets: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these sets, including sets that the counselor removed."""
    return {row.pk: row.content.name for row in PromptSet.objects.filter(author=counselor, pk__in=sets)} if sets else {}


def progress_of(counselor: User, clients: Sequence[Client], now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """The progress of those clients who let their counselor see it, by connection."""
    visible = [client.pk for client in clients if client.sees_answered]
    done = progress.by_connection(counselor, visible, now)
    return {pk: done.get(pk, Progress()) for pk in visible}


# --- One client.


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One assignment. `progress` is None where the counselor may not see it."""

    pk: uuid.UUID
    name: str
    paused: bool
    ended_at: dt.datetime | None
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One share, without its text. `replies`: how many of the client's are waiting to be read."""

    pk: uuid.UUID
    night: dt.date
    is_new: bool
    replies: int


def assigned_to(counselor: User, connection: Connection, now: dt.datetime) -> list[AssignmentRow]:
    """All assignments of a client, newest first, ended ones last."""
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
        .annotate(is_seen=Case(When(Q(read_at=None) | Q(unseen__gt=0), then=Value(0)), default=Value(1)))
        .order_by("is_seen", "-shared_at", "-pk")
        .values_list("pk", "night", "read_at", "unseen")[:LISTED_SHARES]
    )
    return [ShareRow(pk, night, read_at is None, unseen) for pk, night, read_at, unseen in rows]
