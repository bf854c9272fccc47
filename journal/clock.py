"""What is done by the clock and not by anybody's click: each chore at its interval, by one process of however many."""

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

from accounts import news
from journal import drawer, thinning
from journal.backup import rolling
from journal.backup.archive import BackupError
from journal.models import Chore

logger = logging.getLogger(__name__)

FIRST = dt.timedelta(minutes=1)  # a new installation's first minute belongs to whoever opens it
RETRY = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Duty:
    """A chore, how often it is due, and what does it. It has to be safe to repeat and to cut short."""

    name: str
    every: dt.timedelta
    do: Callable[[dt.datetime], object]


def forget_sessions(now: dt.datetime) -> None:
    """Delete the sessions that have run out, and what the list of a person's devices holds of sessions that are gone."""
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


DUTIES = (
    Duty("drawer", dt.timedelta(hours=1), drawer.empty),
    Duty("revisions", dt.timedelta(hours=6), thinning.thin),
    Duty("backup", dt.timedelta(hours=1), rolling.daily),  # whether a day's backup is due is its own to know
    Duty("news", dt.timedelta(minutes=10), news.send_due),
    Duty("sessions", dt.timedelta(days=1), forget_sessions),
)


def run_due(now: dt.datetime, duties: Sequence[Duty] = DUTIES) -> list[str]:
    """Do what is due and has been claimed by nobody else; returns the names of what was done.

    A chore that fails is logged by its name and is due again in ten minutes; the others go on. Raises what the database
    raises when it cannot be reached.
    """
    _enter(now, duties)
    return [duty.name for duty in duties if _claim(duty, now) and _done(duty, now)]


def _enter(now: dt.datetime, duties: Sequence[Duty]) -> None:
    known = set(Chore.objects.values_list("name", flat=True))
    missing = [Chore(name=duty.name, due_at=now + FIRST) for duty in duties if duty.name not in known]
    if missing:
        Chore.objects.bulk_create(missing, ignore_conflicts=True)


def _claim(duty: Duty, now: dt.datetime) -> bool:
    # What is due far later than its interval was entered by a machine whose clock went wrong.
    due = Q(due_at__lte=now) | Q(due_at__gt=now + 2 * duty.every)
    return Chore.objects.filter(due, name=duty.name).update(due_at=now + duty.every) == 1


def _done(duty: Duty, now: dt.datetime) -> bool:
    row = Chore.objects.filter(name=duty.name)
    try:
        duty.do(now)
    except Exception as error:
        logger.exception("The chore %s failed and is due again in ten minutes.%s", duty.name, _reason(error))
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
