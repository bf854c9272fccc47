"""Assigning sets to clients; pausing, changing and ending assignments, and assigning a newer version.

Every function is limited to the counselor's own connections that have not ended, and does nothing to any others.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from django.db import transaction

from accounts import notifications
from accounts.keys import keyring
from accounts.models import Connection, User
from common.ids import new_id
from counselor import ready_made
from prompts.models import AssignedStep, Assignment, AssignmentContent, Prompt, PromptSet, StepContent
from prompts.received import REMOVED_POSITION

NOTE_LIMIT = 2_000  # characters of a note to one client


class PlanColumns(TypedDict):
    cadence: Assignment.Cadence
    every: int
    weekdays: list[int]
    ends_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How the steps come. `every` (in nights) and `weekdays` (0 is Monday) matter to the cadences that use them."""

    cadence: Assignment.Cadence
    every: int = 1
    weekdays: tuple[int, ...] = ()
    ends_on: dt.date | None = None

    def columns(self) -> PlanColumns:
        return {"cadence": self.cadence, "every": self.every, "weekdays": sorted(self.weekdays), "ends_on": self.ends_on}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One of the clients to whom a set is assigned. Without `starts_on` they begin it themselves."""

    connection: uuid.UUID
    starts_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _CopiedStep:
    """A step of a set, ready to be copied."""

    key: str
    prompt: str | None
    content: StepContent


def _steps(prompt_set: PromptSet) -> list[_CopiedStep]:
    """The steps that can be asked, in order. A prompt that this site does not have is left out."""
    steps = prompt_set.content.steps
    known = set(Prompt.objects.filter(pk__in={slug for _key, slug, _question, _note in steps if slug}).values_list("pk", flat=True))
    return [
        _CopiedStep(key, slug or None, StepContent(question="" if slug else question, note=note))
        for key, slug, question, note in steps
        if slug in known or (not slug and question)
    ]


def can_be_assigned(prompt_set: PromptSet) -> bool:
    """Whether the set asks anything."""
    return bool(_steps(prompt_set))


# --- Assigning.


def assign(
    counselor: User, prompt_set: PromptSet, plan: Plan, recipients: Sequence[Recipient], *, batch: uuid.UUID, now: dt.datetime
) -> list[uuid.UUID]:
    """Give each client a copy of the present set, sealed with the key of their connection. Returns the new assignments' ids.

    Idempotent per `batch`, which the page generated: the same set and batch create one assignment for each client. Clients
    whose connection is not this counselor's, or has ended, are left out; a set that asks nothing is assigned to nobody.
    """
    steps = _steps(prompt_set)
    if not steps:
        return []
    by_connection = {recipient.connection: recipient for recipient in recipients}
    with transaction.atomic():
        connections = list(Connection.objects.of_counselor(counselor).active().locked().filter(pk__in=by_connection))
        ids = {connection.pk: uuid.uuid5(batch, f"{prompt_set.pk} {connection.pk}") for connection in connections}
        existing = set(Assignment.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
        new = [connection for connection in connections if ids[connection.pk] not in existing]
        keyring.prefetch([connection.pk for connection in new])
        assignments = [_copy(ids[connection.pk], connection, prompt_set, plan, by_connection[connection.pk], now) for connection in new]
        Assignment.objects.bulk_create(assignments)
        AssignedStep.objects.bulk_create(
            [_row(assignment, step, position) for assignment in assignments for position, step in enumerate(steps)],
        )
        for parent in sorted(connection.parent_id for connection in new):  # in one order: two counselors never deadlock
            notifications.queue(parent, now)
    return [assignment.pk for assignment in assignments]


def _copy(pk: uuid.UUID, connection: Connection, prompt_set: PromptSet, plan: Plan, recipient: Recipient, now: dt.datetime) -> Assignment:
    content = prompt_set.content
    return Assignment(
        pk=pk,
        connection=connection,
        set=prompt_set,
        set_version=prompt_set.version,
        sealed_content=AssignmentContent(
            name=content.name, introduction=content.introduction, note=recipient.note, caution=content.caution
        ),
        starts_on=recipient.starts_on,
        assigned_at=now,
        **plan.columns(),
    )


def _row(assignment: Assignment, step: _CopiedStep, position: int, pk: uuid.UUID | None = None) -> AssignedStep:
    return AssignedStep(
        pk=pk or new_id(),
        assignment=assignment,
        connection_id=assignment.connection_id,
        key=step.key,
        position=position,
        prompt_id=step.prompt,
        sealed_content=step.content,
    )


# --- While it runs.


def pause(counselor: User, assignment: uuid.UUID) -> None:
    """Ask nothing of it until it is resumed. Idempotent."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(paused=True)


def resume(counselor: User, assignment: uuid.UUID) -> None:
    """Ask again, beginning with the step that was due; missed steps do not pile up. Idempotent."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(paused=False)


def end(counselor: User, assignment: uuid.UUID, now: dt.datetime) -> None:
    """End it for good. What was answered, and what was shared, stays. Idempotent."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(ended_at=now)


def change(counselor: User, assignment: uuid.UUID, plan: Plan) -> None:
    """Give the steps that are still to come another cadence or end. Idempotent."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(**plan.columns())


# --- A newer version of the set.


def has_new_version(assignment: Assignment) -> bool:
    """Whether the set was changed since it was assigned, and is neither removed nor empty."""
    prompt_set = assignment.set
    return (
        prompt_set is not None
        and assignment.ended_at is None
        and prompt_set.removed_at is None
        and (prompt_set.version != assignment.set_version or ready_made.has_changed(prompt_set))
        and can_be_assigned(prompt_set)
    )


@transaction.atomic
def assign_new_version(counselor: User, assignment: uuid.UUID, now: dt.datetime) -> None:
    """Update an assignment to the present version of its set. Idempotent.

    Steps are matched by their key. What was answered stays answered, even where the step was removed from the set; the note
    to the client stays.
    """
    own = Assignment.objects.of_counselor(counselor).filter(pk=assignment)
    # Locked in the same order as by an answer: first the steps, then the assignment.
    locked_steps = AssignedStep.objects.select_for_update().filter(assignment__in=own)
    list(locked_steps.order_by("pk").values_list("pk", flat=True))
    row = own.select_for_update(of=("self",)).first()
    if row is None or row.sealed_content is None or row.ended_at:
        return
    prompt_set = PromptSet.objects.by(counselor).filter(assignments=row).select_for_update(of=("self",)).first()
    if prompt_set is not None:
        ready_made.follow(prompt_set, now)
    if prompt_set is None or prompt_set.version == row.set_version or not (steps := _steps(prompt_set)):
        return
    existing = {step.key: step for step in row.steps.defer("sealed_content")}
    _update_steps(row, steps, existing)
    keys = {step.key for step in steps}
    _remove([step for key, step in existing.items() if key not in keys])
    is_answered = all(key in existing and existing[key].answered_on for key in keys)
    content = prompt_set.content
    row.sealed_content = replace(row.sealed_content, name=content.name, introduction=content.introduction, caution=content.caution)
    row.set_version = prompt_set.version
    row.finished_at = (row.finished_at or now) if is_answered else None
    row.save(update_fields=["sealed_content", "set_version", "finished_at"])


def _update_steps(assignment: Assignment, steps: Sequence[_CopiedStep], existing: Mapping[str, AssignedStep]) -> None:
    """Update or create each step. An existing one keeps its row, and so that it was answered."""
    rows = [
        _row(assignment, step, position, existing[step.key].pk if step.key in existing else None) for position, step in enumerate(steps)
    ]
    AssignedStep.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=["position", "prompt", "sealed_content"]
    )


def _remove(steps: Sequence[AssignedStep]) -> None:
    """Remove steps that are no longer in the set. Answered ones stay, last, and are marked as removed by their position.

    No row is deleted: that would set foreign keys of entries to NULL, and nothing that a counselor does changes an entry.
    """
    AssignedStep.objects.filter(pk__in=[step.pk for step in steps if not step.answered_on]).update(assignment=None)
    answered = [step for step in steps if step.answered_on]
    for position, step in enumerate(answered, start=REMOVED_POSITION):
        AssignedStep.objects.filter(pk=step.pk).update(position=position)
