"""The progress of clients: queried for connections that allow it only, and from assigned steps, never from entries.

`Assignment.finished_at` is not used: it counts drafts, too, and is set whatever the connection allows.
"""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Q, QuerySet, UUIDField

from accounts.models import Connection, User
from common.database.ids import Ids
from common.database.prepared import Placeholder, Prepared
from prompts import received
from prompts.models import AssignedStep, Assignment


@dataclass(frozen=True, slots=True)
class Progress:
    """How many steps are done, of how many. `last` is the last night on which a step was answered."""

    done: int = 0
    total: int = 0
    last: dt.date | None = None


def unfinished(counselor: User, now: dt.datetime) -> "QuerySet[Assignment]":
    """Assignments that are neither ended nor paused, without those of which the client lets this counselor see that all is answered."""
    all_answered = Q(connection__sees_answered=True) & ~Exists(received.unanswered_steps(received.over(now)))
    return Assignment.objects.of_counselor(counselor).filter(ended_at=None, paused=False).exclude(all_answered)


def listed(steps: QuerySet[AssignedStep], connection: Connection, now: dt.datetime) -> QuerySet[AssignedStep]:
    """Those of a client's steps that their counselor's pages list, without what was answered.

    One that was removed from its set after it was answered tells just that: it is listed where the client lets it be seen, and
    only once they are done with it, since drafts are never visible.
    """
    is_listed = received.is_counted(received.over(now)) if connection.sees_answered else Q(position__lt=received.REMOVED_POSITION)
    return steps.filter(is_listed).defer("answered_on", "begun_at", "done_at")


# --- Of steps that the counselor may see. Each of the two queries reads an index, and no rows.


def _visible_steps() -> "QuerySet[AssignedStep]":
    """Steps of those of `connections` who let this `counselor` see that they answered."""
    own = Connection.objects.filter(counselor=Placeholder("counselor", UUIDField()), pk__in=Ids("connections"))
    visible = own.active().filter(sees_answered=True)
    return AssignedStep.objects.filter(connection__in=visible.values("pk"), assignment__isnull=False).order_by()


def _by_connection() -> "QuerySet[AssignedStep, tuple[uuid.UUID, int, int, dt.date | None]]":
    # A list of what has ended, since joining the assignments costs as much as all the rest.
    ended = Assignment.objects.filter(connection__in=Ids("connections"), ended_at__isnull=False).order_by().values("pk")
    answered, running = received.is_answered(received.ANY_TIME), ~Q(assignment__in=ended)
    counts = _visible_steps().values("connection_id")
    counts = counts.annotate(
        done=Count("position", filter=answered & running),
        total=Count("position", filter=received.is_counted(received.ANY_TIME) & running),
        last=Max("answered_on", filter=answered),
    )
    return counts.values_list("connection_id", "done", "total", "last")


def _by_assignment() -> "QuerySet[AssignedStep, tuple[uuid.UUID, int, int, dt.date | None]]":
    answered = received.is_answered(received.ANY_TIME)
    counts = _visible_steps().values("assignment_id")
    counts = counts.annotate(
        done=Count("position", filter=answered),
        total=Count("position", filter=received.is_counted(received.ANY_TIME)),
        last=Max("answered_on", filter=answered),
    )
    return counts.values_list("assignment_id", "done", "total", "last")


_BY_CONNECTION, _BY_ASSIGNMENT = Prepared(_by_connection), Prepared(_by_assignment)


def by_connection(counselor: User, connections: Collection[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """The progress of each of these clients over all running assignments. One query, none for an empty sequence."""
    if not connections:
        return {}
    rows = _BY_CONNECTION.rows(counselor=counselor.pk, connections=connections, **received.over(now)._asdict())
    return {connection: Progress(done, total, last) for connection, done, total, last in rows}


def by_assignment(counselor: User, connection: Connection, now: dt.datetime) -> dict[uuid.UUID, Progress]:
    """The progress of one client in each assignment. One query, none where the counselor may not see it."""
    if not connection.sees_answered:
        return {}
    rows = _BY_ASSIGNMENT.rows(counselor=counselor.pk, connections=[connection.pk], **received.over(now)._asdict())
    return {assignment: Progress(done, total, last) for assignment, done, total, last in rows}
