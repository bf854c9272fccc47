"""Entries: what parents write."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.keys.padding import PAGE_STEP
from accounts.keys.rows import SealedQuerySet
from accounts.keys.sealing import SealedField
from accounts.models import User
from common.database.prepared import Placeholder, Prepared, columns, instance
from common.ids import new_id
from journal.models.asking import AsksQuestion
from journal.models.choices import Mode, Size
from prompts.models import AssignedStep, OwnQuestion, Prompt

TEXT_LIMIT = 200_000  # characters of one entry
TRASH_DAYS = 30  # how long a deleted entry can be put back


@dataclass(frozen=True, slots=True)
class EntryContent:
    """The whole text and its sanitised HTML; `renderer` 0 means that it was not rendered yet, as while it is typed."""

    SCHEMA: ClassVar[int] = 1

    text: str
    html: str = ""
    renderer: int = 0


@dataclass(frozen=True, slots=True)
class EntrySummary:
    """What lists show of an entry, so that no list opens whole texts.

    `question`: its text when it was answered. `guide`: the slug of the hard-night guide that the entry was written on.
    `children`: the ids of those it is about (`accounts.models.Children`), removed ones included. `words`: how many words were
    written; None for what was saved before they were counted. `repair`: where the entry tells of a rupture, what became of it (a
    value of `RepairState`), `mended` the night on which it was mended, or mended partly, in ISO 8601, and `mended_words` a few words
    on that; else "". `is_kept_back`: whether its author does not want it brought back by *On this day*. `was_brought`: whether it came
    from elsewhere, so that its page has an `Origin` or attachments to show.
    """

    SCHEMA: ClassVar[int] = 1

    excerpt: str = ""
    question: str = ""
    feeling: str = ""
    guide: str = ""
    children: tuple[str, ...] = ()
    words: int | None = None
    repair: str = ""
    mended: str = ""
    mended_words: str = ""
    is_kept_back: bool = False
    was_brought: bool = False


class EntryQuerySet(SealedQuerySet["Entry"]):
    def by(self, author: User) -> "EntryQuerySet":
        return self.filter(author=author)

    def not_deleted(self) -> "EntryQuerySet":
        return self.filter(deleted_at=None)

    def in_trash(self, now: dt.datetime) -> "EntryQuerySet":
        """Deleted, and can still be put back."""
        return self.filter(deleted_at__gt=now - dt.timedelta(days=TRASH_DAYS))

    def overdue(self, now: dt.datetime) -> "EntryQuerySet":
        """In the trash for so long that they are deleted for good."""
        return self.filter(deleted_at__lte=now - dt.timedelta(days=TRASH_DAYS))

    def of_night(self, night: dt.date) -> "EntryQuerySet":
        """The entry on that night's page: at most one row."""
        return self.not_deleted().filter(kind=Entry.Kind.NIGHT, night=night)

    def unrendered(self, until: dt.datetime) -> "EntryQuerySet":
        """Stored without their HTML, and not saved again since `until`."""
        return self.filter(unrendered_at__lte=until, saved_at__lte=until)

    def unindexed(self) -> "EntryQuerySet":
        """Those, deleted ones included, of whose last change their author's search index has not learnt yet."""
        return self.filter(is_unindexed=True)

    def lock(self, author: User, pk: uuid.UUID) -> "Entry | None":
        """This author's entry, its row locked until the transaction under way ends; None where they have none of this id.

        Compiled once, since every save begins with it.
        """
        return next((instance(Entry, row) for row in _LOCKED.rows(pk=pk, author=author.pk)), None)

    def newest_first(self) -> "EntryQuerySet":
        return self.order_by("-night", "-pk")  # ids rise with time, and make the order total

    # They name the night once more by itself, which the rest implies: so a database goes straight to it in the index. For two
    # conditions joined by "or" alone it would walk through every entry up to it.

    def older_than(self, night: dt.date, pk: uuid.UUID) -> "EntryQuerySet":
        """Those that follow the entry of this night and id in the order of `newest_first`."""
        return self.filter(Q(night__lt=night) | Q(night=night, pk__lt=pk), night__lte=night)

    def from_there(self, night: dt.date, pk: uuid.UUID) -> "EntryQuerySet":
        """The entry of this night and id, and those that follow it in the order of `newest_first`."""
        return self.filter(Q(night__lt=night) | Q(night=night, pk__lte=pk), night__lte=night)

    def newer_than(self, night: dt.date, pk: uuid.UUID) -> "EntryQuerySet":
        """Those that the entry of this night and id follows in the order of `newest_first`."""
        return self.filter(Q(night__gt=night) | Q(night=night, pk__gt=pk), night__gte=night)


class Entry(AsksQuestion, models.Model):
    """One page of one author. It is saved as it is typed: `version` counts the saves that changed it."""

    class Kind(models.TextChoices):
        NIGHT = "night", _("The night’s page")
        FREE = "free", _("A separate page")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="entries")
    night = models.DateField(_("night"))  # the date of its evening, where the author lives; never set by the clock
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NIGHT)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.QUESTION)
    # What it answers: one of these three, or nothing.
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="entries", null=True, blank=True)
    own = models.ForeignKey(OwnQuestion, models.SET_NULL, related_name="entries", null=True, blank=True)
    assigned = models.ForeignKey(AssignedStep, models.SET_NULL, related_name="entries", null=True, blank=True)
    size = models.PositiveSmallIntegerField(choices=Size, default=Size.NOTHING)
    content = SealedField(payload=EntryContent, owner="author", label="journal.entry.content", version="version", at_least=PAGE_STEP)
    summary = SealedField(payload=EntrySummary, owner="author", label="journal.entry.summary", version="version")

    version = models.PositiveIntegerField(default=1)
    page = models.UUIDField()  # the opened page that wrote this version, and the number of its save:
    seq = models.PositiveIntegerField()  # together they identify a repeated save
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    revised_at = models.DateTimeField()  # when a revision was last kept
    unrendered_at = models.DateTimeField(null=True, blank=True)  # since when the text's HTML is still to be made
    is_unindexed = models.BooleanField(default=True)  # whether its author's search index is still to learn of its last change
    deleted_at = models.DateTimeField(null=True, blank=True)
    conflict_at = models.DateTimeField(null=True, blank=True)  # since when a conflict copy waits to be looked at

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["author", "-night", "-id"], condition=Q(deleted_at=None), name="journal_entry_timeline"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="journal_entry_trash"),
            models.Index(fields=["author", "-deleted_at", "-id"], condition=Q(deleted_at__isnull=False), name="journal_entry_own_trash"),
            models.Index(fields=["unrendered_at"], condition=Q(unrendered_at__isnull=False), name="journal_entry_to_render"),
            models.Index(fields=["author"], condition=Q(is_unindexed=True), name="journal_entry_to_index"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "night"], condition=Q(kind="night", deleted_at=None), name="journal_entry_one_page_a_night"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_id}/{self.night}"

    def get_absolute_url(self) -> str:
        return reverse("journal:entry", args=[self.pk])


def _locked() -> "models.QuerySet[Entry, tuple[object, ...]]":
    own = Entry.objects.filter(pk=Placeholder("pk", models.UUIDField()), author=Placeholder("author", models.UUIDField()))
    return own.select_for_update().values_list(*columns(Entry))


_LOCKED = Prepared(_locked)
