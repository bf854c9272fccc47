"""What is written: nights, entries and their revisions."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.keyring import PAGE_STEP
from accounts.models import Tie, User, new_id
from accounts.sealing import SealedField
from prompts.models import AssignedStep, OwnQuestion, Prompt
from prompts.questions import Question, token_of

TEXT_LIMIT = 200_000  # characters on one page
DRAWER_DAYS = 30


class Feeling(models.TextChoices):
    STORMY = "stormy", _("Stormy")
    HEAVY = "heavy", _("Heavy")
    EVEN = "even", _("Even")
    LIGHT = "light", _("Light")
    BRIGHT = "bright", _("Bright")


class Mode(models.TextChoices):
    """What the night's page asks."""

    QUESTION = "question", _("A question")
    JUST_WRITE = "just_write", _("Just write")
    JUST_FACTS = "just_facts", _("Just the facts")


class Size(models.IntegerChoices):
    """How much was written, as coarse as the lit windows show it: the one thing about a text kept in the clear."""

    NOTHING = 0, _("no words")
    LINE = 1, _("a line")
    PAGE = 2, _("some lines")
    LONG = 3, _("a long page")

    @classmethod
    def of(cls, text: str) -> "Size":
        words = len(text.split())
        return cls.NOTHING if not words else cls.LINE if words <= 25 else cls.PAGE if words <= 150 else cls.LONG


@dataclass(frozen=True, slots=True)
class EntryContent:
    """The whole text and its sanitised HTML; `renderer` 0 means that no HTML was made yet."""

    SCHEMA: ClassVar[int] = 1

    text: str
    html: str = ""
    renderer: int = 0


@dataclass(frozen=True, slots=True)
class Glance:
    """What a list shows of an entry, so that no list opens whole texts. `question` is worded as it was answered.

    `guide` is the slug of the hard-night guide that the page was written on.
    """

    SCHEMA: ClassVar[int] = 1

    excerpt: str = ""
    question: str = ""
    feeling: str = ""
    guide: str = ""


@dataclass(frozen=True, slots=True)
class RevisionContent:
    SCHEMA: ClassVar[int] = 1

    text: str
    question: str = ""
    feeling: str = ""


class Asks:
    """A page that asks a prompt of the library, a question of the parent's own, or a step that a counselor gave."""

    prompt_id: str | None
    own_id: uuid.UUID | None
    assigned_id: uuid.UUID | None

    @property
    def asked(self) -> str | None:
        """What it asks, as `prompts.questions.find` takes it."""
        return token_of(prompt=self.prompt_id, own=self.own_id, step=self.assigned_id)

    def ask(self, question: Question | None) -> None:
        self.prompt_id = question.prompt if question else None
        self.own_id = question.own_id if question else None
        self.assigned_id = question.step if question else None


class NightQuerySet(models.QuerySet["Night"]):
    def by(self, author: User) -> "NightQuerySet":
        return self.filter(author=author)

    def remember(self, author: User, night: dt.date, question: Question | None, mode: Mode = Mode.QUESTION) -> "Night":
        """The night's row; made with the question on its page where there is none yet."""
        new = Night(mode=mode)
        new.ask(question)
        new.go_furthest()
        columns = ("mode", "prompt_id", "own_id", "assigned_id", "furthest_id", "furthest_own_id")
        row, _created = self.get_or_create(author=author, night=night, defaults={name: getattr(new, name) for name in columns})
        return row


class Night(Asks, models.Model):
    """What a parent did with one evening's page, apart from writing on it."""

    class Closed(models.TextChoices):
        OPEN = "", _("Open")
        DONE = "done", _("Done")
        NOT_TONIGHT = "not_tonight", _("Not tonight")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="nights")
    night = models.DateField(_("night"))  # the date of its evening, where the author lives
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="+", null=True)  # the one on the page
    turn = models.PositiveSmallIntegerField(default=0)  # which of the night's questions that is
    own = models.ForeignKey(OwnQuestion, models.SET_NULL, related_name="+", null=True)  # that, where it is the parent's own
    assigned = models.ForeignKey(AssignedStep, models.SET_NULL, related_name="+", null=True)  # the step a counselor gave, if it is one
    furthest = models.ForeignKey(Prompt, models.PROTECT, related_name="+", null=True)  # the last one shown by swapping
    furthest_own = models.ForeignKey(OwnQuestion, models.SET_NULL, related_name="+", null=True)
    furthest_turn = models.PositiveSmallIntegerField(default=0)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.QUESTION)
    closed = models.CharField(max_length=11, choices=Closed, default=Closed.OPEN, blank=True)

    objects = NightQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "night"], name="journal_night_once")]

    def __str__(self) -> str:
        return f"{self.author_id}/{self.night}"

    def go_furthest(self) -> None:
        """Remember that what it asks now is the last one shown by swapping."""
        self.furthest_id, self.furthest_own_id, self.furthest_turn = self.prompt_id, self.own_id, self.turn


class EntryQuerySet(models.QuerySet["Entry"]):
    def by(self, author: User) -> "EntryQuerySet":
        return self.filter(author=author)

    def kept(self) -> "EntryQuerySet":
        """Those that are not in the drawer."""
        return self.filter(drawer_at=None)

    def in_drawer(self, now: dt.datetime) -> "EntryQuerySet":
        """Put away, and not longer ago than the drawer keeps things."""
        return self.filter(drawer_at__gt=now - dt.timedelta(days=DRAWER_DAYS))

    def overdue(self, now: dt.datetime) -> "EntryQuerySet":
        """Put away so long ago that the drawer lets them go."""
        return self.filter(drawer_at__lte=now - dt.timedelta(days=DRAWER_DAYS))

    def of_night(self, night: dt.date) -> "EntryQuerySet":
        """The entry of that night's page; there is one at most."""
        return self.kept().filter(kind=Entry.Kind.NIGHT, night=night)

    def newest_first(self) -> "EntryQuerySet":
        return self.order_by("-night", "-pk")  # ids rise with time, and make the order total


class Entry(Asks, models.Model):
    """One page of one author. The text is saved as it is typed: `version` counts the saves that were accepted."""

    class Kind(models.TextChoices):
        NIGHT = "night", _("The night’s page")
        FREE = "free", _("A page of its own")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="entries")
    night = models.DateField(_("night"))  # the date of its evening, where the author lives; never set by the clock
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NIGHT)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.QUESTION)
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="entries", null=True, blank=True)
    own = models.ForeignKey(OwnQuestion, models.SET_NULL, related_name="entries", null=True, blank=True)  # in place of `prompt`
    assigned = models.ForeignKey(AssignedStep, models.SET_NULL, related_name="entries", null=True, blank=True)  # a counselor's step
    size = models.PositiveSmallIntegerField(choices=Size, default=Size.NOTHING)
    content = SealedField(payload=EntryContent, owner="author", label="journal.entry.content", version="version", at_least=PAGE_STEP)
    glance = SealedField(payload=Glance, owner="author", label="journal.entry.summary", version="version")

    version = models.PositiveIntegerField(default=1)
    page = models.UUIDField()  # the opened page that wrote this version, and the number of its save:
    seq = models.PositiveIntegerField()  # together they tell a repeated save from a new one
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    revised_at = models.DateTimeField()  # when a revision was last kept
    drawer_at = models.DateTimeField(null=True, blank=True)
    aside_at = models.DateTimeField(null=True, blank=True)  # since when a text set aside waits to be looked at

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["author", "-night", "-id"], condition=Q(drawer_at=None), name="journal_entry_timeline"),
            models.Index(fields=["drawer_at"], condition=Q(drawer_at__isnull=False), name="journal_entry_drawer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "night"], condition=Q(kind="night", drawer_at=None), name="journal_entry_one_page_a_night"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_id}/{self.night}"

    def get_absolute_url(self) -> str:
        return reverse("journal:entry", args=[self.pk])


class RevisionQuerySet(models.QuerySet["Revision"]):
    def before(self, revision: "Revision") -> "RevisionQuerySet":
        """What the same entry was before that revision; texts that were set aside never were the entry's."""
        older = Q(saved_at__lt=revision.saved_at) | Q(saved_at=revision.saved_at, pk__lt=revision.pk)
        return self.filter(older, entry=revision.entry_id).exclude(kind=Revision.Kind.ASIDE)

    def newest_first(self) -> "RevisionQuerySet":
        return self.order_by("-saved_at", "-pk")


class Revision(models.Model):
    """A text as an entry once had it, or one that was set aside when two pages disagreed."""

    class Kind(models.TextChoices):
        EARLIER = "earlier", _("Earlier text")
        DONE = "done", _("As it was when you were done")
        ASIDE = "aside", _("Set aside: written elsewhere at the same time")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="revisions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.EARLIER)
    version = models.PositiveIntegerField()  # of the entry: the one it was, or the one it was based on
    page = models.UUIDField()
    seq = models.PositiveIntegerField()
    saved_at = models.DateTimeField()
    size = models.PositiveSmallIntegerField(choices=Size, default=Size.NOTHING)
    content = SealedField(payload=RevisionContent, owner="author", label="journal.revision.content", at_least=PAGE_STEP)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "entry", "saved_at"], name="journal_revision_thinning")]
        constraints = [
            models.UniqueConstraint(fields=["entry", "version"], condition=~Q(kind="aside"), name="journal_revision_once_a_version"),
            models.UniqueConstraint(fields=["entry", "page", "seq"], condition=Q(kind="aside"), name="journal_revision_aside_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.version}"


@dataclass(frozen=True, slots=True)
class SharedWords:
    """A copy of one answer: what a counselor sees of it."""

    SCHEMA: ClassVar[int] = 1

    question: str
    text: str
    html: str
    renderer: int
    assignment: str = ""  # the name of the set it answers


class ShareQuerySet(models.QuerySet["Share"]):
    def for_counselor(self, counselor: User) -> "ShareQuerySet":
        """What this counselor may read: of ties that have not ended, and not taken back."""
        return self.filter(tie__counselor=counselor, tie__ended_at=None, taken_back_at=None)

    def of_parent(self, parent: User) -> "ShareQuerySet":
        """What this parent ever shared, also what they took back."""
        return self.filter(parent=parent)

    def standing(self) -> "ShareQuerySet":
        return self.filter(taken_back_at=None)


class Share(models.Model):
    """A copy of an answer, sealed with the key of a tie. Counselors read shares and never entries.

    Taking back deletes the copy; the row stays, with its readings, for the parent alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tie = models.ForeignKey(Tie, models.CASCADE, related_name="shares")
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    entry = models.ForeignKey(Entry, models.SET_NULL, related_name="shares", null=True)
    entry_version = models.PositiveIntegerField()  # of the text that was copied
    assigned = models.ForeignKey(AssignedStep, models.SET_NULL, related_name="shares", null=True)
    night = models.DateField()
    text_number = models.PositiveIntegerField(default=1)  # rises when the parent shares a new text in place of this one
    words = SealedField(payload=SharedWords, owner="tie", label="journal.share.content", null=True)  # none once it is taken back
    shared_at = models.DateTimeField()  # the present text
    read_at = models.DateTimeField(null=True)  # when the present text was first read
    taken_back_at = models.DateTimeField(null=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ("-shared_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["tie", "entry"], condition=Q(taken_back_at=None), name="journal_share_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Reading(models.Model):
    """The counselor opened a shared answer. Kept for the parent, for good."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    share = models.ForeignKey(Share, models.CASCADE, related_name="readings")
    text_number = models.PositiveIntegerField()  # which of the share's texts
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("read_at", "id")

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class ReplyWords:
    SCHEMA: ClassVar[int] = 1

    text: str
    html: str
    renderer: int


class Reply(models.Model):
    """What either side wrote under a shared answer.

    `words` is sealed with the tie's key, and goes with it. `kept` is the parent's own copy, sealed with the parent's key: of
    what they wrote at once, of what the counselor wrote from when they read it. It stays theirs.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    share = models.ForeignKey(Share, models.CASCADE, related_name="replies")
    tie = models.ForeignKey(Tie, models.CASCADE, related_name="+")
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    from_counselor = models.BooleanField()
    written_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # by the other side
    words = SealedField(payload=ReplyWords, owner="tie", label="journal.reply.content", null=True)
    kept = SealedField(payload=ReplyWords, owner="parent", label="journal.reply.kept", null=True)

    class Meta:
        ordering = ("written_at", "id")

    def __str__(self) -> str:
        return str(self.pk)


class Chore(models.Model):
    """One of the clock's chores, and when it is due. Every clock of the installation goes by the same rows."""

    name = models.CharField(max_length=32, primary_key=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)  # the last time that it did not fail

    def __str__(self) -> str:
        return self.name
