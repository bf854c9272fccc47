"""That there is something to read, until a message says so; and that nobody gets more than one message a day, of whatever kind."""

import datetime as dt
import uuid

from django.db.models import Q

from accounts.models import User


def queue(person: uuid.UUID, now: dt.datetime) -> None:
    """Notify a person, by their id, that there is something to read. Idempotent: one message says so, however much is queued."""
    User.objects.filter(pk=person, unread_since=None).update(unread_since=now)


def clear(person: User) -> None:
    """Cancel what is queued, since the person has looked or was told. Idempotent."""
    if person.unread_since is not None:
        person.unread_since = None
        person.save(update_fields=["unread_since"])


def claim(person: User, night: dt.date) -> bool:
    """Whether the caller may send the person their message of this night. True once a night, whoever asks, and never for an earlier one."""
    unsent = Q(messaged_on=None) | Q(messaged_on__lt=night)
    return User.objects.filter(unsent, pk=person.pk).update(messaged_on=night) == 1
