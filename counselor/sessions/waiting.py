"""What waits to be read, one after the other: the client after this one, and the shared answer after this one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import Connection, User
from common.text import fold
from journal.models.share import Share
from journal.sharing import readings


@dataclass(frozen=True, slots=True)
class Waiting:
    """A client with something to read. `count`: how many of their shares are new, or have a new reply."""

    connection: uuid.UUID
    name: str
    count: int


def clients_around(counselor: User, connection: Connection) -> tuple[Waiting | None, Waiting | None]:
    """The clients with something to read before and after this one, by name; after the last comes the first. One query.

    Where there is one other only, they come after.
    """
    new = Share.objects.for_counselor(counselor).filter(readings.has_new()).exclude(connection=connection).order_by()
    rows = new.values_list("connection", "connection__parent_name").annotate(count=Count("pk"))
    waiting = sorted((Waiting(*row) for row in rows), key=lambda row: (fold(row.name), row.connection))
    place = sum((fold(row.name), row.connection) < (fold(connection.parent_name), connection.pk) for row in waiting)
    return _around(waiting, place)


def shares_around(counselor: User, share: Share) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """The shares with something to read before and after this one: client by client, in the order of nights. One query."""
    new = Share.objects.for_counselor(counselor).filter(readings.has_new()).exclude(pk=share.pk).order_by()
    rows = new.values_list("connection__parent_name", "connection", "night", "pk")
    waiting = sorted((fold(name), connection, night, pk) for name, connection, night, pk in rows)
    this = (fold(share.connection.parent_name), share.connection_id, share.night, share.pk)
    before, after = _around([row[-1] for row in waiting], sum(row < this for row in waiting))
    return before, after


def _around[T](waiting: Sequence[T], place: int) -> tuple[T | None, T | None]:
    """What stands before and after this place in a circle; None before it where both are the same."""
    if not waiting:
        return None, None
    before, after = waiting[place - 1], waiting[place % len(waiting)]
    return (None if len(waiting) == 1 else before), after
