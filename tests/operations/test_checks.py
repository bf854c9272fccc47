"""operations.checks: the system check says which files of the data folder others may read."""

from pathlib import Path

import pytest
from django.core.checks import CheckMessage, run_checks
from pytest_django import Settings


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "data"
    (folder / "keys").mkdir(parents=True)
    for path in (folder, folder / "keys"):
        path.chmod(0o700)
    for name in ("nightlight.sqlite3", "nightlight.sqlite3-wal", "keys/secret-key"):
        (folder / name).touch(mode=0o600)
    settings.DATA_DIR, settings.BACKUPS = folder, None
    return folder


def warnings() -> list[CheckMessage]:
    return [warning for warning in run_checks(tags=["security"]) if warning.id == "operations.W001"]


def test_a_private_folder_is_nothing_to_speak_of(data: Path) -> None:
    assert warnings() == []


def test_neither_is_one_that_is_not_there(data: Path, settings: Settings) -> None:
    settings.DATA_DIR = data / "nowhere"

    assert warnings() == []


@pytest.mark.parametrize("name", [".", "keys", "nightlight.sqlite3", "nightlight.sqlite3-wal", "keys/secret-key"])
@pytest.mark.parametrize("bits", [0o040, 0o004, 0o020])
def test_whatever_others_may_read_or_change_is_named_with_what_to_do(data: Path, name: str, bits: int) -> None:
    path = data / name
    path.chmod(path.stat().st_mode | bits)

    [warning] = warnings()

    assert (f"change {path}." in str(warning.msg), warning.hint) == (True, f"chmod -R go= {data}")


def test_many_are_counted(data: Path) -> None:
    for number in range(8):
        (data / f"copy-{number}").touch()
        (data / f"copy-{number}").chmod(0o644)

    [warning] = warnings()

    assert "copy-4 and 3 more" in str(warning.msg)


def test_backups_elsewhere_are_looked_at_too(data: Path, tmp_path: Path, settings: Settings) -> None:
    settings.BACKUPS = tmp_path / "elsewhere"
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "elsewhere").chmod(0o755)

    [warning] = warnings()

    assert warning.hint == f"chmod -R go= {tmp_path / 'elsewhere'}"


def test_a_link_is_not_followed(data: Path, tmp_path: Path) -> None:
    (tmp_path / "open").touch(mode=0o644)
    (data / "link").symlink_to(tmp_path / "open")

    assert warnings() == []
