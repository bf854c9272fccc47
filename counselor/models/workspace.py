"""A counselor's workspace."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.keys.sealing import SealedField
from common.ids import new_id
from common.names import validate_name


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
