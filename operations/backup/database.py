"""What both kinds of database share: the facts that go into a manifest, and the tables that an archive leaves empty."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from accounts.models import KeySlot, User
from journal.models import Entry, Revision
from operations.backup.archive import BackupError

COUNTED_MODELS = {"people": User, "entries": Entry, "revisions": Revision, "key_slots": KeySlot}

type Query = Callable[[str], Sequence[Sequence[Any]]]
"""Runs one SQL statement and returns its rows."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a manifest says about one moment of a database; nothing in it was written by a person.

    `migrations`: the last one applied of each app. `counts`: of rows, by the names in `COUNTED_MODELS`. `keys`: ids of the
    key-encryption keys that its slots need, sorted.
    """

    migrations: dict[str, str]
    counts: dict[str, int]
    keys: tuple[str, ...]


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def sqlite_file() -> Path:
    """The path of the database file, which need not exist. Raises `BackupError` for a database in memory."""
    name = str(connection.settings_dict["NAME"])
    if name == ":memory:" or (name.startswith("file:") and "mode=memory" in name):
        raise BackupError("The database is kept in memory: there is no file to back up, or to restore into.")
    return Path(name)


def excluded_tables() -> list[str]:
    """Names of the tables that are empty in an archive: whoever has one must not be signed in by it."""
    return [Session._meta.db_table, UserSession._meta.db_table, settings.CACHES["default"]["LOCATION"]]


def read_facts(query: Query, tables: set[str]) -> Facts:
    """The facts of a database that has these tables. Raises `BackupError` where Nightlight's are not among them."""
    if not {MigrationRecorder.Migration._meta.db_table, *(model._meta.db_table for model in COUNTED_MODELS.values())} <= tables:
        raise BackupError("The database holds no Nightlight yet: there is nothing to back up.")
    rows = query(f'SELECT app, name FROM "{MigrationRecorder.Migration._meta.db_table}" ORDER BY id')  # noqa: S608  our own names
    slots = query(f'SELECT DISTINCT CAST(params AS TEXT) FROM "{KeySlot._meta.db_table}"')  # noqa: S608
    return Facts(
        migrations={str(app): str(name) for app, name in rows},
        counts={name: int(query(f'SELECT COUNT(*) FROM "{model._meta.db_table}"')[0][0]) for name, model in COUNTED_MODELS.items()},  # noqa: S608
        keys=tuple(sorted({str(json.loads(params)["key"]) for (params,) in slots})),
    )


def unknown_migrations(applied: dict[str, str]) -> list[str]:
    """Those of the last applied migrations (name by app) that this version of Nightlight does not have, as "app.name", sorted."""
    known = MigrationLoader(None).disk_migrations or {}
    return sorted(f"{app}.{name}" for app, name in applied.items() if (app, name) not in known)
