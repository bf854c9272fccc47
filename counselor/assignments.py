"""Assignments as their counselor's pages describe them: how the steps come, the state, and the progress."""

import datetime as dt

from django.db import models
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import dates
from prompts import received
from prompts.models import AssignedStep, Assignment


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


def in_state(assignments: QuerySet[Assignment], state: State, now: dt.datetime, today: dt.date) -> QuerySet[Assignment]:
    """Those of the assignments that are in this state, as `with_progress` tells it."""
    return assignments.annotate(state=_state(now, today)).filter(state=state)


def with_progress(assignments: QuerySet[Assignment], now: dt.datetime, today: dt.date) -> QuerySet[Assignment]:
    """Annotate assignments for `state_of` and `describe_progress`.

    Progress, and so FINISHED, is known only where the client lets their counselor see it. `today` is the counselor's night:
    from the night after its `ends_on` an assignment is ENDED. The steps of each assignment are counted: not for a whole list,
    of which a page shows some.
    """
    over, steps = received.over(now), AssignedStep.objects.filter(connection=OuterRef("connection"), assignment=OuterRef("pk"))
    return assignments.annotate(
        done=_where_visible(steps.filter(received.is_answered(over))),
        total=_where_visible(steps.filter(received.is_counted(over))),
        state=_state(now, today),
    )


_VISIBLE = Q(connection__sees_answered=True)


def _state(now: dt.datetime, today: dt.date) -> Case:
    return Case(
        When(ended_at__isnull=False, then=Value(State.ENDED)),
        When(_VISIBLE & ~Exists(received.unanswered_steps(received.over(now))), then=Value(State.FINISHED)),
        When(ends_on__lt=today, then=Value(State.ENDED)),
        When(paused=True, then=Value(State.PAUSED)),
        default=Value(State.RUNNING),
        output_field=models.CharField(),
    )


def _where_visible(steps: QuerySet[AssignedStep]) -> Case:
    """How many steps these are, or None where the counselor may not see it."""
    count = Coalesce(Subquery(steps.order_by().values("assignment").annotate(n=Count("position")).values("n")), 0)
    return Case(When(_VISIBLE, then=count), default=None, output_field=IntegerField())


def state_of(assignment: Assignment) -> State:
    """The state of an assignment that `with_progress` loaded."""
    return State(getattr(assignment, "state"))  # noqa: B009  an annotation


def describe_progress(assignment: Assignment) -> str:
    """As "2 of 5 done"; "" where the counselor may not see it. For an assignment that `with_progress` loaded."""
    done: int | None = getattr(assignment, "done")  # noqa: B009  an annotation
    total: int | None = getattr(assignment, "total")  # noqa: B009  an annotation
    return "" if done is None else _("%(done)s of %(total)s done") % {"done": done, "total": total}
