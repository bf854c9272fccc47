"""The list of a counselor's clients: who they are, what waits to be read, when they last answered and when the next session is."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, OuterRef, QuerySet, UUIDField, Value

from accounts.models import Connection, User
from common.database.prepared import Placeholder, Prepared
from common.text import fold
from counselor import labels, progress
from counselor.clients import waiting
from counselor.progress import Progress


class Show(StrEnum):
    ALL = "all"
    WAITING = "waiting"
    ENDED = "ended"


class Sort(StrEnum):
    """What comes first: who has something to read, who answered last, or the first by name."""

    WAITING = "waiting"
    ANSWERED = "answered"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which clients the list shows, in which order. `group` is one of the counselor's own; `name` is looked for in labels, too."""

    show: Show = Show.ALL
    name: str = ""
    group: uuid.UUID | None = None
    sort: Sort = Sort.WAITING


class Client(NamedTuple):
    """A connection in the list. `answers` and `replies`: how many of the client's are waiting to be read."""

    pk: uuid.UUID
    name: str
    sees_answered: bool
    is_example: bool
    next_session_on: dt.date | None
    ended_at: dt.datetime | None
    ended_by: str
    in_group: bool
    answers: int
    replies: int
    label: str = ""

    @property
    def is_waiting(self) -> bool:
        return bool(self.answers or self.replies)

    @property
    def named(self) -> str:
        return labels.named(self.name, self.label)


@dataclass(frozen=True, slots=True)
class ClientList:
    """`matching`: the clients that were asked for, in the order that was asked for; ended connections by their end, the latest first.

    `is_empty`: whether the list would be empty without a filter by name or group, too. `to_read`: how many answers and replies
    of all clients wait; None where the list is of ended connections. `progress`: of those who let their counselor see it, where
    the order needed it of all of them; None elsewhere.
    """

    matching: list[Client]
    is_empty: bool
    to_read: int | None
    has_example: bool
    progress: dict[uuid.UUID, Progress] | None = None


def find(counselor: User, filters: Filters, now: dt.datetime) -> ClientList:
    """The counselor's clients. Two queries, however many there are; a third where they are sorted by when they last answered."""
    is_ended, wanted = filters.show == Show.ENDED, fold(filters.name).strip()
    listed = _listed_clients(counselor, filters)
    matching = [
        client
        for client in listed
        if client.in_group and (client.is_waiting or filters.show != Show.WAITING) and (not wanted or wanted in fold(client.named))
    ]
    matching.sort(key=lambda client: (fold(client.named), client.pk))
    answered = None
    if is_ended:
        matching.sort(key=lambda client: str(client.ended_at), reverse=True)
    elif filters.sort == Sort.WAITING:
        matching.sort(key=lambda client: not client.is_waiting)
    elif filters.sort == Sort.ANSWERED:
        answered = progress_of(counselor, matching, now)
        matching.sort(key=lambda client: answered.get(client.pk, Progress()).last or dt.date.min, reverse=True)
    return ClientList(
        matching=matching,
        is_empty=not listed,
        has_example=any(client.is_example for client in listed),
        to_read=None if is_ended else sum(client.answers + client.replies for client in listed),
        progress=answered,
    )


def _listed_clients(counselor: User, filters: Filters) -> list[Client]:
    query = _LISTED[filters.show == Show.ENDED, filters.group is not None]
    rows = query.rows(counselor=counselor.pk, group=filters.group)
    own_labels = labels.of_counselor(counselor) if rows else {}
    return [Client(*row)._replace(label=own_labels.get(row[0], "")) for row in rows]


def _listed(*, ended: bool, in_group: bool) -> "QuerySet[Connection, tuple[Any, ...]]":
    own = Connection.objects.filter(ended_at__isnull=not ended, counselor=Placeholder("counselor", UUIDField()))
    group = Placeholder("group", UUIDField())
    membership = Connection.groups.through.objects.filter(connection=OuterRef("pk"), clientgroup=group)
    rows = own.annotate(
        is_example=example(),
        in_group=Exists(membership) if in_group else Value(value=True, output_field=BooleanField()),
        answers=waiting.answers(),
        replies=waiting.replies(),
    )
    columns = (
        "pk",
        "parent_name",
        "sees_answered",
        "is_example",
        "next_session_on",
        "ended_at",
        "ended_by",
        "in_group",
        "answers",
        "replies",
    )
    return rows.order_by().values_list(*columns)


def example() -> Exists:
    """Of each connection of a query: whether the client is the invented one."""
    return Exists(User.objects.filter(pk=OuterRef("parent"), example_of__isnull=False))


_LISTED = {
    (ended, in_group): Prepared(partial(_listed, ended=ended, in_group=in_group)) for ended in (True, False) for in_group in (True, False)
}


def progress_of(counselor: User, clients: Sequence[Client], now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """The progress of those clients who let their counselor see it, by connection."""
    visible = [client.pk for client in clients if client.sees_answered]
    done = progress.by_connection(counselor, visible, now)
    return {pk: done.get(pk, Progress()) for pk in visible}
