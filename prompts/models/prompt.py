"""Themes and prompts as rows, loaded from prompts/library/data/ by `load_prompts`; entries refer to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Depth(models.TextChoices):
    LIGHT = "light", pgettext_lazy("depth of a question", "Light")
    STEADY = "steady", pgettext_lazy("depth of a question", "Steady")
    DEEP = "deep", pgettext_lazy("depth of a question", "Deep")


class Theme(models.Model):
    """What prompts are about. A theme at the `heart` has prompts for every age: see prompts/library/checks/editorial.py."""

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
        """Those that have not been retired."""
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
    daily = models.BooleanField(_("asked night by night"), default=True)  # False: on its path only
    retired = models.BooleanField(_("retired"), default=False)

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering = ("theme", "slug")

    def __str__(self) -> str:
        return self.slug
