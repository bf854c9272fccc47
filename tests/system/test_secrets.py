"""Secrets of the installation, on real processes: where they are not, and who may read the files that hold them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.keys import key_file
from tests.helpers import mode
from tests.installation import CLEAN, ROOT, Visitor, manage, running

pytestmark = pytest.mark.processes
PASSWORD = "a lamp, a page, a pen"


def secrets() -> dict[str, str]:
    """Variables of an operator who keeps no secret in a file."""
    return {
        "NIGHTLIGHT_KEYS": key_file.new_key_line(),
        "NIGHTLIGHT_SECRET_KEY": "invented-and-longer-than-fifty-signs-for-this-installation",
        "NIGHTLIGHT_MAIL_FROM": "secret-sender@example.org",
    }


def walk(visitor: Visitor) -> None:
    """Sign up, write, and press what has to be confirmed: allauth keeps such a request while its person confirms it."""
    visitor.send("/accounts/signup/", email="new@example.org", password1=PASSWORD)
    visitor.send("/tonight/", text="The heron came back.", action="close:done")
    token = visitor.fields("/accounts/settings/")["csrfmiddlewaretoken"]
    visitor.post("/accounts/delete/", {"csrfmiddlewaretoken": token, "note": "heliotrope"})


def test_no_secret_of_the_environment_is_in_any_file(tmp_path: Path) -> None:
    data, variables = tmp_path / "data", secrets()
    with running(data, **variables) as (visitor, log):
        walk(visitor)
        files = {str(path): path.read_bytes() for path in data.rglob("*") if path.is_file()}

    assert str(data / "nightlight.sqlite3-wal") in files
    held = [*variables.values(), PASSWORD, "heliotrope", "heron"]
    assert [(path, word) for path, content in files.items() for word in held if word.encode() in content] == []
    assert [word for word in held if word in log.read_text()] == []


@pytest.mark.parametrize(
    "process",
    ["import config.wsgi", "import sys, manage; sys.argv = ['manage.py', 'clock', '--once']; manage.main()"],
    ids=["web server", "clock"],
)
def test_a_process_that_serves_has_its_secrets_in_settings_and_not_in_its_environment(tmp_path: Path, process: str) -> None:
    kept_secret = secrets()
    variables = {**kept_secret, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(tmp_path / "data"), "NIGHTLIGHT_BACKUPS": "none"}
    assert manage(tmp_path / "data", "prepare", **variables).returncode == 0
    show = "import os; from django.conf import settings; print(dict(os.environ)); print('holds', *settings.KEY_ENCRYPTION_KEYS)"

    shown = subprocess.run(
        [sys.executable, "-c", f"{process}\n{show}"], cwd=ROOT, env={**CLEAN, **variables}, capture_output=True, text=True, check=True
    ).stdout

    environment, _newline, settings = shown.partition("holds")
    assert settings.strip() == variables["NIGHTLIGHT_KEYS"]
    assert not [name for name in variables if name in environment]
    assert not [value for value in kept_secret.values() if value in environment]


@pytest.fixture
def loose_umask() -> Iterator[None]:
    """Whatever is started makes files that everybody may read and change, unless it sees to it."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("loose_umask")
def test_every_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    data, restored = tmp_path / "data", tmp_path / "restored"
    with running(data) as (visitor, _log):
        walk(visitor)
        assert manage(data, "backup").returncode == 0
        assert manage(data, "keys", "export", "--words", "--to", str(data / "sheet.txt")).returncode == 0
        written = sorted(data.rglob("*"))
        assert {"nightlight.sqlite3", "nightlight.sqlite3-wal", "nightlight.sqlite3-shm", "secret-key", "key-encryption-keys"} <= {
            path.name for path in written
        }
        modes = {str(path): mode(path) for path in [data, *written]}
    [archive] = (data / "backups").glob("*.tar")
    (restored / "keys").mkdir(parents=True, mode=0o700)
    restored.chmod(0o700)
    (restored / "keys" / "key-encryption-keys").write_bytes((data / "keys" / "key-encryption-keys").read_bytes())
    (restored / "keys" / "key-encryption-keys").chmod(0o600)
    assert manage(restored, "restore", str(archive)).returncode == 0
    modes |= {str(path): mode(path) for path in [restored, *restored.rglob("*")]}

    assert {path: oct(bits) for path, bits in modes.items() if bits != (0o700 if Path(path).is_dir() else 0o600)} == {}
    assert "operations.W001" not in manage(restored, "check").stderr


def test_what_is_collected_can_be_read_by_whoever_serves_it(tmp_path: Path) -> None:
    """Static files are not data: they may be collected by one user and served by another."""
    code = (
        "import sys, manage; from django.conf import settings; sys.argv = ['manage.py', 'collectstatic', '--help']\n"
        "try: manage.main()\nexcept SystemExit: pass\n"
        "import os; print('umask', os.umask(0))"
    )

    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**CLEAN, "NIGHTLIGHT_ENV": "local"},
        capture_output=True,
        text=True,
        umask=0o022,
        check=True,
    ).stdout

    assert shown.endswith("umask 18\n")
