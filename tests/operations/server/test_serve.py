"""operations.server.serve: recognises from files alone that nothing has changed since the installation was prepared."""

import os
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from operations.server import serve


@pytest.fixture
def settings(tmp_path: Path) -> SimpleNamespace:
    """The settings of an installation that was prepared just now."""
    for name in ("keys", "journal/migrations/0001_initial.py", "prompts/library/data/presence.toml", "nightlight.sqlite3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("something")
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "nightlight.sqlite3"}
    prepared = SimpleNamespace(
        BASE_DIR=tmp_path,
        DATA_DIR=tmp_path,
        KEY_FILE=tmp_path / "keys",
        KEY_ENCRYPTION_KEYS=[],
        DATABASES={"default": database},
        PRODUCTION=False,
    )
    serve.mark_prepared(cast("ModuleType", prepared))
    return prepared


def is_prepared(settings: SimpleNamespace) -> bool:
    return serve.is_prepared(cast("ModuleType", settings))


def test_an_installation_stays_prepared_while_nothing_changes(settings: SimpleNamespace) -> None:
    assert is_prepared(settings)


@pytest.mark.parametrize("name", ["keys", "journal/migrations/0001_initial.py", "prompts/library/data/presence.toml"])
def test_is_prepared_anew_when_a_file_changes(settings: SimpleNamespace, name: str) -> None:
    os.utime(settings.BASE_DIR / name, (1, 1))

    assert not is_prepared(settings)


@pytest.mark.parametrize("name", ["keys", "nightlight.sqlite3", ".prepared"])
def test_is_prepared_anew_when_a_file_is_missing(settings: SimpleNamespace, name: str) -> None:
    (settings.BASE_DIR / name).unlink()

    assert not is_prepared(settings)


@pytest.mark.parametrize(
    "changes",
    [
        {"PRODUCTION": True},
        {"KEY_ENCRYPTION_KEYS": ["one"]},
        {"DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "nightlight"}}},
    ],
)
def test_is_prepared_at_every_start_where_files_cannot_show_it(settings: SimpleNamespace, changes: dict[str, object]) -> None:
    assert not is_prepared(SimpleNamespace(**{**vars(settings), **changes}))
