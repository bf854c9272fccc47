"""Connections: made, changed by the parent, ended by either side.

Apps with data that ends with a connection register a function with `on_end`.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from accounts import notifications
from accounts.keys import keyring
from accounts.models import Connection, ConnectionQuerySet, User
from accounts.security.log import Event, record

type EndHandler = Callable[[list[uuid.UUID]], object]
_end_handlers: list[EndHandler] = []
_BY_PARENT = {Connection.Ended.BY_PARENT, Connection.Ended.HANDED}  # who agreed to a hand-over has ended it


def on_end(handler: EndHandler) -> EndHandler:
    """Call `handler` with the ids of connections that are ending, in their transaction and while their keys still exist."""
    _end_handlers.append(handler)
    return handler


def make(
    *, parent: User, counselor: uuid.UUID, counselor_name: str, practice: str, parent_name: str, sees_answered: bool, now: dt.datetime
) -> Connection:
    """Connect a parent to a counselor, with a data key of the connection's own. Call within a transaction.

    Raises IntegrityError where the two are connected already.
    """
    connection = Connection.objects.create(
        counselor_id=counselor,
        parent=parent,
        counselor_name=counselor_name,
        practice=practice,
        parent_name=parent_name,
        sees_answered=sees_answered,
        began_at=now,
    )
    keyring.make_connection_key(connection.pk)
    parent.remember("has_connections")
    transaction.on_commit(functools.partial(record, Event.CONNECTION_MADE, person=parent.pk, connection=connection.pk))
    return connection


# --- Ending.


def end(person: User, connection: uuid.UUID, now: dt.datetime) -> None:
    """End a connection, from either side: shares are taken back, assignments stop, the key is destroyed. Idempotent."""
    with transaction.atomic():
        end_these(Connection.objects.of_parent(person).active().filter(pk=connection), Connection.Ended.BY_PARENT, now)
        end_these(Connection.objects.of_counselor(person).active().filter(pk=connection), Connection.Ended.BY_COUNSELOR, now)


def end_all(person: User, now: dt.datetime) -> None:
    """End every connection of somebody who leaves Nightlight, on both sides. Idempotent."""
    with transaction.atomic():
        end_these(Connection.objects.of_counselor(person).active(), Connection.Ended.CLOSED, now)
        end_these(Connection.objects.of_parent(person).active(), Connection.Ended.BY_PARENT, now)


def end_these(connections: ConnectionQuerySet, how: Connection.Ended, now: dt.datetime) -> None:
    """End these connections and notify the other side. Call within a transaction.

    One that is handed over was ended by its parent, who knows; its counselor is told by the answer to what they asked.
    """
    # Locked, so that nothing is sealed with a key that is being destroyed; in one order, so that two ends never deadlock.
    ending = list(connections.locked().order_by("pk"))
    if not ending:
        return
    ids = [connection.pk for connection in ending]
    for handler in _end_handlers:
        handler(ids)
    keyring.destroy_connection_keys(ids)
    for connection in ending:
        by = connection.parent_id if how in _BY_PARENT else connection.counselor_id
        transaction.on_commit(functools.partial(record, Event.CONNECTION_ENDED, person=by, connection=connection.pk))
    Connection.objects.filter(pk__in=ids).update(ended_at=now, ended_by=how, end_seen=how == Connection.Ended.HANDED)
    others = {connection.counselor_id if how in _BY_PARENT else connection.parent_id for connection in ending}
    for person in sorted(other for other in others if other is not None):  # in one order, as all that locks several people
        notifications.queue(person, now)


def mark_end_seen(person: User, connection: uuid.UUID) -> None:
    """Record that the side that did not end the connection has read that it ended. Idempotent."""
    mine = Q(parent=person) & ~Q(ended_by=Connection.Ended.BY_PARENT) | Q(counselor=person, ended_by=Connection.Ended.BY_PARENT)
    Connection.objects.filter(mine, pk=connection).update(end_seen=True)


# --- What a parent decides.


def change_terms(parent: User, connection: uuid.UUID, *, parent_name: str, sees_answered: bool) -> None:
    """Change what the counselor may see. Idempotent."""
    Connection.objects.of_parent(parent).active().filter(pk=connection).update(parent_name=parent_name, sees_answered=sees_answered)


def mark_informed(parent: User, connection: uuid.UUID, now: dt.datetime) -> None:
    """Record that the parent has read what sharing means. Idempotent: the first time counts."""
    Connection.objects.of_parent(parent).filter(pk=connection, informed_at=None).update(informed_at=now)
