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

from accounts.models import User, new_id
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
    words = SealedField(payload=OwnWords, owner="author")
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
