"""How far clients are: asked only of connections that allow it, and of the steps that were assigned, never of entries.

`Assignment.finished_at` is no part of it: it tells of answers, and of drafts, whatever the connection allows.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import Connection, User
from prompts import received
from prompts.models import AssignedStep


@dataclass(frozen=True, slots=True)
class Progress:
    """Steps done, of how many. `last` is the last night that a step was answered on."""

    done: int = 0
    of: int = 0
    last: dt.date | None = None


def _visible_steps(counselor: User) -> "QuerySet[AssignedStep]":
    """Steps of clients who let this counselor see that they answered."""
    return AssignedStep.objects.filter(
        connection__counselor=counselor, connection__ended_at=None, connection__sees_answered=True, assignment__isnull=False
    ).order_by()


def by_connection(counselor: User, connections: Sequence[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """What each of these clients has done of all that runs. One query, none for nobody."""
    if not connections:
        return {}
    answered, running = received.is_answered(now), Q(assignment__ended_at=None) & received.is_counted(now)
    rows = (
        _visible_steps(counselor)
        .filter(connection__in=connections)
        .values("connection_id")
        .annotate(done=Count("pk", filter=running & answered), of=Count("pk", filter=running), last=Max("answered_on", filter=answered))
        .values_list("connection_id", "done", "of", "last")
    )
    return {connection: Progress(done, of, last) for connection, done, of, last in rows}


def by_assignment(counselor: User, connection: Connection, now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """What one client has done of each assignment. One query, none where that is not the counselor's to see."""
    if not connection.sees_answered:
        return {}
    answered = received.is_answered(now)
    rows = (
        _visible_steps(counselor)
        .filter(connection=connection)
        .values("assignment_id")
        .annotate(
            done=Count("pk", filter=answered),
            of=Count("pk", filter=received.is_counted(now)),
            last=Max("answered_on", filter=answered),
        )
        .values_list("assignment_id", "done", "of", "last")
    )
    return {pk: Progress(done, of, last) for pk, done, of, last in rows if pk}
