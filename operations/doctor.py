"""What is the matter with an installation, and what to do about it. Nothing here changes anything, or shows what anybody wrote."""

import datetime as dt
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core.mail import mailers
from django.db import DatabaseError
from django.db.models import Min
from django.utils import timezone

from journal.models import Job
from operations import checks, health
from operations.backup import daily
from operations.models import ScheduledTask

LATE = dt.timedelta(minutes=30)  # for what the clock does every few minutes
WAITED = dt.timedelta(minutes=5)  # for a job
OLD_BACKUP = dt.timedelta(days=2)
LITTLE_SPACE = 1024**3  # bytes
TIMEOUT = 5.0  # seconds


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """`said` is how things are; `advice` what to do, "" where nothing is."""

    about: str
    state: State
    said: str
    advice: str = ""


type Check = Callable[[], Finding]


def _database() -> Finding:
    state = health.database()
    return (
        Finding("database", State.OK, "answers, and is up to date")
        if state == "ok"
        else _fault("database", state, "Look at DATABASE_URL, then run: manage.py prepare")
    )


def _fault(about: str, said: str, advice: str) -> Finding:
    return Finding(about, State.FAULT, said, advice)


def _keys() -> Finding:
    state = health.keys()
    if state == "ok":
        return Finding("keys", State.OK, "open what is sealed")
    return _fault("keys", state, "Put the key file of this database back: docs/keys.md. Without it everything that was written stays shut.")


def _permissions() -> Finding:
    found = list(checks.data_folder_is_private(None))
    if not found:
        return Finding("permissions", State.OK, "the data folder is its owner’s alone")
    return Finding("permissions", State.WARNING, found[0].msg, f"Run: {found[0].hint}")


def _clock() -> Finding:
    now = timezone.now()
    first = ScheduledTask.objects.aggregate(first=Min("due_at"))["first"]
    if first is None:
        return Finding(
            "clock", State.WARNING, "has not run yet", "Start the site with manage.py start, or run manage.py clock beside manage.py web."
        )
    if first < now - LATE:
        return _fault(
            "clock",
            f"something has been due since {first:%Y-%m-%d %H:%M} UTC",
            "manage.py clock does not run: start it, or manage.py start. If it does, its log says what fails.",
        )
    done = ScheduledTask.objects.filter(done_at__gt=now + LATE).exists()
    if done:
        return _fault(
            "clock", "a task was done in the future", "This machine’s clock was wrong, or is: set it with NTP (timedatectl set-ntp true)."
        )
    return Finding("clock", State.OK, "does what is due")


def _worker() -> Finding:
    oldest = Job.objects.filter(state=Job.State.WAITING).aggregate(first=Min("created_at"))["first"]
    if oldest is not None and oldest < timezone.now() - WAITED:
        return _fault(
            "worker",
            f"somebody has waited since {oldest:%Y-%m-%d %H:%M} UTC",
            "manage.py worker does not run: start it, or manage.py start.",
        )
    return Finding("worker", State.OK, "nobody waits for it")


def _mail() -> Finding:
    if not settings.MAILER:
        return Finding(
            "mail", State.WARNING, "no mail server is set: nothing is mailed", "Set NIGHTLIGHT_MAIL_URL, if people are to get mail."
        )
    try:
        server = mailers["default"]
        server.open()
        server.close()
    except (OSError, ValueError, TypeError) as error:
        return _fault(
            "mail",
            f"the mail server does not take mail ({type(error).__name__})",
            "Look at host, port, user and password in NIGHTLIGHT_MAIL_URL.",
        )
    return Finding("mail", State.OK, "the mail server takes mail")


def _disk() -> Finding:
    free = shutil.disk_usage(settings.DATA_DIR).free
    said = f"{free / 1024**3:.1f} GB are free for the data folder"
    if free < LITTLE_SPACE:
        return _fault("disk", said, "Make room: a full disk keeps everybody from saving.")
    return Finding("disk", State.OK, said)


def _backups() -> Finding:
    if settings.BACKUPS is None:
        return Finding(
            "backups", State.WARNING, "daily backups are switched off", "Unset NIGHTLIGHT_BACKUPS, or make others: docs/backup.md"
        )
    newest = max(daily.backups(settings.BACKUPS).values(), default=None)
    if newest is None:
        return Finding("backups", State.WARNING, "there is none yet", "The clock makes one a day. To make one now: manage.py backup")
    age = timezone.now() - newest
    said = f"the newest is of {newest:%Y-%m-%d %H:%M} UTC"
    if age > OLD_BACKUP:
        return _fault(
            "backups", said, "The clock does not make them: look into its log, and at the space on the disk of NIGHTLIGHT_BACKUPS."
        )
    return Finding("backups", State.OK, said)


def _proxy() -> Finding:
    if not settings.PRODUCTION:
        return Finding("proxy", State.OK, "none is needed on one’s own machine")
    address = f"{settings.SITE_ORIGIN}/readyz"
    request = urllib.request.Request(address)  # noqa: S310  https, as the settings demand
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            secure = answer.headers.get("Strict-Transport-Security")
    except urllib.error.HTTPError as error:
        return _fault(
            "proxy",
            f"{address} answers {error.code}",
            "Look whether the proxy leads to this site, and passes Host, X-Forwarded-For and X-Forwarded-Proto: deploy/.",
        )
    except (OSError, ssl.SSLError) as error:
        return Finding(
            "proxy",
            State.WARNING,
            f"{address} cannot be reached from here ({type(error).__name__})",
            "If visitors reach it, all is well; if not, look at the proxy, its certificate and the name in DNS.",
        )
    if not secure:
        return _fault(
            "proxy", "the site does not know that it is visited by https", "The proxy has to set X-Forwarded-Proto to https: deploy/."
        )
    return Finding("proxy", State.OK, f"{settings.SITE_ORIGIN} answers by https")


CHECKS: tuple[Check, ...] = (_database, _keys, _permissions, _clock, _worker, _mail, _disk, _backups, _proxy)


def findings() -> Iterator[Finding]:
    """One for each check. Where the database does not answer, those that ask it say so."""
    for check in CHECKS:
        try:
            yield check()
        except DatabaseError:
            yield _fault(check.__name__.strip("_"), "the database does not answer", "See above.")
