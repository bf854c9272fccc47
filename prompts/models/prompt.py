"""Themes and prompts as rows, loaded from prompts/library/data/ by `load_prompts`; entries refer to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Depth(models.TextChoices):
    LIGHT = "light", pgettext_lazy("depth of a question", "Light")
    STEADY = "steady", pgettext_lazy("depth of a question", "Steady")
    DEEP = "deep", pgettext_lazy("depth of a question", "Deep")


class Facet(models.TextChoices):
    """What a family lives with, for questions that are asked only of parents who switched it on in their choices."""

    TOGETHER = "together", _("I’m raising my child with someone")
    ALONE = "alone", _("I’m raising my child on my own")
    TWO_HOMES = "two-homes", _("My child has two homes")
    STEP_FAMILY = "step-family", _("A step-family")
    TWO_OF_A_KIND = "two-mothers-two-fathers", _("Two mothers or two fathers")
    GRANDPARENT = "grandparent", _("I’m raising a grandchild")
    ADOPTION = "adoption", _("An adopted or foster child")
    SIBLINGS = "siblings", _("More than one child")
    IN_LAWS = "in-laws", _("In-laws who are part of our days")
    BABY_UNDER_ONE = "baby-under-one", _("A baby under one")
    EXTRA_CARE = "extra-care", _("A child who is ill, disabled or wired differently")
    SCHOOL = "school-is-hard", _("School is hard for my child")
    SELF_HARM = "self-harm", _("A child who hurts themselves")
    ESTRANGED = "estranged", _("A grown child who isn’t in touch")
    DEPRESSION = "low-days", _("I’m depressed, or have been")
    SUBSTANCES = "drink-and-drugs", _("Drinking or drugs in the family")
    GRIEF = "grief", _("Someone close to us has died")
    MONEY = "money", _("Money is tight")
    TWO_LANGUAGES = "two-languages", _("A new country, or two languages")
    FAITH = "faith-not-shared", _("A faith we don’t all share")


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
    facets = models.JSONField(_("facets"), default=list, blank=True)  # list of Facet values; empty: asked of everybody
    tender = models.BooleanField(_("tender"), default=False)
    daily = models.BooleanField(_("asked night by night"), default=True)  # False: on its path, in its set or as a follow-up only
    follows = models.SlugField(_("follows"), blank=True)  # the slug of the prompt that it comes back to some weeks later; "" for most
    retired = models.BooleanField(_("retired"), default=False)

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering = ("theme", "slug")

    def __str__(self) -> str:
        return self.slug
