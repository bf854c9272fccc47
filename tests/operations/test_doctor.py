"""manage.py doctor: one finding for each part of an installation, with what to do."""

import contextlib
import datetime as dt
import json
from collections import namedtuple
from collections.abc import Callable, Iterator
from email.message import Message
from email.utils import format_datetime
from io import StringIO
from pathlib import Path
from unittest import mock
from urllib.error import HTTPError
from urllib.request import Request

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.core.signing import TimestampSigner
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.keys.installation import encrypt_secret
from journal import jobs
from journal.messages.push import identity
from journal.models import Job, PushKey
from operations import arrival, doctor
from operations.backup import daily
from operations.doctor import Finding, State
from operations.models import ScheduledTask
from tests.factories import make_prompt, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installation(settings: Settings, tmp_path: Path) -> Path:
    """One that is well: prepared, with a clock that ran, and a backup of today."""
    make_prompt()
    identity.make_key()
    settings.DATA_DIR, settings.BACKUPS = tmp_path, tmp_path / "backups"
    tmp_path.chmod(0o700)
    settings.BACKUPS.mkdir(mode=0o700)
    now = timezone.now()
    backup(settings.BACKUPS, now)
    ScheduledTask.objects.create(name="trash", due_at=now + dt.timedelta(minutes=3), done_at=now)
    return tmp_path


def backup(folder: Path, made_at: dt.datetime) -> None:
    (folder / f"{daily.PREFIX}{made_at:%Y-%m-%dT%H%MZ}.tar").touch(mode=0o600)


def finding(about: str) -> Finding:
    return next(each for each in doctor.findings() if each.about == about)


def test_a_healthy_one_has_no_faults() -> None:
    assert {each.about: each.state for each in doctor.findings() if each.state != State.OK} == {"mail": State.WARNING}
    out = StringIO()
    call_command("doctor", stdout=out)
    assert "fault" not in out.getvalue()


def test_a_clock_that_stands_still() -> None:
    ScheduledTask.objects.update(due_at=timezone.now() - dt.timedelta(hours=2))
    assert (finding("clock").state, "manage.py clock" in finding("clock").advice) == (State.FAULT, True)
    with pytest.raises(CommandError, match="1 thing to fix"):
        call_command("doctor", stdout=StringIO())


def test_a_time_that_has_not_come_yet() -> None:
    assert finding("time").state == State.OK
    ScheduledTask.objects.update(done_at=timezone.now() + dt.timedelta(days=1))
    assert (finding("time").state, "NTP" in finding("time").advice) == (State.FAULT, True)
    ScheduledTask.objects.update(done_at=timezone.now())
    make_user(last_login=timezone.now() + dt.timedelta(hours=1))
    assert "something was stored at" in finding("time").said


def test_a_time_that_others_do_not_say(visited: "Visited") -> None:
    assert finding("time").said == (
        "agrees with the database server and https://journal.example.org"
        if connection.vendor == "postgresql"
        else "agrees with https://journal.example.org"
    )
    visited.seconds_behind = 600
    assert "for https://journal.example.org: one of the two is wrong" in finding("time").said


def test_a_worker_that_is_missing() -> None:
    jobs.start(make_user(), Job.Kind.EXPORT, {})
    assert finding("worker").state == State.OK, "it may just have been asked"
    Job.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    assert "manage.py worker" in finding("worker").advice


def test_backups_that_are_old_missing_or_off(settings: Settings) -> None:
    for path in settings.BACKUPS.iterdir():
        path.unlink()
    assert finding("backups").state == State.WARNING
    backup(settings.BACKUPS, timezone.now() - dt.timedelta(days=3))
    assert finding("backups").state == State.FAULT
    settings.BACKUPS = None
    assert "switched off" in finding("backups").said


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("operations.doctor.shutil.disk_usage", lambda _path: usage(10**10, 10**10, 10**6))
    assert finding("disk").state == State.FAULT


def test_files_that_others_may_read(installation: Path) -> None:
    (installation / "nightlight.sqlite3").touch(mode=0o644)
    (installation / "nightlight.sqlite3").chmod(0o644)
    assert "chmod" in finding("permissions").advice


def test_no_key_pair_for_devices_and_one_that_does_not_open() -> None:
    PushKey.objects.update(private=encrypt_secret("x")[:-4])
    assert finding("push").state == State.FAULT

    PushKey.objects.all().delete()
    assert (finding("push").state, finding("push").advice) == (State.WARNING, "Run: manage.py prepare")


def test_mail_that_is_not_taken(settings: Settings) -> None:
    mailer = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 1}}
    settings.MAILER, settings.MAILERS = mailer, {"default": mailer}
    assert (finding("mail").state, "NIGHTLIGHT_MAIL_URL" in finding("mail").advice) == (State.FAULT, True)


class Visited:
    """The site at its public address, behind these proxies: each gets what the one before it, or the doctor, sends on."""

    def __init__(self) -> None:
        self.proxies: list[Callable[[dict[str, str]], None]] = [append]
        self.seconds_behind = 0
        self.status = 0

    def open(self, request: Request, timeout: float) -> Message:
        if self.status:
            raise HTTPError(request.full_url, self.status, "", Message(), None)
        headers = {"Host": "journal.example.org", "X-Forwarded-Proto": "https", **dict(request.header_items())}
        for proxy in self.proxies:
            proxy(headers)
        answered = Client().get("/readyz", headers=headers)
        response = Message()
        for name, value in answered.headers.items():
            response[name] = value
        response["Date"] = format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=self.seconds_behind), usegmt=True)
        return response


def append(headers: dict[str, str]) -> None:
    headers["X-forwarded-for"] += ", 203.0.113.5"


def replace(headers: dict[str, str]) -> None:
    headers["X-forwarded-for"] = "203.0.113.5"


def leave(headers: dict[str, str]) -> None:
    pass


def without(name: str) -> Callable[[dict[str, str]], None]:
    return lambda headers: headers.__delitem__(name)


@pytest.fixture
def visited(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Visited:
    settings.PRODUCTION, settings.SITE_ORIGIN, settings.TRUSTED_PROXIES = True, "https://journal.example.org", 1
    settings.ALLOWED_HOSTS = ["journal.example.org"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    site = Visited()

    @contextlib.contextmanager
    def urlopen(request: Request, timeout: float) -> Iterator[mock.Mock]:
        yield mock.Mock(headers=site.open(request, timeout))

    monkeypatch.setattr("operations.arrival.urllib.request.urlopen", urlopen)
    return site


@pytest.mark.parametrize(
    ("trusted", "proxies", "state", "said"),
    [
        (1, [append], State.OK, "is what arrives"),
        (1, [replace], State.OK, "is what arrives"),
        (2, [replace, append], State.OK, "is what arrives"),
        (2, [append, append], State.OK, "is what arrives"),
        (1, [append, append], State.FAULT, "all visitors seem to come from one address"),
        (2, [append], State.FAULT, "visitors could choose their own address"),
        (2, [replace], State.FAULT, "visitors could choose their own address"),
        (1, [leave], State.FAULT, "arrives as visitors write it"),
        (1, [without("X-forwarded-for")], State.FAULT, "no address of a visitor arrives"),
        (1, [append, without("X-Forwarded-Proto")], State.FAULT, "does not know that it is visited by https"),
        (1, [append, without("Nightlight-question")], State.WARNING, "not this site with these keys"),
    ],
)
def test_what_arrives_through_the_proxies_is_held_against_their_number(
    visited: Visited, settings: Settings, trusted: int, proxies: list[Callable[[dict[str, str]], None]], state: State, said: str
) -> None:
    settings.TRUSTED_PROXIES, visited.proxies = trusted, proxies
    found = finding("proxy")
    assert found.state == state, found
    assert said in found.said


def test_a_site_that_answers_with_an_error(visited: Visited) -> None:
    visited.status = 502
    assert (finding("proxy").state, "answers 502" in finding("proxy").said) == (State.FAULT, True)


def test_nobody_else_learns_what_is_believed() -> None:
    for question in ("", "arrival", TimestampSigner(salt="another").sign("arrival")):
        assert arrival.ANSWER not in Client().get("/readyz", headers={arrival.QUESTION: question}).headers
    signed = TimestampSigner(salt="operations.arrival").sign("arrival")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        assert arrival.ANSWER not in Client().get("/readyz", headers={arrival.QUESTION: signed}).headers


def test_a_site_that_is_not_reached_from_outside(settings: Settings) -> None:
    settings.PRODUCTION, settings.SITE_ORIGIN = True, "https://127.0.0.1:1"
    assert (finding("proxy").state, "event=signed_in" in finding("proxy").advice) == (State.WARNING, True)
    assert "check it against a clock" in finding("time").advice or connection.vendor == "postgresql"


def test_a_library_that_is_empty_and_keys_that_are_missing(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_ENCRYPTION_KEYS, settings.KEY_FILE = [], tmp_path / "no-such-file"
    from accounts.keys import key_file

    key_file.clear_cache()
    assert finding("keys").state == State.FAULT
    key_file.clear_cache()


def test_programs_read_it_as_json() -> None:
    out = StringIO()
    call_command("doctor", "--json", stdout=out)
    assert {each["about"] for each in json.loads(out.getvalue())} == {
        *("database", "keys", "permissions", "clock", "time", "worker", "mail", "push", "disk", "backups", "proxy")
    }
