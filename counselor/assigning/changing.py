"""What a counselor does to an assignment while it runs."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from accounts import notifications
from accounts.models import Connection, User
from counselor.assigning.plans import Plan
from prompts.models import Assignment, AssignmentQuerySet

REOPEN_PERIOD = dt.timedelta(days=1)


def _running(counselor: User, assignment: uuid.UUID) -> AssignmentQuerySet:
    return Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None)


def pause(counselor: User, assignment: uuid.UUID) -> None:
    """Ask nothing of it until it is resumed. Idempotent."""
    _running(counselor, assignment).update(paused=True)


def resume(counselor: User, assignment: uuid.UUID) -> None:
    """Ask again, beginning with the step that was due; missed steps do not pile up. Idempotent."""
    _running(counselor, assignment).update(paused=False)


def end(counselor: User, assignment: uuid.UUID, now: dt.datetime) -> None:
    """End it. What was answered, and what was shared, stays. Idempotent."""
    _running(counselor, assignment).update(ended_at=now)


@transaction.atomic
def reopen(counselor: User, assignment: uuid.UUID, now: dt.datetime) -> None:
    """Take an end back within a day: nothing can have been changed since, but the date of the session that it ends with. Idempotent."""
    connection = _locked_connection(counselor, assignment)
    ended = Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at__gt=now - REOPEN_PERIOD)
    if connection is not None and ended.update(ended_at=None):
        follow_session(connection)


def can_be_reopened(assignment: Assignment, now: dt.datetime) -> bool:
    return assignment.ended_at is not None and assignment.ended_at > now - REOPEN_PERIOD


# --- Changing it.


class Conflict(Exception):
    """The assignment was changed after the page that sent this was opened."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an assignment is changed to. Its start stays where `keeps_start` is true: it may have begun."""

    plan: Plan
    note: str
    keeps_start: bool = True
    starts_on: dt.date | None = None


@transaction.atomic
def change(counselor: User, assignment: uuid.UUID, changes: Changes, *, based_on: dt.datetime | None, now: dt.datetime) -> bool:
    """Change it from the next step on, and let the client be told. Returns whether anything was changed. Idempotent.

    `based_on` is the `changed_at` that the page was opened with. Raises `Conflict` where it was changed since, to something else.
    """
    connection = _locked_connection(counselor, assignment)
    row = _running(counselor, assignment).select_for_update(of=("self",)).first()
    if connection is None or row is None or row.sealed_content is None:
        return False
    row.connection, before = connection, _values(row)
    for name, value in changes.plan.columns(connection, connection.parent.tonight(now)).items():
        setattr(row, name, value)
    row.sealed_content = replace(row.sealed_content, note=changes.note)
    if not changes.keeps_start:
        row.starts_on, row.begun_by_client = changes.starts_on, False
    if _values(row) == before:
        return False
    if row.changed_at != based_on:
        raise Conflict
    row.changed_at = now
    row.save(update_fields=[*COLUMNS, "sealed_content", "changed_at"])
    notifications.queue(connection.parent_id, now)
    return True


def _locked_connection(counselor: User, assignment: uuid.UUID) -> Connection | None:
    """The connection of an assignment, locked before it, as everywhere: its next session stays where it is meanwhile."""
    own = Assignment.objects.of_counselor(counselor).filter(pk=assignment)
    return Connection.objects.active().locked().filter(pk__in=own.values("connection")).first()


COLUMNS = ("cadence", "every", "weekdays", "ends_on", "ends_with_session", "starts_on", "begun_by_client")


def _values(row: Assignment) -> list[object]:
    return [*(getattr(row, name) for name in COLUMNS), row.content.note]


@transaction.atomic
def follow_session(connection: Connection) -> None:
    """Move the end of what ends with this client's next session to its date, and let them be told. Idempotent.

    Call it whenever `next_session_on` was changed. What has ended with an earlier session stays so: the next one is another.
    """
    now = timezone.now()
    tonight = connection.parent.tonight(now)
    session = connection.next_session_on
    upcoming = session if session and session >= tonight else None
    still_asks = Assignment.objects.filter(connection=connection, connection__ended_at=None, ended_at=None, ends_with_session=True)
    moved = still_asks.exclude(ends_on__lt=tonight)
    moved = moved.filter(ends_on__isnull=False) if upcoming is None else moved.exclude(ends_on=upcoming)
    if moved.update(ends_on=upcoming, changed_at=now):
        notifications.queue(connection.parent_id, now)
