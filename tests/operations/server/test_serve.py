"""operations.server.serve: recognises from files alone that nothing has changed since the installation was prepared."""

import os
import socket
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest
from django.apps import apps
from django.conf import settings as config_settings

from operations.server import serve
from tests.installation import free_port

THIRD_PARTY = "site-packages/thirdparty/migrations"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The settings of an installation that was prepared just now."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    for name in (
        "keys",
        "journal/migrations/0001_initial.py",
        f"{THIRD_PARTY}/0001_initial.py",
        "prompts/library/data/presence.toml",
        "nightlight.sqlite3",
    ):
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
        INSTALLED_APPS=["journal", "thirdparty.apps.ThirdPartyConfig", "without.migrations"],
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


@pytest.mark.parametrize("folder", ["journal/migrations", THIRD_PARTY])
def test_is_prepared_anew_when_any_app_gets_a_migration(settings: SimpleNamespace, folder: str) -> None:
    (settings.BASE_DIR / folder / "0002_more.py").touch()

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


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("127.0.0.2", "127.0.0.2")],
)
def test_listens_on_an_address(host: str, address: str) -> None:
    local = SimpleNamespace(HOST=host, PORT=free_port(), PRODUCTION=False)

    with serve.listen_address(cast("ModuleType", local)) as listens_on:
        assert listens_on == (address, local.PORT)


@pytest.mark.parametrize(
    ("origin", "host", "said"),
    [
        ("", "127.0.0.1", "http://localhost:8123"),  # a name, on which passkeys work
        ("", "::1", "http://localhost:8123"),
        ("", "127.0.0.2", "http://127.0.0.2:8123"),  # localhost is not this address
        ("https://journal.example.org", "127.0.0.1", "https://journal.example.org"),
    ],
)
def test_says_where_the_site_is(settings: SimpleNamespace, origin: str, host: str, said: str) -> None:
    lines: list[str] = []
    serve.announce(
        cast("ModuleType", SimpleNamespace(**{**vars(settings), "SITE_ORIGIN": origin, "MAILER": None})), host, 8123, lines.append
    )
    assert lines[0] == f"Nightlight: {said}"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the workers share one socket")
def test_another_site_cannot_listen_there_before_the_workers_do() -> None:
    """Both would: each worker binds a socket of its own, with SO_REUSEPORT."""
    local = SimpleNamespace(HOST="127.0.0.1", PORT=free_port(), PRODUCTION=False)

    with serve.listen_address(cast("ModuleType", local)) as address:
        with pytest.raises(serve.CannotStart, match="Set PORT to another"), serve.listen_address(cast("ModuleType", local)):
            pass
        with socket.socket() as worker:
            worker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            worker.bind(address)
            worker.listen()
            with socket.create_connection(address, timeout=5):
                worker.accept()[0].close()


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("0.0.0.0", "only with NIGHTLIGHT_ENV=production"),  # noqa: S104
        ("nonsense.invalid", "no address of this machine"),
        ("::1%nothing", "no address"),
        ("a b", "no address"),
    ],
)
def test_says_what_is_wrong_with_the_host(host: str, says: str) -> None:
    local = SimpleNamespace(HOST=host, PORT=free_port(), PRODUCTION=False)

    with pytest.raises(serve.CannotStart, match=says), serve.listen_address(cast("ModuleType", local)):
        pass


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    elsewhere = SimpleNamespace(HOST="192.0.2.1", PORT=free_port(), PRODUCTION=True)

    with (
        pytest.raises(serve.CannotStart, match="or NIGHTLIGHT_HOST to an address of this machine"),
        serve.listen_address(cast("ModuleType", elsewhere)),
    ):
        pass


def test_every_app_with_migrations_is_watched() -> None:
    folders = {str(folder) for folder in serve._migration_folders(config_settings.INSTALLED_APPS)}

    expected = {Path(config.path, "migrations") for config in apps.get_app_configs()}
    assert folders == {str(folder) for folder in expected if folder.is_dir()}
