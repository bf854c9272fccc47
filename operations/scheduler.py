"""Periodic tasks: each runs at its interval, on one process however many schedulers run.

The rows of `ScheduledTask` coordinate them: whoever moves a due time on runs the task.
"""

import datetime as dt
import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import Error, close_old_connections, connections
from django.db.models import Min, Q
from django.utils import timezone

from accounts import leaving
from accounts.keys import erasure
from counselor.sessions import notes
from journal import files, jobs
from journal.entries import rendering, trash
from journal.finding.index import building
from journal.history import retention
from journal.messages import sending
from operations.backup import daily
from operations.backup.archive import BackupError
from operations.models import ScheduledTask

logger = logging.getLogger("nightlight.scheduler")

FIRST_DELAY = dt.timedelta(minutes=1)  # leaves the first minute of a new installation to whoever opens it
RETRY_DELAY = dt.timedelta(minutes=10)
SHORTEST_WAIT = dt.timedelta(seconds=30)  # between two looks at the schedule
LONGEST_WAIT = dt.timedelta(minutes=10)  # another machine may have brought a due time forward


@dataclass(frozen=True, slots=True)
class Task:
    """A task, its interval, and the function that does it, called with the current time.

    The function has to be idempotent and must survive being interrupted. `next_due` is given the current time, too, and says when
    there is next anything to do, for a task that is to be punctual: it runs then, if that is before its interval is over.
    """

    name: str
    every: dt.timedelta
    run: Callable[[dt.datetime], object]
    next_due: Callable[[dt.datetime], dt.datetime | None] | None = None


def delete_expired_sessions(now: dt.datetime) -> None:
    """Delete expired sessions, and their entries in people's lists of signed-in devices. Idempotent."""
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def erase_destroyed_keys(now: dt.datetime) -> None:
    """Erase what is left of destroyed keys in the database's files, also what a reader held when they were destroyed. Idempotent."""
    erasure.erase()


TASKS = (
    Task("trash", dt.timedelta(hours=1), trash.empty),
    Task("notes", dt.timedelta(days=1), notes.forget_removed),
    Task("revisions", dt.timedelta(hours=6), retention.prune),
    Task("rendering", dt.timedelta(minutes=5), rendering.store_rested),
    Task("search", dt.timedelta(minutes=5), building.catch_up),
    Task("backup", dt.timedelta(hours=1), daily.create_if_due),  # decides by itself whether the day's backup is due
    Task("messages", dt.timedelta(minutes=5), sending.send_due, sending.next_due),
    Task("files", dt.timedelta(hours=1), files.delete_expired),
    Task("jobs", dt.timedelta(hours=1), jobs.forget_ended),
    Task("leaving", dt.timedelta(hours=1), leaving.delete_due),
    Task("sessions", dt.timedelta(days=1), delete_expired_sessions),
    Task("erasure", dt.timedelta(minutes=10), erase_destroyed_keys),
)


def run_due(now: dt.datetime, tasks: Sequence[Task] = TASKS) -> list[str]:
    """Run the tasks that are due and not claimed by another process. Returns the names of those that succeeded.

    A task that fails is logged by its name and due again after `RETRY_DELAY`; the others go on. Raises a database error
    where the schedule itself cannot be read or written.
    """
    _schedule_new(now, tasks)
    return [task.name for task in tasks if _claim(task, now) and _run(task, now)]


def _schedule_new(now: dt.datetime, tasks: Sequence[Task]) -> None:
    scheduled = set(ScheduledTask.objects.values_list("name", flat=True))
    missing = [ScheduledTask(name=task.name, due_at=now + FIRST_DELAY) for task in tasks if task.name not in scheduled]
    if missing:
        ScheduledTask.objects.bulk_create(missing, ignore_conflicts=True)


def _claim(task: Task, now: dt.datetime) -> bool:
    """Move the task's due time on. True for the one process that did."""
    # A due time far beyond the interval was set by a machine whose clock was wrong.
    due = Q(due_at__lte=now) | Q(due_at__gt=now + 2 * task.every)
    return ScheduledTask.objects.filter(due, name=task.name).update(due_at=now + task.every) == 1


def _run(task: Task, now: dt.datetime) -> bool:
    """Run a claimed task; says whether it succeeded."""
    row = ScheduledTask.objects.filter(name=task.name)
    try:
        task.run(now)
    except Exception as error:
        logger.exception("The task %s failed and is due again in ten minutes.%s", task.name, _loggable_reason(error))
        row.update(due_at=now + RETRY_DELAY)
        return False
    except BaseException:  # stopped: the next process that looks takes it up
        with suppress(Exception):
            row.update(due_at=now + RETRY_DELAY)
        raise
    row.update(done_at=now)
    if task.next_due is not None and (earlier := task.next_due(now)) is not None:
        row.filter(due_at__gt=earlier).update(due_at=earlier)
    return True


def _loggable_reason(error: Exception) -> str:
    """The reason, for errors that never hold what people wrote; "" for any other."""
    if isinstance(error, BackupError):
        return f" {error}"
    return f" {error.strerror}." if isinstance(error, OSError) and error.strerror else ""


def next_due(now: dt.datetime, tasks: Sequence[Task] = TASKS) -> dt.datetime:
    """When to look again: when the first of the tasks is due, but within `LONGEST_WAIT`. Raises a database error."""
    due = ScheduledTask.objects.filter(name__in=[task.name for task in tasks]).aggregate(first=Min("due_at"))["first"]
    return min(max(due or now, now + SHORTEST_WAIT), now + LONGEST_WAIT)


def run_due_and_plan() -> dt.datetime:
    """Run what is due, and say when to do so again. Survives a database that is unavailable for a while."""
    try:
        run_due(timezone.now())
        due = next_due(timezone.now())
    except Error as error:
        _log_unavailable(error, SHORTEST_WAIT.total_seconds())
        due = timezone.now() + SHORTEST_WAIT
    finally:
        connections.close_all()
    return due + SHORTEST_WAIT / 10 * random.random()  # noqa: S311  keeps several schedulers out of step


def run_forever(interval: float) -> None:
    """Run what is due every `interval` seconds. Survives a database that is unavailable for a while."""
    while True:
        try:
            close_old_connections()
            run_due(timezone.now())
        except Error as error:
            _log_unavailable(error, interval)
        time.sleep(interval + random.uniform(0, interval / 10))  # noqa: S311  keeps several schedulers out of step


def _log_unavailable(error: Error, interval: float) -> None:
    logger.error("The clock cannot use the database (%s) and tries again in %g s.", type(error).__name__, interval)
