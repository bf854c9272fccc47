"""The progress of clients: queried for connections that allow it only, and from assigned steps, never from entries.

`Assignment.finished_at` is not used: it counts drafts, too, and is set whatever the connection allows.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Q, QuerySet

from accounts.models import Connection, User
from prompts import received
from prompts.models import AssignedStep, Assignment


@dataclass(frozen=True, slots=True)
class Progress:
    """How many steps are done, of how many. `last` is the last night on which a step was answered."""

    done: int = 0
    total: int = 0
    last: dt.date | None = None


def _visible_steps(counselor: User) -> "QuerySet[AssignedStep]":
    """Steps of clients who let this counselor see that they answered."""
    return AssignedStep.objects.filter(
        connection__counselor=counselor, connection__ended_at=None, connection__sees_answered=True, assignment__isnull=False
    ).order_by()


def unfinished(counselor: User, now: dt.datetime) -> "QuerySet[Assignment]":
    """Assignments that are neither ended nor paused, without those of which the client lets this counselor see that all is answered."""
    all_answered = Q(connection__sees_answered=True) & ~Exists(received.unanswered_steps(now))
    return Assignment.objects.of_counselor(counselor).filter(ended_at=None, paused=False).exclude(all_answered)


def by_connection(counselor: User, connections: Sequence[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """The progress of each of these clients over all running assignments. One query, none for an empty sequence."""
    if not connections:
        return {}
    answered, running = received.is_answered(now), Q(assignment__ended_at=None) & received.is_counted(now)
    rows = (
        _visible_steps(counselor)
        .filter(connection__in=connections)
        .values("connection_id")
        .annotate(
            done=Count("pk", filter=running & answered),
            total=Count("pk", filter=running),
            last=Max("answered_on", filter=answered),
        )
        .values_list("connection_id", "done", "total", "last")
    )
    return {connection: Progress(done, total, last) for connection, done, total, last in rows}


def by_assignment(counselor: User, connection: Connection, now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """The progress of one client in each assignment. One query, none where the counselor may not see it."""
    if not connection.sees_answered:
        return {}
    answered = received.is_answered(now)
    rows = (
        _visible_steps(counselor)
        .filter(connection=connection)
        .values("assignment_id")
        .annotate(
            done=Count("pk", filter=answered),
            total=Count("pk", filter=received.is_counted(now)),
            last=Max("answered_on", filter=answered),
        )
        .values_list("assignment_id", "done", "total", "last")
    )
    return {pk: Progress(done, total, last) for pk, done, total, last in rows if pk}
