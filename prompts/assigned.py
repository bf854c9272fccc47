"""What counselors gave this parent: which step tonight asks, and what answering does to it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from prompts import cadence
from prompts.cadence import Rhythm
from prompts.models import AssignedStep, Assignment

EVERY_WEEKDAY = frozenset(range(7))
LEFT = 10_000  # from this position on: steps that left the set after they were answered, see prompts/assigning.py
NIGHTS_OF_A_DRAFT = dt.timedelta(days=2)


# --- What a counselor is told of steps, where their client allows it.


def told(now: dt.datetime, steps: str = "") -> Q:
    """Steps that count as answered: the client was done with them, or their night is over wherever the client lives.

    `steps` is the way to the steps from what is asked for, as in "steps__".
    """
    over = now.astimezone(dt.UTC).date() - NIGHTS_OF_A_DRAFT
    return Q(**{f"{steps}done_at__isnull": False}) | Q(**{f"{steps}answered_on__lte": over})


def counted(now: dt.datetime, steps: str = "") -> Q:
    """Steps that an assignment has: one that left its set counts once its answer is told, and no sooner."""
    return told(now, steps) | Q(**{f"{steps}position__lt": LEFT})


@dataclass(frozen=True, slots=True)
class Given:
    """A step as a night's page asks it. `number` counts from 1; `shares`: whether its answer is shared when it is done."""

    step: AssignedStep
    number: int
    of: int

    @property
    def assignment(self) -> Assignment:
        assignment: Assignment | None = self.step.assignment
        if assignment is None:
            raise Assignment.DoesNotExist  # `step_on` and `find` give no step that was taken out
        return assignment

    @property
    def counselor_name(self) -> str:
        return self.assignment.tie.counselor_name

    @property
    def shares(self) -> bool:
        return self.assignment.shares

    @property
    def note(self) -> str:
        return self.step.said.note


def rhythm_of(assignment: Assignment) -> Rhythm:
    return Rhythm(
        cadence=Assignment.Cadence(assignment.cadence),
        start=assignment.starts_on,
        end=assignment.ends_on,
        every=max(1, assignment.every),
        weekdays=frozenset(assignment.weekdays) or EVERY_WEEKDAY,
    )


def step_on(parent: User, night: dt.date) -> Given | None:
    """The step that this night asks: of all that are due the one that has waited longest, then what was given first. One query."""
    if not parent.has_ties:
        return None
    rows = (
        AssignedStep.objects.filter(assignment__in=Assignment.objects.of_parent(parent).running().filter(starts_on__lte=night))
        .select_related("assignment__tie")
        .order_by("assignment__assigned_at", "assignment_id", "position")
    )
    waiting: list[tuple[dt.date, Given]] = []
    for _assignment, group in groupby(rows, key=lambda row: row.assignment_id):
        steps = list(group)
        answered = [step.answered_on for step in steps]
        rhythm = rhythm_of(Given(steps[0], 1, len(steps)).assignment)
        due = cadence.next_night(rhythm, answered)
        if due and (places := cadence.open_steps(rhythm, answered, night)):
            waiting.append((due, Given(steps[places[0]], places[0] + 1, len(steps))))
    return min(waiting, key=lambda row: row[0])[1] if waiting else None


def find(parent: User, step: uuid.UUID | None) -> Given | None:
    """A step that was given to this parent, due or not."""
    if step is None:
        return None
    standing = AssignedStep.objects.filter(tie__parent=parent, tie__ended_at=None, assignment__isnull=False)
    row = standing.filter(pk=step).select_related("assignment__tie").first()
    if row is None:
        return None
    steps = list(AssignedStep.objects.filter(assignment=row.assignment_id).values_list("pk", flat=True))
    return Given(row, steps.index(row.pk) + 1, len(steps))


@transaction.atomic
def answer(step: uuid.UUID, night: dt.date) -> None:
    """Something was written to a step. Only the first night counts; safe to repeat."""
    row = AssignedStep.objects.select_for_update().filter(pk=step, answered_on=None).first()
    if row is None:
        return
    row.answered_on = night
    row.save(update_fields=["answered_on"])
    if row.assignment_id is None:
        return
    # Locked: of two last steps answered at once, the second sees the first.
    Assignment.objects.select_for_update().get(pk=row.assignment_id)
    if not AssignedStep.objects.filter(assignment=row.assignment_id, answered_on=None).exists():
        Assignment.objects.filter(pk=row.assignment_id, finished_at=None).update(finished_at=timezone.now())


@transaction.atomic
def unanswer(step: uuid.UUID, night: dt.date) -> None:
    """What was written on this night turned to another question: the step waits again, unless the client was done with it, or it
    has left the set since."""
    row = AssignedStep.objects.select_for_update().filter(pk=step, answered_on=night, done_at=None, position__lt=LEFT).first()
    if row is None:
        return
    row.answered_on = None
    row.save(update_fields=["answered_on"])
    if row.assignment_id is not None:
        Assignment.objects.filter(pk=row.assignment_id).update(finished_at=None)


def be_done(step: uuid.UUID, now: dt.datetime) -> None:
    """The client is done with a step: from now on "that I answered" is true. Safe to repeat."""
    AssignedStep.objects.filter(pk=step, done_at=None).update(done_at=now)


def begin(parent: User, assignment: uuid.UUID, night: dt.date) -> None:
    """Begin what was left to the client to begin. Safe to repeat."""
    Assignment.objects.of_parent(parent).filter(pk=assignment, starts_on=None).update(starts_on=night)


def share_as_finished(parent: User, assignment: uuid.UUID, *, shares: bool) -> None:
    """Whether answers to this set are shared as the client is done with them."""
    Assignment.objects.of_parent(parent).filter(pk=assignment).update(shares=shares)


def stop_all(ties: Iterable[uuid.UUID]) -> None:
    """Take back everything that was given over these ties. What was answered stays in the journals, which are not touched."""
    ended = list(ties)
    given = Assignment.objects.filter(tie__in=ended)
    AssignedStep.objects.filter(tie__in=ended).update(words=None)
    given.filter(ended_at=None).update(ended_at=timezone.now())
    given.update(words=None, shares=False)
