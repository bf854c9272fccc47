"""What one run of the clock sends: mails over one connection, and messages to browsers all at once."""

import datetime as dt
import logging
from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend

from accounts.keys.crypto import KeyringError
from accounts.models import User
from journal.messages.push import delivery
from journal.models import PushSubscription

logger = logging.getLogger("nightlight.messages")


class Post:
    """Mails are sent at once, messages to browsers when it is closed. What fails is logged without an address, and lost."""

    def __init__(self) -> None:
        self._mailer: BaseEmailBackend | None = None
        self._pushes: list[delivery.Push] = []
        self._is_reachable: bool | None = None
        self.sent = 0

    def can_mail(self) -> bool:
        """Whether the mail server answers, asked once: while it does not, what has to be mailed can wait."""
        if self._is_reachable is None:
            self._is_reachable = settings.MAILER is not None and self._open()
        return self._is_reachable

    def _open(self) -> bool:
        self._mailer = mailers["default"]
        try:
            self._mailer.open()
        except OSError as error:
            logger.error("The mail server cannot be reached (%s): what is due waits.", type(error).__name__)
            return False
        return True

    def mail(self, message: EmailMultiAlternatives) -> None:
        """Send it. Call it only where mail `can_mail`."""
        if self._mailer is None:
            raise AssertionError("ask can_mail first")
        try:
            self.sent += self._mailer.send_messages([message]) or 0
        except (OSError, ValueError) as error:  # a server's refusal is an OSError, too; an address that cannot be written a ValueError
            logger.error("A mail could not be sent (%s).", type(error).__name__)
            self._mailer.close()  # the next begins on a new connection

    def push(self, person: User, content: Mapping[str, object]) -> None:
        """Send it to every browser of the person's."""
        for row in PushSubscription.objects.of(person):
            try:
                self._pushes.append(delivery.Push(row.pk, row.address, content))
            except KeyringError as error:
                logger.error("A browser’s address does not open (%s).", type(error).__name__)

    def close(self, now: dt.datetime) -> None:
        if self._mailer is not None:
            self._mailer.close()
        self.sent += delivery.send(self._pushes, now)
