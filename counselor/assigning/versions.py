"""A newer version of a set for a client who has an older one."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction

from accounts.models import User
from counselor import ready_made
from counselor.assigning.giving import CopiedStep, can_be_assigned, row_of, steps_of
from prompts.models import AssignedStep, Assignment, PromptSet
from prompts.received import REMOVED_POSITION


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
    if prompt_set is None or prompt_set.version == row.set_version or not (steps := steps_of(prompt_set)):
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


def _update_steps(assignment: Assignment, steps: Sequence[CopiedStep], existing: Mapping[str, AssignedStep]) -> None:
    """Update or create each step. An existing one keeps its row, and so that it was answered."""
    rows = [
        row_of(assignment, step, position, existing[step.key].pk if step.key in existing else None) for position, step in enumerate(steps)
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
