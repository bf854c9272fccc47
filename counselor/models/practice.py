"""A practice: several counselors under one name. None of them sees another's clients."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.keys.sealing import SealedField
from common.ids import new_id
from common.names import validate_name
from prompts.models import PromptSet


class Practice(models.Model):
    """Its name is what each of its counselors shows beside their own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=120, validators=[validate_name])
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Membership(models.Model):
    """One counselor in a practice; nobody is in two. A practice without an owner does not exist: the last one passes it on or closes it."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        COUNSELOR = "counselor", _("Counselor")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="memberships")
    counselor = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="membership")
    role = models.CharField(max_length=9, choices=Role, default=Role.COUNSELOR)
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ("joined_at", "id")

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class PracticeInvitationContent:
    """Whom it is for, and the token of its address, which can so be shown again."""

    SCHEMA: ClassVar[int] = 1

    token: str
    name: str


class PracticeInvitationQuerySet(models.QuerySet["PracticeInvitation"]):
    def open(self, now: dt.datetime) -> "PracticeInvitationQuerySet":
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)


class PracticeInvitation(models.Model):
    """An owner's offer to join the practice. Its address shows the offer and nothing else; accepting it takes a workspace."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="invitations")
    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="practice_invitations")
    digest = models.CharField(max_length=64, unique=True)  # of the token, which is stored sealed only
    content = SealedField(payload=PracticeInvitationContent, owner="inviter", label="counselor.practice_invitation.content")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = PracticeInvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return str(self.pk)

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class PracticeSet(models.Model):
    """A set that its author shares with their practice: colleagues can give it and copy it, and change nothing of it."""

    set = models.OneToOneField(PromptSet, models.CASCADE, primary_key=True, related_name="in_practice")
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="sets")
    shared_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
