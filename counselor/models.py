"""What counselors keep: their workspace, invitations, client groups and notes. Connections are in `accounts.models`."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.keys.sealing import SealedField
from accounts.models import Connection, User
from common.ids import new_id
from common.names import validate_name

INVITATION_LASTS = dt.timedelta(days=14)
NOTE_LIMIT = 20_000  # characters


@dataclass(frozen=True, slots=True)
class WorkspaceContent:
    """What a counselor says about themselves to the people they invite."""

    SCHEMA: ClassVar[int] = 1

    line: str = ""


class Workspace(models.Model):
    """What makes a person a counselor. It gives access to nobody: connections do, which parents accept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    counselor = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="workspace")
    name = models.CharField(_("name"), max_length=80, validators=[validate_name])
    practice = models.CharField(_("practice"), max_length=120, blank=True, validators=[validate_name])
    content = SealedField(payload=WorkspaceContent, owner="counselor", label="counselor.workspace.content")
    opened_at = models.DateTimeField(_("opened"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)  # on a site that approves counselors, by its operator

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_approved(self) -> bool:
        """Whether its counselor may invite."""
        return self.approved_at is not None or not settings.COUNSELORS_APPROVED

    @property
    def line(self) -> str:
        return self.content.line


@dataclass(frozen=True, slots=True)
class InvitationContent:
    """Whom an invitation is for, and the token of its address, which can so be shown again."""

    SCHEMA: ClassVar[int] = 1

    token: str
    email: str = ""
    name: str = ""


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


@dataclass(frozen=True, slots=True)
class ClientGroupContent:
    SCHEMA: ClassVar[int] = 1

    name: str


class ClientGroupQuerySet(models.QuerySet["ClientGroup"]):
    def of_counselor(self, counselor: User) -> "ClientGroupQuerySet":
        return self.filter(counselor=counselor)


class ClientGroup(models.Model):
    """Clients to whom a counselor assigns the same sets. It is never shown to clients."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="client_groups")
    content = SealedField(payload=ClientGroupContent, owner="counselor", label="counselor.client_group.content")
    members = models.ManyToManyField(Connection, related_name="groups", blank=True)

    objects = ClientGroupQuerySet.as_manager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class ClientNoteContent:
    SCHEMA: ClassVar[int] = 1

    text: str


class ClientNote(models.Model):
    """A counselor's private note about one client, sealed with the counselor's own key."""

    connection = models.OneToOneField(Connection, models.CASCADE, primary_key=True, related_name="note")
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="client_notes")
    content = SealedField(payload=ClientNoteContent, owner="counselor", label="counselor.client_note.content")
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
