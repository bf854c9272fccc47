"""What counselors keep about their clients: groups, labels and notes. Connections are in `accounts.models`."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.keys.rows import SealedQuerySet
from accounts.keys.sealing import SealedField
from accounts.models import Connection, User
from common.ids import new_id

NOTE_LIMIT = 20_000  # characters
LABEL_LIMIT = 80  # characters


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
class ClientLabelContent:
    SCHEMA: ClassVar[int] = 1

    label: str


class ClientLabelQuerySet(SealedQuerySet["ClientLabel"]):
    def of_counselor(self, counselor: User) -> "ClientLabelQuerySet":
        return self.filter(counselor=counselor)


class ClientLabel(models.Model):
    """What a counselor calls a client for themselves, sealed with their own key. No client is ever shown it."""

    connection = models.OneToOneField(Connection, models.CASCADE, primary_key=True, related_name="label")
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="client_labels")
    content = SealedField(payload=ClientLabelContent, owner="counselor", label="counselor.client_label.content")
    written_at = models.DateTimeField()

    objects = ClientLabelQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class ClientNoteContent:
    """`html` is the sanitised HTML of the text, made by this version of the renderer; 0 where it was not made yet."""

    SCHEMA: ClassVar[int] = 1

    text: str
    html: str = ""
    renderer: int = 0


class ClientNoteQuerySet(SealedQuerySet["ClientNote"]):
    def of_counselor(self, counselor: User) -> "ClientNoteQuerySet":
        return self.filter(counselor=counselor, removed_at=None)


class ClientNote(models.Model):
    """A counselor's private note about one client, of one date, sealed with the counselor's own key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="notes", db_index=False)  # its index begins with it
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="client_notes")
    dated = models.DateField()  # the day that it is about, as its counselor says
    content = SealedField(payload=ClientNoteContent, owner="counselor", label="counselor.client_note.content")
    version = models.PositiveIntegerField(default=1)  # incremented with each save
    made_at = models.DateTimeField()
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)  # it can be put back

    objects = ClientNoteQuerySet.as_manager()

    class Meta:
        ordering = ("-dated", "-id")
        indexes = [models.Index(fields=["connection", "dated", "id"], name="counselor_note_of_client")]

    def __str__(self) -> str:
        return str(self.pk)
