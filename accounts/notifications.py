"""E-mail notifications that there is something to read: never what, never from whom, at most once a day."""

import datetime as dt
import logging
import uuid

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from common.rendering import mails

logger = logging.getLogger("nightlight.notifications")

INTERVAL = dt.timedelta(days=1)  # from one mail to the next
BATCH = 100  # mails per run; the next run sends the rest


def queue(person: uuid.UUID, now: dt.datetime) -> None:
    """Notify a person, by their id, that there is something to read. Idempotent: one mail is sent, however much is queued."""
    User.objects.filter(pk=person, unread_since=None).update(unread_since=now)


def clear(person: User) -> None:
    """Cancel a queued mail, since the person has looked. Idempotent."""
    if person.unread_since is not None:
        person.unread_since = None
        person.save(update_fields=["unread_since"])


def send_due(now: dt.datetime) -> int:
    """Send the queued mails to people who got none within a day, `BATCH` at most; returns how many were sent.

    The row is updated before its mail is sent: one that fails is not tried again until something new is queued.
    """
    if not settings.MAILER:
        return 0
    due = User.objects.filter(Q(notified_at=None) | Q(notified_at__lte=now - INTERVAL), unread_since__isnull=False, is_active=True)
    sent = 0
    for person in due.order_by("unread_since")[:BATCH]:
        claimed = User.objects.filter(pk=person.pk, unread_since=person.unread_since).update(unread_since=None, notified_at=now)
        if claimed and person.mails_notifications:
            sent += _send(person)
    return sent


def _send(person: User) -> bool:
    """Whether the mail was sent."""
    addresses = {
        "url": f"{settings.SITE_ORIGIN}{reverse('home')}",
        "settings": f"{settings.SITE_ORIGIN}{reverse('accounts:settings')}",
    }
    mail = mails.compose("accounts/notification", addresses, person.chosen_language or settings.LANGUAGE_CODE)
    try:
        mails.message(mail, person.email).send()
    except OSError as error:  # the mail server's refusals are OSErrors, too
        logger.error("A mail could not be sent (%s).", type(error).__name__)
        return False
    return True
