"""What counselors assigned to a parent: which step a night asks, and what answering does to it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, DateField, DateTimeField, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.utils import timezone

from accounts.models import Connection, User
from common.database.prepared import Placeholder, Prepared, columns, instance
from prompts import cadence, copies
from prompts.cadence import Rhythm
from prompts.models import AssignedStep, Assignment

EVERY_WEEKDAY = frozenset(range(7))
# Steps that left their set after they were answered have positions from here on: see counselor/assigning.py.
REMOVED_POSITION = 10_000
DRAFT_PERIOD = dt.timedelta(days=2)  # by UTC dates: after it a night is over in every time zone


# --- What a counselor may learn about steps, where their client allows it.


class Over(NamedTuple):
    """The last night that is over in every time zone, and the end of its date in UTC: what lies behind is no draft any more."""

    last_over: dt.date | Placeholder
    begun_by: dt.datetime | Placeholder


ANY_TIME = Over(Placeholder("last_over", DateField()), Placeholder("begun_by", DateTimeField()))  # for queries that are prepared


def over(now: dt.datetime) -> Over:
    last_over = now.astimezone(dt.UTC).date() - DRAFT_PERIOD
    return Over(last_over, dt.datetime.combine(last_over, dt.time.max, dt.UTC))


def is_answered(over: Over) -> Q:
    """Filter for steps that count as answered: the client pressed Done, or the answer's night is over in every time zone.

    That is the night of its page and, where that was dated back, the one on which it was begun: till then it is a draft.
    """
    was_begun = Q(begun_at=None) | Q(begun_at__lte=over.begun_by)
    return Q(done_at__isnull=False) | Q(was_begun, answered_on__lte=over.last_over)


def is_counted(over: Over) -> Q:
    """Filter for steps that count towards an assignment: all but those that left its set and do not count as answered (yet)."""
    return Q(position__lt=REMOVED_POSITION) | is_answered(over)


def unanswered_steps(over: Over) -> QuerySet[AssignedStep]:
    """Subquery, to be used within a query of assignments: the steps that count and are still to be answered.

    That is `is_counted` without `is_answered`, said so that both databases find the steps in one index.
    """
    still_open = Q(answered_on=None) | Q(answered_on__gt=over.last_over) | Q(begun_at__gt=over.begun_by)
    own = AssignedStep.objects.filter(connection=OuterRef("connection"), assignment=OuterRef("pk"))
    return own.filter(still_open, position__lt=REMOVED_POSITION, done_at=None)


# --- The parent's side.


@dataclass(frozen=True, slots=True)
class ReceivedStep:
    """An assigned step as a page shows it: step `number` (from 1) of `total`."""

    step: AssignedStep
    number: int
    total: int

    @property
    def assignment(self) -> Assignment:
        assignment = self.step.assignment
        if assignment is None:
            raise Assignment.DoesNotExist  # `steps_on` and `find` never return a step that was taken out
        return assignment

    @property
    def counselor_name(self) -> str:
        return self.assignment.connection.counselor_name

    @property
    def shares(self) -> bool:
        """Whether the answer is shared when the parent presses Done."""
        return self.assignment.shares

    @property
    def note(self) -> str:
        return self.step.content.note

    @property
    def caution(self) -> str:
        """What the set says before it is begun; "" after the first step, and where it says nothing."""
        return self.assignment.content.caution if self.number == 1 else ""


def rhythm_of(assignment: Assignment) -> Rhythm:
    """The assignment's columns as `cadence` takes them. No weekdays means every weekday."""
    return Rhythm(
        cadence=Assignment.Cadence(assignment.cadence),
        start=assignment.starts_on,
        end=assignment.ends_on,
        every=max(1, assignment.every),
        weekdays=frozenset(assignment.weekdays) or EVERY_WEEKDAY,
    )


_PARENT = Placeholder("parent", UUIDField())


def _columns() -> list[list[str]]:
    """What is read of a step, its assignment and its connection."""
    return [columns(AssignedStep), columns(Assignment, "assignment"), columns(Connection, "assignment__connection")]


def _running() -> "QuerySet[AssignedStep, tuple[object, ...]]":
    """The steps of the sets that ask on a night, and of the one that the night's page answers, whatever became of that meanwhile."""
    own = Assignment.objects.filter(connection__parent=_PARENT, connection__ended_at=None, starts_on__lte=Placeholder("night", DateField()))
    on_page = AssignedStep.objects.filter(pk=Placeholder("on_page", UUIDField())).values("assignment")
    can_ask = Q(ended_at=None, finished_at=None, paused=False)
    steps = AssignedStep.objects.filter(assignment__in=own.filter(can_ask | Q(pk__in=on_page))).order_by(
        "assignment__assigned_at", "assignment_id", "position"
    )
    return steps.values_list(*chain(*_columns()))


def _numbered() -> "QuerySet[AssignedStep, tuple[int, int, *tuple[object, ...]]]":
    """The number of one step in its assignment, how many there are, and the step."""
    siblings = AssignedStep.objects.filter(assignment=OuterRef("assignment"))
    number, total = _count(siblings.filter(position__lte=OuterRef("position"))), _count(siblings)
    own = AssignedStep.objects.filter(connection__parent=_PARENT, connection__ended_at=None, assignment__isnull=False)
    return own.filter(pk=Placeholder("step", UUIDField())).order_by().values_list(number, total, *chain(*_columns()))


_RUNNING, _NUMBERED = Prepared(_running), Prepared(_numbered)


def _read(row: Sequence[object]) -> AssignedStep:
    """The step of a row of `_columns`, with its assignment and connection."""
    of_step, of_assignment = len(columns(AssignedStep)), len(columns(Assignment))
    step = instance(AssignedStep, row[:of_step])
    assignment = instance(Assignment, row[of_step : of_step + of_assignment])
    assignment.connection = instance(Connection, row[of_step + of_assignment :])
    step.assignment = assignment
    return step


def steps_on(parent: User, night: dt.date, on_page: uuid.UUID | None = None) -> list[ReceivedStep]:
    """The steps that want this night, one of each set that is due: first the one that has waited longest; of equals, the first assigned.

    `on_page` is the step that the night's page answers already: it counts as open, and its set as running, so that whoever swaps
    its question for another, and back, meets the same. One query; none for parents who never had a counselor.
    """
    if not parent.has_connections:
        return []
    due_steps: list[tuple[dt.date, ReceivedStep]] = []
    rows = [_read(row) for row in _RUNNING.rows(parent=parent.pk, night=night, on_page=on_page)]
    for _assignment, group in groupby(rows, key=lambda step: step.assignment_id):
        steps = list(group)
        answered = [None if step.pk == on_page else step.answered_on for step in steps]
        rhythm = rhythm_of(ReceivedStep(steps[0], 1, len(steps)).assignment)
        due = cadence.next_night(rhythm, answered)
        if due and (positions := cadence.open_steps(rhythm, answered, night)):
            due_steps.append((due, ReceivedStep(steps[positions[0]], positions[0] + 1, len(steps))))
    return [step for _due, step in sorted(due_steps, key=lambda item: item[0])]


def find(parent: User, step: uuid.UUID | None) -> ReceivedStep | None:
    """A step that is assigned to this parent, due or not; None for any other. One query."""
    if step is None:
        return None
    for number, total, *row in _NUMBERED.rows(parent=parent.pk, step=step):
        return ReceivedStep(_read(row), number, total)
    return None


def asker(step: uuid.UUID | None) -> str:
    """The name of the counselor who assigned this step, also after the connection has ended; "" for None. One query."""
    if step is None:
        return ""
    return AssignedStep.objects.filter(pk=step).values_list("connection__counselor_name", flat=True).first() or ""


def _count(steps: QuerySet[AssignedStep]) -> Subquery:
    return Subquery(steps.order_by().values("assignment").annotate(count=Count("pk")).values("count"))


@transaction.atomic
def mark_answered(step: uuid.UUID, night: dt.date) -> None:
    """An answer to the step was begun on this night. Idempotent: the first night counts."""
    row = AssignedStep.objects.select_for_update().filter(pk=step, answered_on=None).first()
    if row is None:
        return
    row.answered_on, row.begun_at = night, timezone.now()
    row.save(update_fields=["answered_on", "begun_at"])
    if row.assignment_id is None:
        return
    # Locked: of two last steps answered at once, the second sees the first.
    Assignment.objects.select_for_update().get(pk=row.assignment_id)
    if not AssignedStep.objects.filter(assignment=row.assignment_id, answered_on=None).exists():
        Assignment.objects.filter(pk=row.assignment_id, finished_at=None).update(finished_at=timezone.now())


@transaction.atomic
def mark_unanswered(step: uuid.UUID, night: dt.date) -> None:
    """The answer of this night now answers another question: the step waits again. Idempotent.

    Does nothing where the client has pressed Done, or where the step has left its set since.
    """
    row = AssignedStep.objects.select_for_update().filter(pk=step, answered_on=night, done_at=None, position__lt=REMOVED_POSITION).first()
    if row is None:
        return
    row.answered_on = row.begun_at = None
    row.save(update_fields=["answered_on", "begun_at"])
    if row.assignment_id is not None:
        Assignment.objects.filter(pk=row.assignment_id).update(finished_at=None)


def mark_done(step: uuid.UUID, now: dt.datetime) -> None:
    """The client pressed Done on the answer: from now on the step counts as answered. Idempotent: the first time counts.

    Whoever answers a set has met what was new when it was given. What was changed since is announced until they say that they saw it.
    """
    AssignedStep.objects.filter(pk=step, done_at=None).update(done_at=now)
    Assignment.objects.filter(steps=step, acknowledged_at=None, changed_at=None).update(acknowledged_at=now)


def acknowledge(parent: User, assignment: uuid.UUID, changed_at: dt.datetime | None, now: dt.datetime) -> None:
    """The client has seen what is new about an assignment, as it was when it last changed. Idempotent.

    What was changed after the page that said so was opened stays to be seen.
    """
    Assignment.objects.of_parent(parent).filter(pk=assignment, changed_at=changed_at).update(acknowledged_at=now)


def begin(parent: User, assignment: uuid.UUID, night: dt.date) -> bool:
    """Begin an assignment that waits for the client to begin it; False where it was begun already. Idempotent."""
    return Assignment.objects.of_parent(parent).filter(pk=assignment, starts_on=None).update(starts_on=night, begun_by_client=True) > 0


def share_when_done(parent: User, assignment: uuid.UUID, *, shares: bool) -> None:
    """Set whether each answer to this set is shared when the client presses Done on it. Idempotent."""
    Assignment.objects.of_parent(parent).filter(pk=assignment).update(shares=shares)


def stop_all(connections: Iterable[uuid.UUID]) -> None:
    """End every assignment of these connections and remove its content, of which clients keep a copy. Idempotent.

    Journals keep the answers.
    """
    connection_ids = list(connections)
    assignments = Assignment.objects.filter(connection__in=connection_ids)
    for assignment in assignments.filter(sealed_content__isnull=False).select_related("connection__parent").order_by("pk"):
        copies.keep(assignment, _steps_that_came(assignment))
    AssignedStep.objects.filter(connection__in=connection_ids).update(sealed_content=None)
    assignments.filter(ended_at=None).update(ended_at=timezone.now())
    assignments.update(sealed_content=None, shares=False)


def _steps_that_came(assignment: Assignment) -> list[AssignedStep]:
    """Those that were answered, and those that wait for an answer."""
    steps = list(assignment.steps.order_by("position"))
    answered = [step.answered_on for step in steps]
    waiting = cadence.open_steps(rhythm_of(assignment), answered, assignment.connection.parent.tonight(timezone.now()))
    return [step for position, step in enumerate(steps) if step.answered_on or position in waiting]
