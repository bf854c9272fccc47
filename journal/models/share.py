"""Shares: copies of answers that counselors may read, the record of readings, and replies.

It refers to entries by name only, so that nothing that a counselor's page imports leads to a journal.
"""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.keys.sealing import SealedField
from accounts.models import Connection, User
from common.ids import new_id
from prompts.models import AssignedStep


@dataclass(frozen=True, slots=True)
class ShareContent:
    """A copy of one answer: what the counselor sees of it."""

    SCHEMA: ClassVar[int] = 1

    question: str
    text: str
    html: str
    renderer: int
    assignment: str = ""  # the name of the set it answers


class ShareQuerySet(models.QuerySet["Share"]):
    def for_counselor(self, counselor: User) -> "ShareQuerySet":
        """What this counselor may read: not taken back, over connections that have not ended."""
        return self.filter(connection__in=Connection.objects.of_counselor(counselor).active(), taken_back_at=None)

    def of_parent(self, parent: User) -> "ShareQuerySet":
        """Everything that this parent shared, including what they took back."""
        return self.filter(parent=parent)

    def active(self) -> "ShareQuerySet":
        """Not taken back."""
        return self.filter(taken_back_at=None)


class Share(models.Model):
    """A copy of an answer, sealed with the connection's key. Counselors read shares and never entries.

    Taking it back deletes the copy; the row and its readings stay, for the parent only.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Both relations are found by the indexes of the two sides' lists, which begin with them.
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="shares", db_index=False)
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares", db_index=False)
    entry = models.ForeignKey("journal.Entry", models.SET_NULL, related_name="shares", null=True)
    entry_version = models.PositiveIntegerField()  # of the text that was copied
    assigned = models.ForeignKey(AssignedStep, models.SET_NULL, related_name="shares", null=True)
    night = models.DateField()
    text_number = models.PositiveIntegerField(default=1)  # rises when the parent shares a new text in place of this one
    content = SealedField(payload=ShareContent, owner="connection", label="journal.share.content", null=True)  # null once taken back
    shared_at = models.DateTimeField()  # the present text
    read_at = models.DateTimeField(null=True)  # when the present text was first read
    taken_back_at = models.DateTimeField(null=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ("-shared_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["connection", "entry"], condition=Q(taken_back_at=None), name="journal_share_once"),
        ]
        indexes = [
            models.Index(fields=["parent", "shared_at", "id"], name="journal_share_of_parent"),
            # What was not read yet is found among little, however much was read before.
            models.Index(fields=["connection", "read_at", "taken_back_at", "shared_at", "id"], name="journal_share_of_client"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Reading(models.Model):
    """The record that the counselor opened a share. It is the parent's, and never deleted before the share."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    share = models.ForeignKey(Share, models.CASCADE, related_name="readings")
    text_number = models.PositiveIntegerField()  # which of the share's texts
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("read_at", "id")

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class ReplyContent:
    SCHEMA: ClassVar[int] = 1

    text: str
    html: str
    renderer: int


class Reply(models.Model):
    """What either side wrote under a share.

    `content` is sealed with the connection's key and deleted with it. `kept` is the parent's own copy, sealed with the
    parent's key: made at once of their own replies, and of the counselor's when they read them. It outlives the connection.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    share = models.ForeignKey(Share, models.CASCADE, related_name="replies")
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    from_counselor = models.BooleanField()
    written_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # by the other side
    content = SealedField(payload=ReplyContent, owner="connection", label="journal.reply.content", null=True)
    kept = SealedField(payload=ReplyContent, owner="parent", label="journal.reply.kept", null=True)

    class Meta:
        ordering = ("written_at", "id")
        indexes = [
            models.Index(fields=["connection", "from_counselor", "share"], condition=Q(seen_at=None), name="journal_reply_unseen"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class ReplyDraftContent:
    SCHEMA: ClassVar[int] = 1

    text: str


class ReplyDraft(models.Model):
    """A reply while it is written: sealed with its author's key, shown to them alone, and gone once the reply is sent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    share = models.ForeignKey(Share, models.CASCADE, related_name="drafts", db_index=False)  # its constraint begins with it
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content = SealedField(payload=ReplyDraftContent, owner="author", label="journal.reply_draft.content")
    version = models.PositiveIntegerField(default=1)  # incremented with each save
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "author"], name="journal_replydraft_once")]

    def __str__(self) -> str:
        return str(self.pk)


class RecordCopy(models.Model):
    """The record that the counselor took a copy of what a client shared, for their own files. It is the parent's to see."""

    class Form(models.TextChoices):
        PAPER = "paper", _("printed")
        FILE = "file", _("as a file")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="record_copies")
    form = models.CharField(max_length=5, choices=Form)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("made_at", "id")

    def __str__(self) -> str:
        return str(self.pk)
