"""How the steps of an assignment come, in words, and how far one is: as its counselor's pages say it."""

import datetime as dt

from django.db import models
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prompts import assigned
from prompts.models import AssignedStep, Assignment


def day(night: dt.date) -> str:
    """4 May; with the year where it is not the present one."""
    return date_format(night, _("j F") if night.year == timezone.localdate().year else _("j F Y"), use_l10n=False)


def cadence(assignment: Assignment) -> str:
    """Every 3 nights."""
    every = assignment.every
    match assignment.cadence:
        case Assignment.Cadence.AFTER_DAYS:
            return ngettext(
                "The next %(number)s night after the last was answered", "The next %(number)s nights after the last was answered", every
            ) % {"number": every}
        case Assignment.Cadence.EVERY_DAYS:
            return (
                _("Every night") if every == 1 else ngettext("Every %(number)s night", "Every %(number)s nights", every) % {"number": every}
            )
        case Assignment.Cadence.WEEKDAYS:
            return _("On %(days)s") % {"days": ", ".join(str(WEEKDAYS[number]) for number in sorted(assignment.weekdays))}
        case _:
            return str(Assignment.Cadence(assignment.cadence).label)


def rhythm(assignment: Assignment) -> str:
    """Every 3 nights, from 4 May to 1 June."""
    comes, start, end = cadence(assignment), assignment.starts_on, assignment.ends_on
    if start is None:
        if end is None:
            return _("%(cadence)s, from when they begin it") % {"cadence": comes}
        return _("%(cadence)s, from when they begin it to %(end)s") % {"cadence": comes, "end": day(end)}
    if end is None:
        return _("%(cadence)s, from %(start)s") % {"cadence": comes, "start": day(start)}
    return _("%(cadence)s, from %(start)s to %(end)s") % {"cadence": comes, "start": day(start), "end": day(end)}


class State(models.TextChoices):
    RUNNING = "running", gettext_lazy("Running")
    PAUSED = "paused", gettext_lazy("Paused")
    FINISHED = "finished", gettext_lazy("Finished")
    ENDED = "ended", gettext_lazy("Ended")


def with_progress(assignments: QuerySet[Assignment], now: dt.datetime, today: dt.date, only: State | None = None) -> QuerySet[Assignment]:
    """Each with its `state` and, only where the client lets their counselor see it, `done` of `total` steps; None elsewhere.

    Whether somebody is finished is told by what counts as answered, and by nothing where that is not theirs to see.
    `only` leaves out those in another state. `today` is the counselor's: from the night after its last one an assignment has ended.
    """
    seen = Q(tie__sees_answered=True)
    waiting = AssignedStep.objects.filter(assigned.counted(now), assignment=OuterRef("pk")).exclude(assigned.told(now))
    rows = assignments.annotate(
        done=Case(When(seen, then=Count("steps", filter=assigned.told(now, "steps__"))), default=None, output_field=IntegerField()),
        total=Case(When(seen, then=Count("steps", filter=assigned.counted(now, "steps__"))), default=None, output_field=IntegerField()),
        state=Case(
            When(ended_at__isnull=False, then=Value(State.ENDED)),
            When(seen & ~Exists(waiting), then=Value(State.FINISHED)),
            When(ends_on__lt=today, then=Value(State.ENDED)),
            When(paused=True, then=Value(State.PAUSED)),
            default=Value(State.RUNNING),
            output_field=models.CharField(),
        ),
    )
    return rows.filter(state=only) if only else rows


def progress(done: int | None, total: int | None) -> str:
    """2 of 5 done; nothing where that is not theirs to see."""
    return "" if done is None else _("%(done)s of %(total)s done") % {"done": done, "total": total}
