"""The choices that nights, entries and revisions share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Feeling(models.TextChoices):
    STORMY = "stormy", _("Stormy")
    HEAVY = "heavy", _("Heavy")
    EVEN = "even", _("Even")
    LIGHT = "light", _("Light")
    BRIGHT = "bright", _("Bright")

    @property
    def is_hard(self) -> bool:
        """Whether the pages for hard nights are offered with it."""
        return self in {Feeling.STORMY, Feeling.HEAVY}


class Mode(models.TextChoices):
    """What a page asks."""

    QUESTION = "question", _("A question")
    JUST_WRITE = "just_write", _("Just write")
    JUST_FACTS = "just_facts", _("Just the facts")


class RepairState(models.TextChoices):
    """What became of a rupture between a parent and a child."""

    OPEN = "open", _("Open")
    MENDED = "mended", _("Mended")
    PARTLY = "partly", _("Partly mended")
    RESTING = "resting", _("Let rest")


class Size(models.IntegerChoices):
    """How much was written, as coarsely as the lit windows show it. Nothing else about a text is stored unsealed."""

    NOTHING = 0, _("no words")
    LINE = 1, _("a line")
    PAGE = 2, _("some lines")
    LONG = 3, _("a long page")

    @classmethod
    def of(cls, text: str) -> "Size":
        return cls.of_words(len(text.split(maxsplit=151)))  # one more than counts

    @classmethod
    def of_words(cls, word_count: int) -> "Size":
        if not word_count:
            return cls.NOTHING
        if word_count <= 25:
            return cls.LINE
        return cls.PAGE if word_count <= 150 else cls.LONG
