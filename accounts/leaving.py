"""Leaving: an account is deleted at once or, where its owner wants time to think, in a week.

Apps whose rows do not go with the account by themselves register a function with `on_delete`.
"""

import datetime as dt
import functools
import logging
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from accounts import connections
from accounts.keys import erasure
from accounts.models import Connection, User
from accounts.security.log import Event, record

logger = logging.getLogger("nightlight.leaving")

GRACE = dt.timedelta(days=7)
BACKUPS_KEPT = dt.timedelta(weeks=4)  # operations/backup/daily.py keeps the last of each of four weeks

type DeleteHandler = Callable[[User], object]

_handlers: list[DeleteHandler] = []


def on_delete(handler: DeleteHandler) -> DeleteHandler:
    """Call `handler` with a person who is about to be deleted, in the same transaction and while their key still exists."""
    _handlers.append(handler)
    return handler


@transaction.atomic
def delete(person: User) -> None:
    """Delete the person, all they own, their key and their sessions, in one transaction. Ends their connections.

    What staff did to the account stays in the admin's log, without the address.
    """
    delete_example(person)
    for handler in _handlers:  # first: what they lock, such as a practice, is locked before connections by others, too
        handler(person)
    connections.end_all(person, timezone.now())
    end_sessions(person)
    LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=person.pk).update(object_repr="")
    transaction.on_commit(functools.partial(record, Event.ACCOUNT_DELETED, person=person.pk))
    person.delete()
    erasure.erase_on_commit()


@transaction.atomic
def delete_example(counselor: User) -> None:
    """Delete a counselor's practice client, with all that was shared and assigned. Nobody is told. Idempotent."""
    example = User.objects.filter(example_of=counselor).first()
    if example is None:
        return
    connections.end_these(Connection.objects.of_parent(example).active(), Connection.Ended.BY_COUNSELOR, timezone.now())
    delete(example)


def backups_until(now: dt.datetime) -> dt.datetime | None:
    """Until when daily backups may hold who is deleted now. None where the site makes none by itself."""
    return now + BACKUPS_KEPT if settings.BACKUPS else None


def end_sessions(person: User) -> None:
    """Sign the person out everywhere. Idempotent."""
    for session in UserSession.objects.filter(user=person):
        session.end()


@transaction.atomic
def plan(person: User, now: dt.datetime) -> None:
    """Have the account deleted in a week, and sign the person out everywhere. Signing in, they can call it off. Idempotent: the first counts."""
    User.objects.filter(pk=person.pk, leaves_at=None).update(leaves_at=now + GRACE)
    end_sessions(person)


def call_off(person: User) -> None:
    """Keep the account after all. Idempotent."""
    User.objects.filter(pk=person.pk).update(leaves_at=None)


def delete_due(now: dt.datetime) -> int:
    """Delete the accounts whose week is over; returns how many. Idempotent: each is a transaction of its own.

    One that cannot be deleted keeps no other from it: it is logged, and tried again the next time.
    """
    gone = 0
    for person in User.objects.filter(leaves_at__lte=now).order_by("leaves_at"):
        try:
            gone += _delete_if_due(person, now)
        except Exception as error:
            logger.error("An account could not be deleted", exc_info=error)
    return gone


@transaction.atomic
def _delete_if_due(person: User, now: dt.datetime) -> bool:
    """Not where it was called off since."""
    locked = User.objects.select_for_update().filter(pk=person.pk, leaves_at__lte=now).first()
    if locked is None:
        return False
    delete(locked)
    return True
