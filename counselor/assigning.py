"""Assigning sets to clients: giving, pausing, ending, and giving a newer version.

Everything goes by the counselor's own connections that have not ended: what is not theirs is not found, and nothing happens.
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
from prompts.models import AssignedStep, Assignment, AssignmentContent, Prompt, PromptSet, StepContent
from prompts.received import LEFT

NOTE_LIMIT = 2_000  # characters of a note to one client


class PlanColumns(TypedDict):
    cadence: Assignment.Cadence
    every: int
    weekdays: list[int]
    ends_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How the steps come. `every` counts nights, `weekdays` are 0 (Monday) to 6; each where the cadence goes by it."""

    cadence: Assignment.Cadence
    every: int = 1
    weekdays: tuple[int, ...] = ()
    ends_on: dt.date | None = None

    def columns(self) -> PlanColumns:
        return {"cadence": self.cadence, "every": self.every, "weekdays": sorted(self.weekdays), "ends_on": self.ends_on}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One of the clients whom a set is assigned to. Without `starts_on` they begin it themselves."""

    connection: uuid.UUID
    starts_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _CopiedStep:
    """A step of a set as it is copied."""

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
    """Give each of these clients a copy of the set as it is now, sealed with the key of their connection. Returns the new copies' ids.

    Idempotent per `batch`, which the page made up: the same set assigned with it to the same client again makes nothing. Clients
    whose connection is not this counselor's, or has ended, are left out; a set that asks nothing is assigned to nobody.
    """
    steps = _steps(prompt_set)
    if not steps:
        return []
    by_connection = {recipient.connection: recipient for recipient in recipients}
    with transaction.atomic():
        connections = list(Connection.objects.of_counselor(counselor).active().select_for_update().filter(pk__in=by_connection))
        ids = {connection.pk: uuid.uuid5(batch, f"{prompt_set.pk} {connection.pk}") for connection in connections}
        existing = set(Assignment.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
        new = [connection for connection in connections if ids[connection.pk] not in existing]
        keyring.prefetch([connection.pk for connection in new])
        assignments = [_copy(ids[connection.pk], connection, prompt_set, plan, by_connection[connection.pk], now) for connection in new]
        Assignment.objects.bulk_create(assignments)
        AssignedStep.objects.bulk_create(
            [_row(assignment, step, position) for assignment in assignments for position, step in enumerate(steps)],
        )
        for connection in new:
            notifications.queue(connection.parent_id, now)
    return [assignment.pk for assignment in assignments]


def _copy(pk: uuid.UUID, connection: Connection, prompt_set: PromptSet, plan: Plan, recipient: Recipient, now: dt.datetime) -> Assignment:
    content = prompt_set.content
    return Assignment(
        pk=pk,
        connection=connection,
        set=prompt_set,
        set_version=prompt_set.version,
        sealed_content=AssignmentContent(name=content.name, introduction=content.introduction, note=recipient.note),
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
    """Nothing of it is asked until it is resumed. Idempotent."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(paused=True)


def resume(counselor: User, assignment: uuid.UUID) -> None:
    """Ask again: the step that waited still waits, and nothing has piled up. Idempotent."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(paused=False)


def end(counselor: User, assignment: uuid.UUID, now: dt.datetime) -> None:
    """Ask nothing of it any more, for good. What was answered, and what was shared, stays. Idempotent."""
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
        and prompt_set.version != assignment.set_version
        and can_be_assigned(prompt_set)
    )


@transaction.atomic
def assign_new_version(counselor: User, assignment: uuid.UUID, now: dt.datetime) -> None:
    """Bring an assignment to what its set says now. Idempotent.

    Steps are known by their key: what was answered stays answered, also where the step has left the set. The note stays.
    """
    own = Assignment.objects.of_counselor(counselor).filter(pk=assignment)
    # Locked in the order in which an answer locks them, too: first the steps, then the assignment.
    locked_steps = AssignedStep.objects.select_for_update().filter(assignment__in=own)
    list(locked_steps.order_by("pk").values_list("pk", flat=True))
    row = own.select_for_update(of=("self",)).first()
    if row is None or row.sealed_content is None or row.ended_at:
        return
    prompt_set = PromptSet.objects.by(counselor).filter(assignments=row).exclude(version=row.set_version).first()
    steps = _steps(prompt_set) if prompt_set else []
    if prompt_set is None or not steps:
        return
    existing = {step.key: step for step in row.steps.defer("sealed_content")}
    _update_steps(row, steps, existing)
    keys = {step.key for step in steps}
    _take_out([step for key, step in existing.items() if key not in keys])
    is_answered = all(key in existing and existing[key].answered_on for key in keys)
    row.sealed_content = replace(row.sealed_content, name=prompt_set.content.name, introduction=prompt_set.content.introduction)
    row.set_version = prompt_set.version
    row.finished_at = (row.finished_at or now) if is_answered else None
    row.save(update_fields=["sealed_content", "set_version", "finished_at"])


def _update_steps(assignment: Assignment, steps: Sequence[_CopiedStep], existing: Mapping[str, AssignedStep]) -> None:
    """Bring each step to its position and content in the set; an existing one keeps its row, and that it was answered."""
    rows = [
        _row(assignment, step, position, existing[step.key].pk if step.key in existing else None) for position, step in enumerate(steps)
    ]
    AssignedStep.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=["position", "prompt", "sealed_content"]
    )


def _take_out(steps: Sequence[AssignedStep]) -> None:
    """Take out the steps that left the set. Answered ones stay, come last, and are marked by their position.

    No row is deleted: the database would empty the pointers of entries to it, and a counselor's act touches no entry.
    """
    AssignedStep.objects.filter(pk__in=[step.pk for step in steps if not step.answered_on]).update(assignment=None)
    for place, step in enumerate(step for step in steps if step.answered_on):
        AssignedStep.objects.filter(pk=step.pk).update(position=LEFT + place)
