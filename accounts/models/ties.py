"""Ties between counselors and parents, and what leads to them."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User, new_id
from accounts.sealing import SealedField

INVITATION_LASTS = dt.timedelta(days=14)
NOTE_LIMIT = 20_000  # characters of a counselor's note about a client


@dataclass(frozen=True, slots=True)
class WorkspaceWords:
    """What a counselor says of themselves to whom they invite."""

    SCHEMA: ClassVar[int] = 1

    line: str = ""


class Workspace(models.Model):
    """What makes somebody a counselor here. It gives access to nobody: ties do, and parents accept those."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    counselor = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="workspace")
    name = models.CharField(_("name"), max_length=80)
    practice = models.CharField(_("practice"), max_length=120, blank=True)
    words = SealedField(payload=WorkspaceWords, owner="counselor", label="counselor.workspace.content")
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def line(self) -> str:
        line: str = self.words.line
        return line


class TieQuerySet(models.QuerySet["Tie"]):
    def of_counselor(self, counselor: User) -> "TieQuerySet":
        return self.filter(counselor=counselor)

    def of_parent(self, parent: User) -> "TieQuerySet":
        return self.filter(parent=parent)

    def alive(self) -> "TieQuerySet":
        return self.filter(ended_at=None)


class Tie(models.Model):
    """One parent's consent to one counselor. It has a key of its own, which goes when it ends; the row stays, so that the
    parent can see for good who read what."""

    class Ended(models.TextChoices):
        BY_PARENT = "parent", _("by the parent")
        BY_COUNSELOR = "counselor", _("by the counselor")
        CLOSED = "closed", _("the counselor left")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="client_ties", null=True)
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="counselor_ties")
    counselor_name = models.CharField(max_length=80)  # as the workspace has it; kept when that closes
    practice = models.CharField(max_length=120, blank=True)
    parent_name = models.CharField(_("what they call you"), max_length=80)  # what the parent gave for this counselor
    sees_answered = models.BooleanField(_("sees that I answered"), default=False)
    told_at = models.DateTimeField(null=True, blank=True)  # when the parent was told, before the first share
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=9, choices=Ended, blank=True)
    end_seen = models.BooleanField(default=True)  # false while the other side has not been told

    objects = TieQuerySet.as_manager()

    class Meta:
        ordering = ("parent_name", "id")
        constraints = [
            models.UniqueConstraint(fields=["counselor", "parent"], condition=Q(ended_at=None), name="accounts_tie_once"),
            models.CheckConstraint(condition=~Q(counselor=F("parent")), name="accounts_tie_between_two"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class InvitationWords:
    """Whom a counselor meant, and the token of the address, so that it can be shown again. Sealed with the counselor's key."""

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
    """A counselor's offer of a tie. Whoever holds its address sees the offer and nothing else; accepting takes an account."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)  # of the token, which itself is nowhere in the clear
    words = SealedField(payload=InvitationWords, owner="counselor", label="counselor.invitation.content")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    tie = models.ForeignKey(Tie, models.SET_NULL, related_name="+", null=True, blank=True)  # what it became

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


@dataclass(frozen=True, slots=True)
class GroupWords:
    SCHEMA: ClassVar[int] = 1

    name: str


class GroupQuerySet(models.QuerySet["Group"]):
    def of_counselor(self, counselor: User) -> "GroupQuerySet":
        return self.filter(counselor=counselor)


class Group(models.Model):
    """Clients whom a counselor gives the same things to. None of them learns of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="client_groups")
    words = SealedField(payload=GroupWords, owner="counselor", label="counselor.client_group.content")
    members = models.ManyToManyField(Tie, related_name="groups", blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class NoteWords:
    SCHEMA: ClassVar[int] = 1

    text: str


class ClientNote(models.Model):
    """What a counselor notes for themselves about one client. Sealed with the counselor's own key."""

    tie = models.OneToOneField(Tie, models.CASCADE, primary_key=True, related_name="note")
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="client_notes")
    words = SealedField(payload=NoteWords, owner="counselor", label="counselor.client_note.content")
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
