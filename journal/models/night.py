"""Nights: what a parent did with a night's page, apart from writing on it."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.ids import new_id
from journal.models.asking import AsksQuestion
from journal.models.choices import Mode
from prompts.models import AssignedStep, OwnQuestion, Prompt
from prompts.questions import Question


class NightQuerySet(models.QuerySet["Night"]):
    def by(self, author: User) -> "NightQuerySet":
        return self.filter(author=author)

    def ask_first(self, author: User, night: dt.date, question: Question | None, mode: Mode) -> None:
        """Create the night's row, asking this question in this mode, unless there is one. Idempotent, in one statement."""
        new = Night(author=author, night=night, mode=mode)
        new.ask(question)
        new.mark_furthest()
        Night.objects.bulk_create([new], ignore_conflicts=True)

    def get_or_ask(self, author: User, night: dt.date, question: Question | None, mode: Mode = Mode.QUESTION) -> "Night":
        """The night's row; created, asking this question in this mode, where there is none yet. Idempotent."""
        new = Night(mode=mode)
        new.ask(question)
        new.mark_furthest()
        columns = ("mode", "prompt_id", "own_id", "assigned_id", "furthest_id", "furthest_own_id")
        row, _created = self.get_or_create(author=author, night=night, defaults={name: getattr(new, name) for name in columns})
        return row


class Night(AsksQuestion, models.Model):
    """What a parent did with one night's page, apart from writing on it. A page that was only looked at has no row."""

    class Closed(models.TextChoices):
        OPEN = "", _("Open")
        DONE = "done", _("Done")
        NOT_TONIGHT = "not_tonight", _("Not tonight")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="nights")
    night = models.DateField(_("night"))  # the date of its evening, where the author lives
    # What the page asks: one of these three, or nothing.
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="+", null=True)
    own = models.ForeignKey(OwnQuestion, models.SET_NULL, related_name="+", null=True)
    assigned = models.ForeignKey(AssignedStep, models.SET_NULL, related_name="+", null=True)
    turn = models.PositiveSmallIntegerField(default=0)  # how often the question was swapped for another
    # The last question that was reached by swapping.
    furthest = models.ForeignKey(Prompt, models.PROTECT, related_name="+", null=True)
    furthest_own = models.ForeignKey(OwnQuestion, models.SET_NULL, related_name="+", null=True)
    furthest_turn = models.PositiveSmallIntegerField(default=0)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.QUESTION)
    closed = models.CharField(max_length=11, choices=Closed, default=Closed.OPEN, blank=True)

    objects = NightQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "night"], name="journal_night_once")]

    def __str__(self) -> str:
        return f"{self.author_id}/{self.night}"

    def mark_furthest(self) -> None:
        """Record that the present question is the last one that was reached by swapping. The caller saves the row."""
        self.furthest_id, self.furthest_own_id, self.furthest_turn = self.prompt_id, self.own_id, self.turn
