"""Shares: copies of answers that a parent lets a counselor read. The parent's side.

Rows are locked in one order, so that nothing is sealed with the key of a connection that is ending, and nothing deadlocks:
connections, then the entry, then the share. Ending a connection, deleting an entry and taking back keep to the same order.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import notifications
from accounts.keys import keyring
from accounts.keys.crypto import KeyringError
from accounts.models import Connection, User
from journal.models import Entry, Reply, Share, ShareContent
from prompts import received

logger = logging.getLogger("nightlight.sharing")


class NotShareable(Exception):
    """The connection has ended, or the entry is no longer as its parent saw it. Nothing was shared."""


# --- Sharing.


def mark_of(entry: Entry) -> str:
    """What a page sends of an entry that it shows, so that this and nothing else is shared: its version, and a mark of its question.

    Swapping the question leaves the version as it is.
    """
    question = salted_hmac("journal.sharing.mark", entry.summary.question, algorithm="sha256").hexdigest()
    return f"{entry.version}-{question[:16]}"


@transaction.atomic
def share_all(parent: User, connections: Sequence[Connection], entries: Sequence[Entry], now: dt.datetime) -> None:
    """Share each of the entries over each of the connections, or nothing at all. Idempotent.

    Raises `NotShareable` where `share` would for any of them.
    """
    list(Connection.objects.of_parent(parent).locked().filter(pk__in=[row.pk for row in connections]).order_by("pk").values("pk"))
    list(Entry.objects.by(parent).select_for_update().filter(pk__in=[row.pk for row in entries]).order_by("pk").values("pk"))
    keyring.prefetch([parent.pk, *(row.pk for row in connections)])
    for entry in sorted(entries, key=lambda row: (row.night, row.pk)):
        for connection in connections:
            share(parent, connection, entry, now)


@transaction.atomic
def share(parent: User, connection: Connection, entry: Entry, now: dt.datetime) -> Share:
    """Copy the entry's text for the counselor, replacing the copy that was shared before. Idempotent.

    Raises `NotShareable` where the connection is not the parent's or has ended, and where the entry is not theirs, is empty
    or deleted, or was saved or given another question since it was loaded: only what its parent saw is shared.
    """
    active = Connection.objects.of_parent(parent).active().locked().filter(pk=connection.pk).first()
    seen = Entry.objects.by(parent).not_deleted().select_for_update().filter(pk=entry.pk, version=entry.version).first()
    if active is None or seen is None or not seen.size or mark_of(seen) != mark_of(entry):
        raise NotShareable
    existing = Share.objects.active().select_for_update().filter(connection=active, entry=seen).first()
    content = _copy(seen, active)
    if existing is not None and _is_same(existing.content, content):
        return existing
    if existing is None:
        existing = Share(connection=active, parent=parent, entry=seen)
    else:
        existing.text_number += 1
    answers_step = seen.assigned is not None and seen.assigned.connection_id == active.pk
    existing.assigned_id = seen.assigned_id if answers_step else None
    existing.entry_version, existing.night = seen.version, seen.night
    existing.content, existing.shared_at, existing.read_at = content, now, None
    existing.save()
    if active.counselor_id:
        notifications.queue(active.counselor_id, now)
    return existing


def _copy(entry: Entry, connection: Connection) -> ShareContent:
    content, step = entry.content, entry.assigned
    answers_step = step is not None and step.assignment is not None and step.connection_id == connection.pk
    return ShareContent(
        question=entry.summary.question,
        text=content.text,
        html=content.html,  # as it is stored: nothing is rendered while rows are locked
        renderer=content.renderer,
        assignment=step.assignment.content.name if answers_step and step and step.assignment else "",
    )


def _is_same(one: ShareContent | None, other: ShareContent) -> bool:
    return one is not None and (one.question, one.text) == (other.question, other.text)


# --- Automatic sharing: when the parent is done with an answer.


def promised_connection(parent: User, step: uuid.UUID | None, entry: Entry | None = None) -> Connection | None:
    """The connection over which an answer to this step will be shared automatically, or None.

    None before the parent was informed what sharing means, and for an entry that they took back: they can share it again
    themselves. A page of its own is shared automatically once; later changes are theirs to share.
    """
    if step is None:
        return None
    informed = Connection.objects.of_parent(parent).active().filter(informed_at__isnull=False)
    connection = informed.filter(assignments__steps=step, assignments__shares=True).first()
    return connection if connection is not None and _shares_automatically(connection, entry) else None


def _shares_automatically(connection: Connection, entry: Entry | None) -> bool:
    """Whether what was shared of this entry so far leaves automatic sharing on."""
    if entry is None:
        return True
    taken_back = set(Share.objects.filter(connection=connection, entry=entry).values_list("taken_back_at", flat=True))
    return not taken_back or (None in taken_back and entry.kind == Entry.Kind.NIGHT)


def is_promised(step: received.ReceivedStep | None, entry: Entry | None = None) -> bool:
    """Whether `promised_connection` has one for a step that is loaded. No query where there is no entry yet."""
    if step is None or not step.shares or step.assignment.connection.informed_at is None:
        return False
    return _shares_automatically(step.assignment.connection, entry)


def lock_connections(parent: User) -> None:
    """Lock the parent's connections. Call before locking an entry that may be shared in the same transaction."""
    if parent.has_connections:
        list(Connection.objects.of_parent(parent).active().locked().order_by("pk").values_list("pk", flat=True))


def finish(parent: User, entry: Entry, now: dt.datetime, *, may_share: bool) -> bool:
    """Mark the step that an entry answers as done; with `may_share`, also share the entry where that was promised. Idempotent.

    Returns whether the counselor who assigned the step can read the text as it is. What cannot be shared stays with its
    parent, who is told so: a failure here does not undo the save.
    """
    if entry.assigned_id is None or not entry.size:
        return False
    received.mark_done(entry.assigned_id, now)
    connection = promised_connection(parent, entry.assigned_id, entry) if may_share else None
    if connection is not None:
        try:
            share(parent, connection, entry, now)
        except NotShareable:  # another page has saved since: it is a draft again
            return False
        except KeyringError as error:
            logger.error("An answer could not be shared", exc_info=error)
            return False
        return True
    # A page of its own is shared automatically once: the same press may have come before.
    present = Share.objects.of_parent(parent).active().filter(entry=entry, entry_version=entry.version)
    return may_share and present.filter(connection__assignments__steps=entry.assigned_id).exists()


# --- Taking back.


def take_back(parent: User, share: uuid.UUID, now: dt.datetime) -> None:
    """Delete the copy, so that the counselor can no longer open it. The record of its readings stays. Idempotent."""
    _take_back(Share.objects.of_parent(parent).filter(pk=share), now)


def take_back_of(entries: Iterable[uuid.UUID], now: dt.datetime) -> None:
    """Take back what was shared of entries that the caller has locked and is about to delete for good. Idempotent."""
    _take_back(Share.objects.filter(entry__in=list(entries)), now)


def take_back_all(connections: list[uuid.UUID], now: dt.datetime | None = None) -> None:
    """Take back all shares of connections that are ending, and delete the connections' copies of replies. Idempotent."""
    _take_back(Share.objects.filter(connection__in=connections), now or timezone.now())
    Reply.objects.filter(connection__in=connections).update(content=None)


def _take_back(shares: QuerySet[Share], now: dt.datetime) -> None:
    shares.filter(taken_back_at=None).update(taken_back_at=now, content=None)


# --- Queries.


def is_outdated(share: Share, entry: Entry) -> bool:
    """Whether the entry differs from the shared copy of it. False where the copy was taken back."""
    if share.entry_version == entry.version:
        return False  # checked first, since opening the content takes the connection's key
    content = share.content
    return content is not None and (content.question, content.text) != (entry.summary.question, entry.content.text)


def active_of(parent: User, entry: Entry) -> list[Share]:
    """The shares of this entry that counselors can read, with their connections, oldest first.

    One query, none for parents who never had a counselor.
    """
    if not parent.has_connections:
        return []
    return list(Share.objects.of_parent(parent).active().filter(entry=entry).select_related("connection").order_by("shared_at", "pk"))
