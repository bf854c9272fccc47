"""What is done by the clock and not by anybody's click: each task at its interval, by one process of however many."""

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
from django.db import Error, close_old_connections
from django.db.models import Q
from django.utils import timezone

from accounts import notifications
from journal.entries import trash
from journal.history import retention
from operations.backup import daily
from operations.backup.archive import BackupError
from operations.models import ScheduledTask

logger = logging.getLogger("nightlight.scheduler")

FIRST = dt.timedelta(minutes=1)  # a new installation's first minute belongs to whoever opens it
RETRY = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Task:
    """A task, how often it is due, and what does it. It has to be safe to repeat and to cut short."""

    name: str
    every: dt.timedelta
    do: Callable[[dt.datetime], object]


def forget_sessions(now: dt.datetime) -> None:
    """Delete the sessions that have run out, and what the list of a person's devices holds of sessions that are gone."""
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


TASKS = (
    Task("trash", dt.timedelta(hours=1), trash.empty),
    Task("revisions", dt.timedelta(hours=6), retention.thin),
    Task("backup", dt.timedelta(hours=1), daily.daily),  # whether a day's backup is due is its own to know
    Task("notifications", dt.timedelta(minutes=10), notifications.send_due),
    Task("sessions", dt.timedelta(days=1), forget_sessions),
)


def run_due(now: dt.datetime, tasks: Sequence[Task] = TASKS) -> list[str]:
    """Do what is due and has been claimed by nobody else; returns the names of what was done.

    A task that fails is logged by its name and is due again in ten minutes; the others go on. Raises what the database
    raises when it cannot be reached.
    """
    _enter(now, tasks)
    return [task.name for task in tasks if _claim(task, now) and _done(task, now)]


def _enter(now: dt.datetime, tasks: Sequence[Task]) -> None:
    known = set(ScheduledTask.objects.values_list("name", flat=True))
    missing = [ScheduledTask(name=task.name, due_at=now + FIRST) for task in tasks if task.name not in known]
    if missing:
        ScheduledTask.objects.bulk_create(missing, ignore_conflicts=True)


def _claim(task: Task, now: dt.datetime) -> bool:
    # What is due far later than its interval was entered by a machine whose clock went wrong.
    due = Q(due_at__lte=now) | Q(due_at__gt=now + 2 * task.every)
    return ScheduledTask.objects.filter(due, name=task.name).update(due_at=now + task.every) == 1


def _done(task: Task, now: dt.datetime) -> bool:
    row = ScheduledTask.objects.filter(name=task.name)
    try:
        task.do(now)
    except Exception as error:
        logger.exception("The task %s failed and is due again in ten minutes.%s", task.name, _reason(error))
        row.update(due_at=now + RETRY)
        return False
    except BaseException:  # told to stop: whoever runs next takes it up
        with suppress(Exception):
            row.update(due_at=now + RETRY)
        raise
    row.update(done_at=now)
    return True


def _reason(error: Exception) -> str:
    """What whoever runs the site has to know, of errors that never hold what was written; nothing of any other."""
    if isinstance(error, BackupError):
        return f" {error}"
    return f" {error.strerror}." if isinstance(error, OSError) and error.strerror else ""


def keep(every: float) -> None:
    """Do what is due, every so many seconds, for ever. Outlives a database that goes away, and uses it when it is back."""
    while True:
        try:
            close_old_connections()
            run_due(timezone.now())
        except Error as error:
            logger.error("The clock cannot use the database (%s) and tries again in %g s.", type(error).__name__, every)
        time.sleep(every + random.uniform(0, every / 10))  # noqa: S311  keeps several clocks from striking together
