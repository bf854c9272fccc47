"""Handing a client over to a colleague: a counselor asks, and the client's consent alone completes it.

Apps with data that goes along register a function with `on_hand_over`. Whatever none of them passes on ends with the former
connection: above all, no answer that was shared with one counselor reaches the other.
"""

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import connections, notifications
from accounts.models import Connection, HandOver, User

type HandOverHandler = Callable[[Connection, Connection], object]
_handlers: list[HandOverHandler] = []


class NotPossible(Exception):
    """It cannot be handed over (any more): it was withdrawn or answered, or one of the three has left. Nothing was changed."""


def on_hand_over(handler: HandOverHandler) -> HandOverHandler:
    """Call `handler` with the former connection and the new one, in their transaction and while the keys of both exist."""
    _handlers.append(handler)
    return handler


def open_for(parent: User) -> QuerySet[HandOver]:
    """What counselors ask of this parent, and was neither answered nor withdrawn."""
    return _open().filter(connection__parent=parent)


def _open() -> QuerySet[HandOver]:
    return HandOver.objects.filter(withdrawn_at=None, answered_at=None, connection__ended_at=None).select_related("connection")


def of_counselor(counselor: User, connection: uuid.UUID) -> HandOver | None:
    """What this counselor asks about one of their clients at present; None where they ask nothing."""
    return _open().filter(connection=connection, connection__counselor=counselor).first()


@transaction.atomic
def ask(counselor: User, connection: uuid.UUID, to: User, to_name: str, now: dt.datetime) -> HandOver:
    """Ask the client whether `to`, who calls themselves `to_name`, may go on in the counselor's place. Idempotent.

    The caller has made sure that the two counselors may hand over to each other. Raises `NotPossible` where the connection is
    not this counselor's or has ended, where another colleague was named already, and where the client is `to` or is connected
    with them.
    """
    row = Connection.objects.of_counselor(counselor).active().locked().filter(pk=connection).first()
    if row is None or row.parent_id == to.pk or Connection.objects.filter(parent=row.parent_id, counselor=to).active().exists():
        raise NotPossible
    existing = of_counselor(counselor, connection)
    if existing is not None:
        if existing.to_id != to.pk:
            raise NotPossible
        return existing
    notifications.queue(row.parent_id, now)
    return HandOver.objects.create(connection=row, to=to, to_name=to_name, asked_at=now)


def withdraw(counselor: User, connection: uuid.UUID, now: dt.datetime) -> None:
    """Take back what was asked about a client. Idempotent."""
    _open().filter(connection=connection, connection__counselor=counselor).update(withdrawn_at=now)


def withdraw_between(counselor: User, now: dt.datetime) -> None:
    """Take back all that this counselor asked, and all that was asked for them: they leave those who may hand over to each other."""
    _open().filter(connection__counselor=counselor).update(withdrawn_at=now)
    _open().filter(to=counselor).update(withdrawn_at=now)


@transaction.atomic
def decline(parent: User, hand_over: uuid.UUID, now: dt.datetime) -> None:
    """Leave everything as it is; the counselor is notified. Idempotent."""
    row = _locked(parent, hand_over)
    if row is None:
        return
    row.answered_at, row.answer_seen = now, False
    row.save(update_fields=["answered_at", "answer_seen"])
    if row.connection.counselor_id:
        notifications.queue(row.connection.counselor_id, now)


def accept(parent: User, hand_over: uuid.UUID, *, parent_name: str, sees_answered: bool, now: dt.datetime) -> Connection:
    """Connect the parent to the colleague on these terms, pass on what goes along, and end the former connection.

    Idempotent: accepted again, the same connection is returned. Raises `NotPossible`.
    """
    try:
        with transaction.atomic():
            return _accept(parent, hand_over, parent_name, sees_answered, now)
    except IntegrityError:  # connected with the colleague by an invitation at the same moment
        raise NotPossible from None


def _accept(parent: User, hand_over: uuid.UUID, parent_name: str, sees_answered: bool, now: dt.datetime) -> Connection:
    row = _locked(parent, hand_over)
    # Looked up once it is locked: of two presses at the same moment the second finds what the first one made.
    accepted = HandOver.objects.filter(pk=hand_over, connection__parent=parent, accepted=True).select_related("successor").first()
    if accepted is not None and accepted.successor is not None:
        return accepted.successor
    if row is None or not row.to.is_counselor or Connection.objects.of_parent(parent).active().filter(counselor=row.to).exists():
        raise NotPossible
    former = row.connection
    successor = connections.make(
        parent=parent,
        counselor=row.to_id,
        counselor_name=row.to_name,
        practice=former.practice,
        parent_name=parent_name,
        sees_answered=sees_answered,
        now=now,
    )
    for handler in _handlers:
        handler(former, successor)
    row.answered_at, row.accepted, row.successor, row.answer_seen = now, True, successor, False
    row.save(update_fields=["answered_at", "accepted", "successor", "answer_seen"])
    connections.end_these(Connection.objects.filter(pk=former.pk), Connection.Ended.HANDED, now)
    notifications.queue(row.to_id, now)
    return successor


def _locked(parent: User, hand_over: uuid.UUID) -> HandOver | None:
    """One that is open, with its connection; both are locked: the connection first, as everywhere."""
    connection = open_for(parent).filter(pk=hand_over).values_list("connection", flat=True).first()
    if connection is None or Connection.objects.active().locked().filter(pk=connection).first() is None:
        return None
    return open_for(parent).select_related("to").select_for_update(of=("self",)).filter(pk=hand_over).first()


def mark_answer_seen(counselor: User, hand_over: uuid.UUID) -> None:
    """Record that the counselor who asked has read the answer. Idempotent."""
    HandOver.objects.filter(pk=hand_over, connection__counselor=counselor).update(answer_seen=True)


def unseen_answers(counselor: User) -> QuerySet[HandOver]:
    """What clients answered to this counselor's wishes, until they have read it, the latest first."""
    return HandOver.objects.filter(connection__counselor=counselor, answer_seen=False).select_related("connection").order_by("-answered_at")
