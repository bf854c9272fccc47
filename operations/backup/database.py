"""What the two databases have in common: what an archive tells of them, and what it leaves out."""

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

COUNTED = {"people": User, "entries": Entry, "revisions": Revision, "key_slots": KeySlot}

Ask = Callable[[str], Sequence[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one moment of a database tells of itself. None of it was written by a person."""

    migrations: dict[str, str]
    counts: dict[str, int]
    keys: tuple[str, ...]


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def sqlite_file() -> Path:
    """The database's file, there or not. Raises `BackupError` for a database in memory."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise BackupError("The database is kept in memory: there is no file to back up, or to restore into.")
    return Path(name)


def left_out() -> list[str]:
    """Tables that stay empty in an archive: whoever holds one must not be signed in by it."""
    return [Session._meta.db_table, UserSession._meta.db_table, settings.CACHES["default"]["LOCATION"]]


def facts(ask: Ask, tables: set[str]) -> Facts:
    """Raises `BackupError` where the database holds no Nightlight."""
    if not {MigrationRecorder.Migration._meta.db_table, *(model._meta.db_table for model in COUNTED.values())} <= tables:
        raise BackupError("The database holds no Nightlight yet: there is nothing to back up.")
    rows = ask(f'SELECT app, name FROM "{MigrationRecorder.Migration._meta.db_table}" ORDER BY id')  # noqa: S608  names of ours
    slots = ask(f'SELECT DISTINCT CAST(params AS TEXT) FROM "{KeySlot._meta.db_table}"')  # noqa: S608
    return Facts(
        migrations={str(app): str(name) for app, name in rows},
        counts={name: int(ask(f'SELECT COUNT(*) FROM "{model._meta.db_table}"')[0][0]) for name, model in COUNTED.items()},  # noqa: S608
        keys=tuple(sorted({str(json.loads(params)["key"]) for (params,) in slots})),
    )


def unknown_migrations(applied: dict[str, str]) -> list[str]:
    """Those among the last applied migrations of each app that this Nightlight has never heard of."""
    known = MigrationLoader(None).disk_migrations or {}
    return sorted(f"{app}.{name}" for app, name in applied.items() if (app, name) not in known)
