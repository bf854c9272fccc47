"""What is asked: themes and prompts, a parent's own questions, and what each parent made of them.

The words of themes and prompts live in prompts/library/; these rows are what entries point at.
"""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Tie, User, new_id
from accounts.sealing import SealedField

QUESTION_LIMIT = 300  # characters of a question of one's own


class Depth(models.TextChoices):
    LIGHT = "light", pgettext_lazy("depth of a question", "Light")
    STEADY = "steady", pgettext_lazy("depth of a question", "Steady")
    DEEP = "deep", pgettext_lazy("depth of a question", "Deep")


class Theme(models.Model):
    slug = models.SlugField(primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    line = models.CharField(_("line"), max_length=160)
    position = models.PositiveSmallIntegerField(_("position"))
    heart = models.BooleanField(_("at the heart"), default=False)
    opt_in = models.BooleanField(_("only for those who ask for it"), default=False)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class PromptQuerySet(models.QuerySet["Prompt"]):
    def current(self) -> "PromptQuerySet":
        """Those that may still be asked."""
        return self.filter(retired=False)


class Prompt(models.Model):
    """One question. A prompt that leaves the library is retired, never deleted: somebody may have answered it."""

    slug = models.SlugField(primary_key=True)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="prompts")
    question = models.CharField(_("question"), max_length=180)
    if_stuck = models.JSONField(_("ways in"), default=list, blank=True)  # list of str
    tomorrow = models.CharField(_("for tomorrow"), max_length=180, blank=True)
    depth = models.CharField(_("depth"), max_length=8, choices=Depth)
    ages = models.JSONField(_("ages"), default=list, blank=True)  # list of accounts.models.Age values; empty: all
    tender = models.BooleanField(_("tender"), default=False)
    daily = models.BooleanField(_("asked night by night"), default=True)  # else on its path only
    retired = models.BooleanField(_("retired"), default=False)

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering = ("theme", "slug")

    def __str__(self) -> str:
        return self.slug


class Mark(models.Model):
    """What a parent made of a prompt: kept for later, or never to be asked again."""

    class Kind(models.TextChoices):
        LATER = "later", _("Kept for later")
        NEVER = "never", _("Not for me")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="marks")
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "prompt"], name="prompts_mark_once")]

    def __str__(self) -> str:
        return f"{self.parent_id}/{self.prompt_id}"


@dataclass(frozen=True, slots=True)
class OwnWords:
    SCHEMA: ClassVar[int] = 1

    question: str


class OwnQuestionQuerySet(models.QuerySet["OwnQuestion"]):
    def by(self, author: User) -> "OwnQuestionQuerySet":
        return self.filter(author=author)


class OwnQuestion(models.Model):
    """A question that a parent wrote for themselves."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_questions")
    words = SealedField(payload=OwnWords, owner="author", label="prompts.own_question.content")
    by_turn = models.BooleanField(_("ask it among the others"), default=True)
    written_at = models.DateTimeField()

    objects = OwnQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-id")

    def __str__(self) -> str:
        return str(self.pk)


class WalkQuerySet(models.QuerySet["Walk"]):
    def by(self, walker: User) -> "WalkQuerySet":
        return self.filter(walker=walker)

    def under_way(self) -> "WalkQuerySet":
        """The one that is being walked; there is one at most for each walker."""
        return self.filter(paused=False)


class Walk(models.Model):
    """A path that a parent has begun. Which steps are done is told by what they wrote since: see journal/walking.py."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    walker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="walks")
    path = models.SlugField()  # of a file in prompts/library/en/paths
    started = models.DateField()  # the night it was begun; what was written before does not count
    paused = models.BooleanField(default=False)
    skipped = models.JSONField(default=list, blank=True)  # list of str: prompts of steps left out

    objects = WalkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["walker", "path"], name="prompts_walk_once"),
            models.UniqueConstraint(fields=["walker"], condition=Q(paused=False), name="prompts_one_walk_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.walker_id}/{self.path}"


@dataclass(frozen=True, slots=True)
class SetWords:
    """A set as its counselor is building it. `steps`: tuples of a key that stays with the step (hex), the slug of a prompt or
    "", the counselor's own question or "", and a note."""

    SCHEMA: ClassVar[int] = 1

    name: str
    introduction: str = ""
    steps: tuple[tuple[str, str, str, str], ...] = ()


class PromptSetQuerySet(models.QuerySet["PromptSet"]):
    def by(self, author: User) -> "PromptSetQuerySet":
        """A counselor's sets, without those they removed."""
        return self.filter(author=author, removed_at=None)


class PromptSet(models.Model):
    """Prompts in an order, put together by a counselor. What is assigned is a copy: see `Assignment`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="prompt_sets")
    words = SealedField(payload=SetWords, owner="author", label="prompts.prompt_set.content")
    version = models.PositiveIntegerField(default=1)  # rises whenever `words` change
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)  # kept while removed: assignments go by its name

    objects = PromptSetQuerySet.as_manager()

    class Meta:
        ordering = ("-changed_at", "-id")

    def __str__(self) -> str:
        return str(self.pk)


@dataclass(frozen=True, slots=True)
class AssignedWords:
    """What a client was given, as it was then: sealed with the key of the tie, so that both can read it."""

    SCHEMA: ClassVar[int] = 1

    name: str
    introduction: str = ""
    note: str = ""  # for this client


@dataclass(frozen=True, slots=True)
class StepWords:
    SCHEMA: ClassVar[int] = 1

    question: str = ""  # the counselor's own; "" where the step asks a prompt of the library
    note: str = ""


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def of_counselor(self, counselor: User) -> "AssignmentQuerySet":
        return self.filter(tie__counselor=counselor, tie__ended_at=None)

    def of_parent(self, parent: User) -> "AssignmentQuerySet":
        return self.filter(tie__parent=parent, tie__ended_at=None)

    def running(self) -> "AssignmentQuerySet":
        """Those that can ask something: neither ended nor paused, and not answered to the end."""
        return self.filter(ended_at=None, finished_at=None, paused=False)


class Assignment(models.Model):
    """A set given to one client. Its words go when its tie ends; what was answered stays in the client's journal."""

    class Cadence(models.TextChoices):
        AT_ONCE = "at_once", _("All at once")
        WHEN_DONE = "when_done", _("The next when the last is answered")
        AFTER_DAYS = "after_days", _("The next some nights after the last was answered")
        EVERY_DAYS = "every_days", _("Every so many nights")
        WEEKDAYS = "weekdays", _("On chosen weekdays")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tie = models.ForeignKey(Tie, models.CASCADE, related_name="assignments")
    set = models.ForeignKey(PromptSet, models.SET_NULL, related_name="assignments", null=True)
    set_version = models.PositiveIntegerField()
    words = SealedField(payload=AssignedWords, owner="tie", label="prompts.assignment.content", null=True)  # none once the tie has ended
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.WHEN_DONE)
    every = models.PositiveSmallIntegerField(default=1)  # nights, where the cadence counts some
    weekdays = models.JSONField(default=list, blank=True)  # list of int, Monday is 0
    starts_on = models.DateField(null=True, blank=True)  # the client's night; none: when they begin it themselves
    ends_on = models.DateField(null=True, blank=True)  # the last night that asks
    paused = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)  # when its last step was answered
    shares = models.BooleanField(default=False)  # "share my answers to this set as I finish them": the client's to say
    assigned_at = models.DateTimeField()

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("-assigned_at", "-id")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def said(self) -> AssignedWords:
        """Its words; empty ones once the tie has ended."""
        words: AssignedWords | None = self.words
        return words or AssignedWords(name="")


class AssignedStep(models.Model):
    """One step of what a client was given. The clients page tells how far they are from these rows, never from entries."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # None: taken out by a newer version before it was answered. The row stays for the page that may have asked it already.
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="steps", null=True)
    tie = models.ForeignKey(Tie, models.CASCADE, related_name="+")  # the assignment's: its key seals
    key = models.CharField(max_length=32)  # the step of the set that it is a copy of
    position = models.PositiveSmallIntegerField()
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="+", null=True)
    words = SealedField(payload=StepWords, owner="tie", label="prompts.assigned_step.content", null=True)
    answered_on = models.DateField(null=True, blank=True)  # the night of the first words that answered it
    done_at = models.DateTimeField(null=True, blank=True)  # when the client was done with it: until then it is a draft

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["assignment", "key"], name="prompts_assignedstep_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def said(self) -> StepWords:
        """Its words; empty ones once the tie has ended."""
        words: StepWords | None = self.words
        return words or StepWords()
