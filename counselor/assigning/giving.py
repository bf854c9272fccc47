"""Assigning a set to clients, and taking that back at once."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts import notifications
from accounts.keys import keyring
from accounts.models import Connection, User
from common.ids import new_id
from counselor.assigning.plans import Plan, PlanColumns, Recipient
from prompts.models import AssignedStep, Assignment, AssignmentContent, Prompt, PromptSet, StepContent

UNDO_PERIOD = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CopiedStep:
    """A step of a set, ready to be copied."""

    key: str
    prompt: str | None
    content: StepContent


def steps_of(prompt_set: PromptSet) -> list[CopiedStep]:
    """The steps that can be asked, in order. A prompt that this site does not have is left out."""
    steps = prompt_set.content.steps
    known = set(Prompt.objects.filter(pk__in={slug for _key, slug, _question, _note in steps if slug}).values_list("pk", flat=True))
    return [
        CopiedStep(key, slug or None, StepContent(question="" if slug else question, note=note))
        for key, slug, question, note in steps
        if slug in known or (not slug and question)
    ]


def can_be_assigned(prompt_set: PromptSet) -> bool:
    """Whether the set asks anything."""
    return bool(steps_of(prompt_set))


def _id_of(batch: uuid.UUID, prompt_set: uuid.UUID, connection: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(batch, f"{prompt_set} {connection}")


def assign(
    counselor: User, prompt_set: PromptSet, plan: Plan, recipients: Sequence[Recipient], *, batch: uuid.UUID, now: dt.datetime
) -> list[uuid.UUID]:
    """Give each client a copy of the present set, sealed with the key of their connection. Returns the new assignments' ids.

    Idempotent per `batch`, which the page generated: the same set and batch create one assignment for each client. Clients
    whose connection is not this counselor's, or has ended, are left out; a set that asks nothing is assigned to nobody.
    """
    steps = steps_of(prompt_set)
    if not steps:
        return []
    by_connection = {recipient.connection: recipient for recipient in recipients}
    with transaction.atomic():
        locked = Connection.objects.of_counselor(counselor).active().locked().filter(pk__in=by_connection)
        connections = list(locked.order_by("pk"))  # in one order, as by all that lock several of them
        ids = {connection.pk: _id_of(batch, prompt_set.pk, connection.pk) for connection in connections}
        existing = set(Assignment.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
        new = [connection for connection in connections if ids[connection.pk] not in existing]
        keyring.prefetch([connection.pk for connection in new])
        parents = User.objects.in_bulk([connection.parent_id for connection in new])
        assignments = [
            _copy(
                ids[connection.pk],
                connection,
                prompt_set,
                plan.columns(connection, parents[connection.parent_id].tonight(now)),
                by_connection[connection.pk],
                now,
            )
            for connection in new
        ]
        Assignment.objects.bulk_create(assignments)
        AssignedStep.objects.bulk_create(
            [row_of(assignment, step, position) for assignment in assignments for position, step in enumerate(steps)],
        )
        for parent in sorted(connection.parent_id for connection in new):  # in one order: two counselors never deadlock
            notifications.queue(parent, now)
    return [assignment.pk for assignment in assignments]


def _copy(
    pk: uuid.UUID, connection: Connection, prompt_set: PromptSet, columns: PlanColumns, recipient: Recipient, now: dt.datetime
) -> Assignment:
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
        **columns,
    )


def row_of(assignment: Assignment, step: CopiedStep, position: int, pk: uuid.UUID | None = None) -> AssignedStep:
    return AssignedStep(
        pk=pk or new_id(),
        assignment=assignment,
        connection_id=assignment.connection_id,
        key=step.key,
        position=position,
        prompt_id=step.prompt,
        sealed_content=step.content,
    )


def already_assigned(counselor: User, sets: Q, connections: Collection[uuid.UUID], batch: uuid.UUID) -> dict[uuid.UUID, dt.datetime]:
    """When each of these clients was last assigned one of the sets; nothing about those who never were, and nothing of this batch."""
    own = Assignment.objects.of_counselor(counselor).filter(sets, connection__in=connections, set__isnull=False).order_by("assigned_at")
    rows = own.values_list("pk", "set", "connection", "assigned_at")
    return {connection: when for pk, prompt_set, connection, when in rows if prompt_set and pk != _id_of(batch, prompt_set, connection)}


@transaction.atomic
def undo(counselor: User, batch: uuid.UUID, now: dt.datetime) -> int:
    """Take back, within a day, what was assigned with this batch; returns how many assignments that were. Idempotent.

    It is gone for both sides, as if it had never been assigned, whether or not a client answered meanwhile: were an answered one
    to stay, its counselor would learn of the answer. The client's journal keeps the answer, under its question.
    """
    recent = Assignment.objects.of_counselor(counselor).filter(assigned_at__gt=now - UNDO_PERIOD, set__isnull=False)
    keys = recent.values_list("pk", "set", "connection")
    taken = [pk for pk, prompt_set, connection in keys if prompt_set and pk == _id_of(batch, prompt_set, connection)]
    # Locked in the same order as by an answer: first the steps, then the assignment. No step is deleted: pages may refer to it.
    steps = AssignedStep.objects.filter(assignment__in=taken)
    list(steps.select_for_update().order_by("pk").values_list("pk", flat=True))
    steps.update(assignment=None)
    Assignment.objects.filter(pk__in=taken).delete()
    return len(taken)
