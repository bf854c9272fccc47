"""What a counselor sees of their clients: who they are, their assignments and progress, and what is waiting to be read."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, UUIDField, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from accounts.models import Connection, User
from common.database.ids import Ids
from common.database.prepared import Placeholder, Prepared
from common.text import fold
from counselor import progress
from counselor.progress import Progress
from journal.models.share import Reply, Share
from prompts import received
from prompts.models import Assignment, PromptSet, SetContent

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


class Client(NamedTuple):
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

    @property
    def sorted_by(self) -> tuple[bool, str, uuid.UUID]:
        """Those with something to read first, then by name."""
        return (not self.is_waiting, fold(self.name), self.pk)


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
    is_ended, wanted = filters.show == Show.ENDED, fold(filters.name).strip()
    connections = _connections(counselor, filters)
    listed = [client for client in connections if (client.ended_at is not None) == is_ended]
    matching = [
        client
        for client in listed
        if client.in_group and (client.is_waiting or filters.show != Show.WAITING) and (not wanted or wanted in fold(client.name))
    ]
    matching.sort(key=lambda client: client.sorted_by)
    if is_ended:
        matching.sort(key=lambda client: str(client.ended_at), reverse=True)
    return ClientList(
        matching=matching,
        unseen_ends=[client for client in connections if client.ended_by == Connection.Ended.BY_PARENT and not client.end_seen],
        is_empty=not listed,
    )


def _connections(counselor: User, filters: Filters) -> list[Client]:
    """All connections that the list is about (ended ones or not), and those whose end the counselor has not seen yet."""
    query = _LISTED[filters.show == Show.ENDED, filters.group is not None]
    return [Client(*row) for row in query.rows(counselor=counselor.pk, group=filters.group)]


def _listed(*, ended: bool, in_group: bool) -> "QuerySet[Connection, tuple[Any, ...]]":
    unseen_end = Q(ended_by=Connection.Ended.BY_PARENT, end_seen=False)
    own = Connection.objects.filter(unseen_end | Q(ended_at__isnull=not ended), counselor=Placeholder("counselor", UUIDField()))
    group = Placeholder("group", UUIDField())
    membership = Connection.groups.through.objects.filter(connection=OuterRef("pk"), clientgroup=group)
    rows = own.annotate(
        in_group=Exists(membership) if in_group else Value(value=True, output_field=BooleanField()),
        answers=_count(Share.objects.active().filter(connection=OuterRef("pk"), read_at=None)),
        replies=_count(_unseen_replies().filter(connection=OuterRef("pk"))),
    )
    columns = ("pk", "parent_name", "sees_answered", "ended_at", "ended_by", "end_seen", "in_group", "answers", "replies")
    return rows.order_by().values_list(*columns)


_LISTED = {
    (ended, in_group): Prepared(partial(_listed, ended=ended, in_group=in_group)) for ended in (True, False) for in_group in (True, False)
}


def _count(rows: "QuerySet[Assignment] | QuerySet[Share] | QuerySet[Reply]") -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("connection").annotate(n=Count("*")).values("n")), 0)


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


def _assigned() -> "QuerySet[Connection, tuple[Any, ...]]":
    """Of each of `connections`: how many assignments are running, paused, and not ended; and the sets of the newest running ones."""
    given = Assignment.objects.filter(connection=OuterRef("pk"), ended_at=None)
    # Where the client does not let their counselor see what they answer, all that was given is running.
    is_hidden = Exact(OuterRef("sees_answered"), Value(value=False))
    running = given.filter(Q(is_hidden) | Exists(received.unanswered_steps(received.ANY_TIME)), paused=False)
    newest = running.order_by("-assigned_at", "-pk").values("set")
    own = Connection.objects.filter(counselor=Placeholder("counselor", UUIDField()), pk__in=Ids("connections")).active()
    return own.order_by().values_list(
        "pk",
        _count(running),
        _count(given.filter(paused=True)),
        _count(given),
        *(Subquery(newest[place : place + 1], output_field=UUIDField()) for place in range(LISTED_SETS)),
    )


_ASSIGNED = Prepared(_assigned)


def assigned_sets(counselor: User, clients: Iterable[Client], now: dt.datetime) -> dict[uuid.UUID, AssignedSets]:
    """The assignments of each of these clients, by connection. Two queries at most, which load one row for each client.

    The names are those that the sets have now: one key opens them all, while the content of assignments takes a key each.
    """
    connections = [client.pk for client in clients]
    if not connections:
        return {}
    rows = _ASSIGNED.rows(counselor=counselor.pk, connections=connections, **received.over(now)._asdict())
    set_names = _set_names(counselor, {pk for _connection, _running, _paused, _total, *sets in rows for pk in sets if pk})
    assigned: dict[uuid.UUID, AssignedSets] = {}
    for connection, running, paused, total, *sets in rows:
        names = tuple(name for pk in sets if (name := set_names.get(pk)))
        assigned[connection] = AssignedSets(names, running - len(names), paused, total)
    return assigned


def _set_names(counselor: User, sets: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these sets, including sets that the counselor removed."""
    if not sets:
        return {}
    own = PromptSet.objects.filter(author=counselor, pk__in=sets).order_by()
    return dict(own.opened(_pk_and_name, "id", "content", owner=counselor.pk))


def _pk_and_name(pk: uuid.UUID, content: SetContent) -> tuple[uuid.UUID, str]:
    return pk, content.name


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
