"""Assignments as their counselor's pages describe them: how the steps come, the state, and the progress."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import models
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from common import dates
from counselor import progress
from prompts import questions, received
from prompts.models import AssignedStep, Assignment
from prompts.questions import Question


def describe_cadence(assignment: Assignment) -> str:
    """As "Every 3 nights"."""
    every = assignment.every
    match assignment.cadence:
        case Assignment.Cadence.WHEN_DONE:
            return _("One after another, as they answer")
        case Assignment.Cadence.AFTER_DAYS:
            return ngettext("%(number)s night after each answer", "%(number)s nights after each answer", every) % {"number": every}
        case Assignment.Cadence.EVERY_DAYS if every <= 2:
            return _("Every night") if every == 1 else _("Every other night")
        case Assignment.Cadence.EVERY_DAYS:
            return ngettext("Every %(number)s night", "Every %(number)s nights", every) % {"number": every}
        case Assignment.Cadence.WEEKDAYS:
            return _("On %(days)s") % {"days": ", ".join(str(WEEKDAYS[number]) for number in sorted(assignment.weekdays))}
        case _:
            return str(Assignment.Cadence(assignment.cadence).label)


def describe_rhythm(assignment: Assignment) -> str:
    """As "Every 3 nights, from 4 May to 1 June". That a client began it is said where they let their counselor see what they answer."""
    cadence, start, end = describe_cadence(assignment), assignment.start_for_counselor, assignment.ends_on
    if assignment.ends_with_session and end is None:
        cadence = _("%(cadence)s until your next session") % {"cadence": cadence}
    if start is None:
        if end is None:
            return _("%(cadence)s, from when they start it") % {"cadence": cadence}
        return _("%(cadence)s, from when they start it to %(end)s") % {"cadence": cadence, "end": dates.day(end)}
    if end is None:
        return _("%(cadence)s, from %(start)s") % {"cadence": cadence, "start": dates.day(start)}
    return _("%(cadence)s, from %(start)s to %(end)s") % {"cadence": cadence, "start": dates.day(start), "end": dates.day(end)}


# --- State and progress.


class State(models.TextChoices):
    RUNNING = "running", gettext_lazy("In progress")
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


# --- What runs.


def running(counselor: User, connections: Collection[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """The name and the rhythm of each set that asks these clients or waits to be begun, by connection. One query."""
    over = Q(ends_on__lt=counselor.tonight(now))
    rows = progress.unfinished(counselor, now).filter(connection__in=connections).exclude(over)
    found: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for row in rows.select_related("connection", "set").defer("sealed_content"):
        found.setdefault(row.connection_id, []).append((name_of(row), describe_rhythm(row)))
    return found


def name_of(assignment: Assignment) -> str:
    """The present name of the set: that is sealed with the counselor's key, the assignment's own with one of each connection."""
    return assignment.set.content.name if assignment.set else _("A set that no longer exists")


# --- What is asked.


@dataclass(frozen=True, slots=True)
class StepRow:
    question: Question
    note: str
    done: bool


def steps_of(assignment: Assignment, now: dt.datetime) -> list[StepRow]:
    """The steps, and which of them the client is done with; that is queried only where the counselor may see it."""
    rows = progress.listed(AssignedStep.objects.filter(assignment=assignment), assignment.connection, now)
    done: set[uuid.UUID] = set()
    if assignment.connection.sees_answered:
        done = set(rows.filter(received.is_answered(received.over(now))).values_list("pk", flat=True))
    return [StepRow(questions.of_step(row), row.content.note, row.pk in done) for row in rows]
