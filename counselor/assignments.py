"""Assignments as their counselor's pages describe them: how the steps come, the state, and the progress."""

import datetime as dt

from django.db import models
from django.db.models import Case, Count, Exists, IntegerField, Q, QuerySet, Value, When
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import dates
from prompts import received
from prompts.models import Assignment


def describe_cadence(assignment: Assignment) -> str:
    """As "Every 3 nights"."""
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


def describe_rhythm(assignment: Assignment) -> str:
    """As "Every 3 nights, from 4 May to 1 June". That a client began it is said where they let their counselor see what they answer."""
    cadence, start, end = describe_cadence(assignment), assignment.start_for_counselor, assignment.ends_on
    if start is None:
        if end is None:
            return _("%(cadence)s, from when they begin it") % {"cadence": cadence}
        return _("%(cadence)s, from when they begin it to %(end)s") % {"cadence": cadence, "end": dates.day(end)}
    if end is None:
        return _("%(cadence)s, from %(start)s") % {"cadence": cadence, "start": dates.day(start)}
    return _("%(cadence)s, from %(start)s to %(end)s") % {"cadence": cadence, "start": dates.day(start), "end": dates.day(end)}


# --- State and progress.


class State(models.TextChoices):
    RUNNING = "running", gettext_lazy("Running")
    PAUSED = "paused", gettext_lazy("Paused")
    FINISHED = "finished", gettext_lazy("Finished")
    ENDED = "ended", gettext_lazy("Ended")


def with_progress(assignments: QuerySet[Assignment], now: dt.datetime, today: dt.date, only: State | None = None) -> QuerySet[Assignment]:
    """Annotate assignments for `state_of` and `describe_progress`; with `only`, keep those in that state.

    Progress, and so FINISHED, is known only where the client lets their counselor see it. `today` is the counselor's night:
    from the night after its `ends_on` an assignment is ENDED.
    """
    visible = Q(connection__sees_answered=True)
    rows = assignments.annotate(
        done=Case(
            When(visible, then=Count("steps", filter=received.is_answered(now, "steps__"))), default=None, output_field=IntegerField()
        ),
        total=Case(
            When(visible, then=Count("steps", filter=received.is_counted(now, "steps__"))), default=None, output_field=IntegerField()
        ),
        state=Case(
            When(ended_at__isnull=False, then=Value(State.ENDED)),
            When(visible & ~Exists(received.unanswered_steps(now)), then=Value(State.FINISHED)),
            When(ends_on__lt=today, then=Value(State.ENDED)),
            When(paused=True, then=Value(State.PAUSED)),
            default=Value(State.RUNNING),
            output_field=models.CharField(),
        ),
    )
    return rows.filter(state=only) if only else rows


def state_of(assignment: Assignment) -> State:
    """The state of an assignment that `with_progress` loaded."""
    return State(getattr(assignment, "state"))  # noqa: B009  an annotation


def describe_progress(assignment: Assignment) -> str:
    """As "2 of 5 done"; "" where the counselor may not see it. For an assignment that `with_progress` loaded."""
    done: int | None = getattr(assignment, "done")  # noqa: B009  an annotation
    total: int | None = getattr(assignment, "total")  # noqa: B009  an annotation
    return "" if done is None else _("%(done)s of %(total)s done") % {"done": done, "total": total}
