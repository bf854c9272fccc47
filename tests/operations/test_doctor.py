"""manage.py doctor: one finding for each part of an installation, with what to do."""

import datetime as dt
import json
from collections import namedtuple
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from journal import jobs
from journal.models import Job
from operations import doctor
from operations.backup import daily
from operations.doctor import Finding, State
from operations.models import ScheduledTask
from tests.factories import make_prompt, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installation(settings: Settings, tmp_path: Path) -> Path:
    """One that is well: prepared, with a clock that ran, and a backup of today."""
    make_prompt()
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
    with pytest.raises(CommandError, match="1 thing to mend"):
        call_command("doctor", stdout=StringIO())


def test_a_clock_that_is_wrong() -> None:
    ScheduledTask.objects.update(done_at=timezone.now() + dt.timedelta(days=1))
    assert "NTP" in finding("clock").advice


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


def test_mail_that_is_not_taken(settings: Settings) -> None:
    mailer = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 1}}
    settings.MAILER, settings.MAILERS = mailer, {"default": mailer}
    assert (finding("mail").state, "NIGHTLIGHT_MAIL_URL" in finding("mail").advice) == (State.FAULT, True)


def test_a_site_that_is_not_reached_from_outside(settings: Settings) -> None:
    settings.PRODUCTION, settings.SITE_ORIGIN = True, "https://127.0.0.1:1"
    assert finding("proxy").state == State.WARNING


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
        *("database", "keys", "permissions", "clock", "worker", "mail", "disk", "backups", "proxy")
    }
