"""The browsers that show a person's reminders."""

import base64
import binascii
import datetime as dt
import uuid

from django.db import transaction

from accounts.keys.crypto import KeyringError
from accounts.models import User
from journal.messages import plans
from journal.messages.push.addresses import is_endpoint
from journal.models import MessagePlan, PushAddress, PushSubscription

MOST = 10  # browsers of one person; one more puts the oldest out
POINT, SECRET = 65, 16  # bytes of what a browser's message is sealed for: RFC 8291


def is_address(address: PushAddress) -> bool:
    """Whether a browser can be reached there, as far as its form tells."""
    return is_endpoint(address.endpoint) and len(_bytes(address.p256dh)) == POINT and len(_bytes(address.auth)) == SECRET


def _bytes(text: str) -> bytes:
    """What is written in base64url, with or without its padding; nothing where it is something else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


@transaction.atomic
def add(person: User, address: PushAddress, now: dt.datetime) -> PushSubscription:
    """Send the person's reminders to this browser, too. Idempotent: a browser that says so again takes the place of its former row."""
    User.objects.select_for_update().get(pk=person.pk)  # two tabs at once
    rows = list(PushSubscription.objects.of(person))
    same = [row for row in rows if endpoint(row) == address.endpoint]
    oldest = [row for row in rows if row not in same][: -(MOST - 1)]
    PushSubscription.objects.filter(pk__in=[row.pk for row in (*same, *oldest)]).delete()
    added = PushSubscription.objects.create(person=person, made_at=now, address=address)
    MessagePlan.objects.get_or_create(person=person)
    plans.replan(person, now)
    return added


def forget(person: User, pk: uuid.UUID, now: dt.datetime) -> None:
    """Send no more to this browser of the person's. Idempotent."""
    PushSubscription.objects.of(person).filter(pk=pk).delete()
    plans.replan(person, now)


def endpoint(row: PushSubscription) -> str:
    """Where the browser is reached; "" where that does not open."""
    try:
        return row.address.endpoint
    except KeyringError:
        return ""
