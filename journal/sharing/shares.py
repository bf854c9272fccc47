"""Shares: copies of answers that a parent lets a counselor read. The parent's side.

Locks are taken in one order, so that nothing is sealed with the key of a connection that is ending: connections, then the
entry, then the share. Ending a connection, deleting an entry and taking back lock the same rows in the same order.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import notifications
from accounts.models import Connection, User
from journal import markup
from journal.models import Entry, Reply, Share, ShareContent
from prompts import received


class NotShareable(Exception):
    """The connection has ended, or the entry is not (any more) as its parent saw it. Nothing was shared."""


# --- Sharing.


@transaction.atomic
def share(parent: User, connection: Connection, entry: Entry, now: dt.datetime) -> Share:
    """Copy the entry's text for the counselor, or put it in place of the text that was shared before. Idempotent.

    Raises `NotShareable` where the connection is not the parent's or has ended, and where the entry is not theirs, has no
    words, is deleted, or was saved anew since it was loaded: what is shared is what its parent saw.
    """
    active = Connection.objects.of_parent(parent).active().select_for_update().filter(pk=connection.pk).first()
    seen = Entry.objects.by(parent).not_deleted().select_for_update().filter(pk=entry.pk, version=entry.version).first()
    if active is None or seen is None or not seen.size:
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
        html=markup.stored(content.html, content.renderer, content.text),
        renderer=markup.RENDERER,
        assignment=step.assignment.content.name if answers_step and step and step.assignment else "",
    )


def _is_same(one: ShareContent | None, other: ShareContent) -> bool:
    return one is not None and (one.question, one.text) == (other.question, other.text)


# --- Sharing as the parent finishes an answer.


def promised_connection(parent: User, step: uuid.UUID | None, entry: Entry | None = None) -> Connection | None:
    """The connection over which an answer to this step is shared once it is done, so that the page can say so; else None.

    None before the parent was informed what sharing means, and for an entry that they took back: only they share that
    again. A page of its own is shared automatically once; later changes of it are theirs to share.
    """
    if step is None:
        return None
    informed = Connection.objects.of_parent(parent).active().filter(informed_at__isnull=False)
    connection = informed.filter(assignments__steps=step, assignments__shares=True).first()
    return connection if connection is not None and _goes_on(connection, entry) else None


def _goes_on(connection: Connection, entry: Entry | None) -> bool:
    """Whether sharing by itself goes on for this entry."""
    if entry is None:
        return True
    before = set(Share.objects.filter(connection=connection, entry=entry).values_list("taken_back_at", flat=True))
    return not before or (None in before and entry.kind == Entry.Kind.NIGHT)


def is_promised(step: received.ReceivedStep | None, entry: Entry | None = None) -> bool:
    """The same of a step that is loaded: no query before there is an entry."""
    if step is None or not step.shares or step.assignment.connection.informed_at is None:
        return False
    return _goes_on(step.assignment.connection, entry)


def lock_connections(parent: User) -> None:
    """Lock the parent's connections, for a transaction that will lock an entry before it shares it. See the order above."""
    if parent.has_connections:
        list(Connection.objects.of_parent(parent).active().select_for_update().order_by("pk").values_list("pk", flat=True))


def finish(parent: User, entry: Entry, now: dt.datetime, *, shares: bool) -> None:
    """The parent is done with an entry, and so with the step it answers; with `shares` it is shared where that was promised.

    Idempotent.
    """
    if entry.assigned_id is None or not entry.size:
        return
    received.mark_done(entry.assigned_id, now)
    connection = promised_connection(parent, entry.assigned_id, entry) if shares else None
    if connection is not None:
        try:
            share(parent, connection, entry, now)
        except NotShareable:  # another page goes on writing on it: it is a draft again
            return


# --- Taking back.


def take_back(parent: User, share: uuid.UUID, now: dt.datetime) -> None:
    """Delete the copy: the counselor cannot open it any more. That it was shared, and read, stays on record for the parent.

    Idempotent.
    """
    _take_back(Share.objects.of_parent(parent).filter(pk=share), now)


def take_back_of(entries: Iterable[uuid.UUID], now: dt.datetime) -> None:
    """Take back what was shared of entries that are being deleted for good. The caller holds their locks, and deletes after."""
    _take_back(Share.objects.filter(entry__in=list(entries)), now)


def take_back_all(connections: list[uuid.UUID], now: dt.datetime | None = None) -> None:
    """Take back all shares of connections that are ending, and delete the connections' copies of replies."""
    _take_back(Share.objects.filter(connection__in=connections), now or timezone.now())
    Reply.objects.filter(connection__in=connections).update(content=None)


def _take_back(shares: QuerySet[Share], now: dt.datetime) -> None:
    shares.filter(taken_back_at=None).update(taken_back_at=now, content=None)


# --- Looking.


def is_outdated(share: Share, entry: Entry) -> bool:
    """Whether the entry says something else than the shared copy of it."""
    if share.entry_version == entry.version:
        return False  # checked first: what is not opened needs no key
    content = share.content
    return content is not None and (content.question, content.text) != (entry.summary.question, entry.content.text)


def active_of(parent: User, entry: Entry) -> list[Share]:
    """The copies of this entry that counselors can read, with their connections.

    One query, none for parents who never had a counselor.
    """
    if not parent.has_connections:
        return []
    return list(Share.objects.of_parent(parent).active().filter(entry=entry).select_related("connection").order_by("shared_at", "pk"))
