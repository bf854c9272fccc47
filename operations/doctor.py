"""What is the matter with an installation, and what to do about it. Nothing here changes anything, or shows what anybody wrote."""

import datetime as dt
import shutil
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core.mail import mailers
from django.db import DatabaseError, connection
from django.db.models import Max, Min
from django.utils import timezone

from accounts.keys.crypto import KeyringError
from accounts.models import User
from journal.messages.push import identity
from journal.models import Job, PushKey
from operations import arrival as asking
from operations import checks, health
from operations.arrival import Arrival
from operations.backup import daily
from operations.models import ScheduledTask

LATE = dt.timedelta(minutes=30)  # for what the clock does every few minutes
WAITED = dt.timedelta(minutes=5)  # for a job
OLD_BACKUP = dt.timedelta(days=2)
LITTLE_SPACE = 1024**3  # bytes
APART = dt.timedelta(minutes=1)  # for two clocks that are right: codes of an authenticator app are good for about as long
SET_THE_CLOCK = "Set the clock with NTP (timedatectl set-ntp true): sessions, codes and reminders go by it."
SEE_FOR_YOURSELF = "To be sure, sign in from elsewhere: the log’s line event=signed_in has to name your own network."


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
        else _fault("database", state, "Check DATABASE_URL, then run: manage.py prepare")
    )


def _fault(about: str, said: str, advice: str) -> Finding:
    return Finding(about, State.FAULT, said, advice)


def _keys() -> Finding:
    state = health.keys()
    if state == "ok":
        return Finding("keys", State.OK, "open what is sealed")
    return _fault(
        "keys", state, "Put the key file of this database back: docs/keys.md. Without it, nothing that was written can be opened."
    )


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
    return Finding("clock", State.OK, "does what is due")


def _worker() -> Finding:
    oldest = Job.objects.filter(state=Job.State.WAITING).aggregate(first=Min("created_at"))["first"]
    if oldest is not None and oldest < timezone.now() - WAITED:
        return _fault(
            "worker",
            f"someone has been waiting since {oldest:%Y-%m-%d %H:%M} UTC",
            "manage.py worker does not run: start it, or manage.py start.",
        )
    return Finding("worker", State.OK, "nothing is waiting")


def _mail() -> Finding:
    if not settings.MAILER:
        return Finding("mail", State.WARNING, "no mail server is set up: no email is sent", "Set NIGHTLIGHT_MAIL_URL, to send email.")
    try:
        server = mailers["default"]
        server.open()
        server.close()
    except (OSError, ValueError, TypeError) as error:
        return _fault(
            "mail",
            f"the mail server does not take mail ({type(error).__name__})",
            "Check host, port, user and password in NIGHTLIGHT_MAIL_URL.",
        )
    return Finding("mail", State.OK, "the mail server takes mail")


def _push() -> Finding:
    """Whether this server reaches the services that pass messages on to browsers is not tried: they are others' machines."""
    try:
        identity.private_key()
    except PushKey.DoesNotExist:
        return Finding("push", State.WARNING, "there is no key pair yet: no device can be reminded", "Run: manage.py prepare")
    except KeyringError:
        return _fault("push", "its key pair does not open", "See keys, above.")
    return Finding("push", State.OK, "the key pair opens; messages go out by https, to the services of browsers’ makers")


def _disk() -> Finding:
    free = shutil.disk_usage(settings.DATA_DIR).free
    said = f"{free / 1024**3:.1f} GB are free for the data folder"
    if free < LITTLE_SPACE:
        return _fault("disk", said, "Make room: a full disk keeps everyone from saving.")
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
        return _fault("backups", said, "The clock does not make them: check its log, and the space on the disk of NIGHTLIGHT_BACKUPS.")
    return Finding("backups", State.OK, said)


def _proxy() -> Finding:
    if not settings.PRODUCTION:
        return Finding("proxy", State.OK, "none is needed on one’s own machine")
    try:
        arrival = asking.ask().arrival
    except urllib.error.HTTPError as error:
        return _fault(
            "proxy",
            f"{settings.SITE_ORIGIN}/readyz answers {error.code}",
            "Check that the proxy leads to this site, and passes Host, X-Forwarded-For and X-Forwarded-Proto: deploy/.",
        )
    except OSError as error:
        return Finding(
            "proxy",
            State.WARNING,
            f"{settings.SITE_ORIGIN} cannot be reached from here ({type(error).__name__})",
            f"If visitors reach it, all is well; if not, look at the proxy, its certificate and the name in DNS. {SEE_FOR_YOURSELF}",
        )
    if arrival is None:
        return Finding(
            "proxy",
            State.WARNING,
            f"{settings.SITE_ORIGIN} answers, but not this site with these keys",
            "Check that the proxy leads to this site; after an update, restart the site.",
        )
    return _arrived(arrival)


def _arrived(arrival: Arrival) -> Finding:
    """What is to be said of headers that arrived."""
    proxies = settings.TRUSTED_PROXIES
    if not arrival.is_secure:
        return _fault(
            "proxy", "the site does not know that it is visited by https", "The proxy has to set X-Forwarded-Proto to https: deploy/."
        )
    if not arrival.written:
        said = "X-Forwarded-For arrives as visitors write it" if arrival.is_fooled else "no address of a visitor arrives"
        return _fault("proxy", said, "The proxy has to set X-Forwarded-For to the address of whoever asks: deploy/.")
    if arrival.is_fooled or arrival.written < proxies:
        return _fault(
            "proxy",
            f"NIGHTLIGHT_PROXIES is {proxies}, but only {arrival.written} wrote X-Forwarded-For: visitors could choose their own address",
            f"Set NIGHTLIGHT_PROXIES={arrival.written}, or have every proxy write: deploy/.",
        )
    if arrival.written > proxies:
        return _fault(
            "proxy",
            f"NIGHTLIGHT_PROXIES is {proxies}, but {arrival.written} wrote X-Forwarded-For: all visitors seem to come from one address",
            f"Set NIGHTLIGHT_PROXIES={arrival.written}.",
        )
    return Finding(
        "proxy", State.OK, f"{settings.SITE_ORIGIN} answers by https; NIGHTLIGHT_PROXIES={proxies} is what arrives", SEE_FOR_YOURSELF
    )


def _time() -> Finding:
    """Whether this machine's clock can be right, by all that others say of the time."""
    now = timezone.now()
    stored = [
        ScheduledTask.objects.aggregate(newest=Max("done_at"))["newest"],
        User.objects.aggregate(newest=Max("last_login"))["newest"],
        Job.objects.aggregate(newest=Max("created_at"))["newest"],
    ]
    newest = max(filter(None, stored), default=now)
    if newest > now + APART:
        return _fault("time", f"it is {_utc(now)} here, but something was stored at {_utc(newest)}", SET_THE_CLOCK)
    said = {"the database server": _database_time(), settings.SITE_ORIGIN: _public_time()}
    for whose, time in said.items():
        if time and abs(time - timezone.now()) > APART:
            return _fault("time", f"it is {_utc(now)} here, and {_utc(time)} for {whose}: one of the two is wrong", SET_THE_CLOCK)
    others = " and ".join(whose for whose, time in said.items() if time)
    if others:
        return Finding("time", State.OK, f"agrees with {others}")
    return Finding(
        "time",
        State.OK,
        f"it is {_utc(now)} here, and nothing stored is later",
        "There was nothing to compare it with: check it against a clock.",
    )


def _utc(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _database_time() -> dt.datetime | None:
    """What PostgreSQL's machine says."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        time: dt.datetime = cursor.fetchone()[0]
        return time


def _public_time() -> dt.datetime | None:
    """What the answer at the public address is dated: by the proxy, which may be another machine."""
    try:
        return asking.ask().date if settings.PRODUCTION else None
    except OSError:
        return None


CHECKS: tuple[Check, ...] = (_database, _keys, _permissions, _clock, _time, _worker, _mail, _push, _disk, _backups, _proxy)


def findings() -> Iterator[Finding]:
    """One for each check. Where the database does not answer, those that ask it say so."""
    for check in CHECKS:
        try:
            yield check()
        except DatabaseError:
            yield _fault(check.__name__.strip("_"), "the database does not answer", "See above.")
