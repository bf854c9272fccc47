"""Invitations of clients."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.keys.sealing import SealedField
from accounts.models import Connection, User
from common.ids import new_id

INVITATION_LASTS = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class InvitationContent:
    """Whom an invitation is for, a line to them, and the token of its address, which can so be shown again.

    `name` becomes the label of the client who accepts. `language` is that of its mail; "" for the counselor's. `mails` says how often
    it was mailed, and `code` is the short code that was shown last.
    """

    SCHEMA: ClassVar[int] = 1

    token: str
    email: str = ""
    name: str = ""
    line: str = ""
    language: str = ""
    mails: int = 0
    code: str = ""


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def of_counselor(self, counselor: User) -> "InvitationQuerySet":
        return self.filter(counselor=counselor)

    def open(self, now: dt.datetime) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """A counselor's offer of a connection. Its address shows the offer and nothing else; accepting it takes an account."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)  # of the token, which is stored sealed only
    content = SealedField(payload=InvitationContent, owner="counselor", label="counselor.invitation.content")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)  # the last time
    # Of the short code for somebody in the room, while there is one.
    code_digest = models.CharField(max_length=64, blank=True, db_index=True)
    code_until = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    connection = models.ForeignKey(Connection, models.SET_NULL, related_name="+", null=True, blank=True)  # what it became
    # The account that was made with it on a site whose sign-up is closed, and when.
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True)
    account_made_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return str(self.pk)

    def state(self, now: dt.datetime) -> "Invitation.State":
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.OPEN if now < self.expires_at else self.State.EXPIRED


class MailDay(models.Model):
    """How many invitations the site mailed on a day, in UTC. It names nobody, and outlives those who sent them."""

    day = models.DateField(primary_key=True)
    invitations = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.day)
