"""Fixtures and rules that every test shares."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase
from django.utils import translation
from django_tasks_db.management.commands import db_worker
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker, Settings

from accounts.keys import key_file, keyring
from operations import worker as operations_worker
from prompts import questions
from tests.chromium import CHROMIUM, MISSING, go_where_pages_go
from tests.helpers import TEST_KEY
from tests.sharing import evening as evening
from tests.sharing import sharing as sharing
from tests.system.faults.report import pytest_terminal_summary as pytest_terminal_summary

# Deterministic, so that a commit that passed passes again; `make test ARGS="--hypothesis-profile=explore"` looks further.
settings.register_profile("default", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
# A property is looked for with SQLite; on the other database fewer examples show that its queries mean the same there.
settings.register_profile("second", settings.get_profile("default"), max_examples=20)
settings.load_profile("second" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "default")

go_where_pages_go()

# The browser's driver runs an event loop in this thread, in which Django would refuse to use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def uses_database(item: pytest.Item) -> bool:
    if (
        item.get_closest_marker("django_db")
        or item.get_closest_marker("postgres")
        or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    ):
        return True
    cls = getattr(item, "cls", None)
    return cls is not None and issubclass(cls, TransactionTestCase)


@pytest.hookimpl(trylast=True)  # after the order was shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if connection.vendor == "postgresql":  # what needs no database has run with the other one
        others = [item for item in items if not uses_database(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if uses_database(item)]
    no_browser = pytest.mark.skip(reason=MISSING)
    for item in items:
        if "browser" in item.keywords and not CHROMIUM:
            item.add_marker(no_browser)
    # The driver of a browser, once started, leaves its event loop in this thread, and who runs one there fails: it comes last.
    items.sort(key=lambda item: "browser" in item.keywords)


def _installation_key(**_signal: object) -> None:
    key_file.clear_cache()
    if not keyring.has_installation_key():
        keyring.make_data_key(None)


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    """What a process keeps in memory between requests does not reach from one test into the next, nor does a visitor's language."""
    key_file.clear_cache()
    questions.forget_library()
    yield
    key_file.clear_cache()
    questions.forget_library()
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Every test database has the installation's key, as `prepare` makes it. A test makes its prompts itself.

    A test with real transactions ends by emptying every table, in whatever order tests and fixtures run; Django then sends
    `post_migrate`, on which the key is made again.
    """
    post_migrate.connect(_installation_key, sender=apps.get_app_config("accounts"), dispatch_uid="installation key")
    with django_db_blocker.unblock():
        _installation_key()
        call_command("createcachetable", verbosity=0)


@pytest.fixture
def worker(db: None, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The worker: `worker.run_waiting()` does, in this process and with its connection, what waits in the background."""
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    return operations_worker


@pytest.fixture
def own_file(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """On SQLite, a copy of the tests' database in a file of the test's own, which has no free page."""
    if connection.vendor != "sqlite":
        yield
        return
    file = tmp_path / "nightlight.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    shared_connection = connections["default"]
    connections["default"] = shared_connection.copy()
    connection.settings_dict["NAME"] = str(file)
    try:
        yield
    finally:
        connection.close()
        connections["default"] = shared_connection


@pytest.fixture
def own_key_file(tmp_path: Path, settings: Settings) -> Path:
    """The path of a key file of the test's own, not made yet. The key in the environment, which other tests use, is not set."""
    settings.KEY_ENCRYPTION_KEYS = []
    path = tmp_path / "keys" / "key-encryption-keys"
    settings.KEY_FILE = path
    return path


@pytest.fixture
def moved_key_file(own_key_file: Path) -> Path:
    """The path of a key file of the test's own that holds the key of the test database."""
    own_key_file.parent.mkdir(mode=0o700)
    own_key_file.touch(mode=0o600)
    own_key_file.write_text(TEST_KEY + "\n")
    return own_key_file
