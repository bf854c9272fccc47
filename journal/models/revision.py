"""Revisions: texts that entries once had, and conflict copies."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.keys.padding import PAGE_STEP
from accounts.keys.sealing import SealedField
from common.ids import new_id
from journal.models.choices import Size
from journal.models.entry import Entry


@dataclass(frozen=True, slots=True)
class RevisionContent:
    SCHEMA: ClassVar[int] = 1

    text: str
    question: str = ""
    feeling: str = ""
    children: tuple[str, ...] = ()


class RevisionQuerySet(models.QuerySet["Revision"]):
    def conflict_copies(self) -> "RevisionQuerySet":
        return self.filter(kind=Revision.Kind.CONFLICT)

    def of_history(self) -> "RevisionQuerySet":
        """Texts that the entry once had: all but conflict copies."""
        return self.exclude(kind=Revision.Kind.CONFLICT)

    def before(self, revision: "Revision") -> "RevisionQuerySet":
        """Earlier texts of the same entry."""
        older = Q(saved_at__lt=revision.saved_at) | Q(saved_at=revision.saved_at, pk__lt=revision.pk)
        return self.of_history().filter(older, entry=revision.entry_id)

    def newest_first(self) -> "RevisionQuerySet":
        return self.order_by("-saved_at", "-pk")


class Revision(models.Model):
    """A text as an entry once had it, or a conflict copy: a text that another page wrote at the same time."""

    class Kind(models.TextChoices):
        EARLIER = "earlier", _("Earlier text")
        CUT = "cut", _("Before a big cut")
        DONE = "done", _("As it was when you were done")
        CONFLICT = "conflict", _("Set aside: it changed somewhere else at the same time")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="revisions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.EARLIER)
    version = models.PositiveIntegerField()  # of the entry: which one it was or, for a conflict copy, was based on
    page = models.UUIDField()
    seq = models.PositiveIntegerField()
    saved_at = models.DateTimeField()
    size = models.PositiveSmallIntegerField(choices=Size, default=Size.NOTHING)
    content = SealedField(payload=RevisionContent, owner="author", label="journal.revision.content", at_least=PAGE_STEP)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "entry", "saved_at"], name="journal_revision_retention")]
        constraints = [
            models.UniqueConstraint(fields=["entry", "version"], condition=~Q(kind="conflict"), name="journal_revision_once_a_version"),
            models.UniqueConstraint(fields=["entry", "page", "seq"], condition=Q(kind="conflict"), name="journal_revision_conflict_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.version}"
