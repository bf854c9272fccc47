"""What a parent was given, as lists show it: how far it is, and when the next question comes."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from accounts.keys import keyring
from accounts.models import Connection, User
from common import dates
from prompts import cadence, copies, received
from prompts.models import AssignedStep, Assignment


def state_of(assignment: Assignment) -> str:
    """One of done, ended, paused, running and to-begin."""
    if assignment.finished_at:
        return "done"
    if assignment.ended_at:
        return "ended"
    if assignment.paused:
        return "paused"
    return "running" if assignment.starts_on else "to-begin"


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An assignment in a list. `state`: see `state_of`. `shares`: whether an answer that is still to be finished will be shared.

    `next`: the evening on which its next question comes; "" where that waits already, or none comes any more. `waits`: whether it waits.
    """

    url: str
    name: str
    state: str
    done: int
    total: int
    shares: bool
    next: str
    waits: bool


def rows(parent: User, tonight: dt.date, connection: Connection | None = None) -> dict[uuid.UUID, list[AssignmentRow]]:
    """This parent's assignments by their connection, the latest first: of one that has ended as far as the parent kept them.

    Two queries, and one for the keys.
    """
    own = Assignment.objects.ever_of_parent(parent).filter(Q(sealed_content__isnull=False) | Q(kept__isnull=False)).select_related("kept")
    found = list(own.filter(connection=connection) if connection else own)
    keyring.prefetch({row.connection_id for row in found if not hasattr(row, "kept")})
    steps = defaultdict[uuid.UUID | None, list[AssignedStep]](list)
    for step in AssignedStep.objects.filter(assignment__in=found).defer("sealed_content").order_by("position"):
        steps[step.assignment_id].append(step)
    by_connection = defaultdict[uuid.UUID, list[AssignmentRow]](list)
    for row in found:
        by_connection[row.connection_id].append(_row(row, steps[row.pk], tonight))
    return by_connection


def _row(assignment: Assignment, steps: list[AssignedStep], tonight: dt.date) -> AssignmentRow:
    state, answered = state_of(assignment), [step.answered_on for step in steps]
    due = cadence.next_night(received.rhythm_of(assignment), answered) if state == "running" else None
    return AssignmentRow(
        url=reverse("journal:given", args=[assignment.pk]),
        name=copies.content_of(assignment).name,
        state=state,
        done=len(steps) - answered.count(None),
        total=len(steps),
        shares=assignment.shares and any(step.done_at is None for step in steps),
        next=dates.evening(due) if due and due > tonight else "",
        waits=due is not None and due <= tonight,
    )
