"""Moving a stopped site to another database: all rows are copied, counted and opened there, and nothing is taken away here."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import dj_database_url
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from accounts import key_audit
from accounts.keys import keyring
from accounts.keys.crypto import KeyringError
from accounts.keys.installation import decrypt_secret
from accounts.keys.sealing import SealedField
from accounts.models import User
from common.database import address
from journal.models import Entry
from operations.backup import copying, creation, database, sqlite
from operations.backup.archive import BackupError

CHUNK = 20  # rows whose sealed values are in memory at once


@dataclass(frozen=True, slots=True)
class Opened:
    """How many sealed values and key slots were tried, and how many of them do not open."""

    values: int
    slots: int
    failed: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied: rows by table, and what of them was opened at the target."""

    counts: Mapping[str, int]
    opened: Opened


# --- What stops it.


def _refuse_running(wrapper: BaseDatabaseWrapper) -> None:
    """Raises `BackupError` where another process uses this site's database."""
    if wrapper.vendor == "sqlite":
        path = database.sqlite_file()
        if not path.exists():
            raise BackupError(f"There is no database at {path}: there is nothing to copy.")
        wrapper.close()
        sqlite.refuse_in_use(path)
        return
    with wrapper.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if others := cursor.fetchone()[0]:
            raise BackupError(f"{others} other connections use this site’s database. Stop the site, and what else reads it, and try again.")


def _migrations() -> dict[str, str]:
    """The last migration of each app. Raises `BackupError` unless the database is this version's."""
    executor = MigrationExecutor(connection)
    if database.unknown_migrations(applied := _applied()):
        raise BackupError("The database was prepared by a newer Nightlight than this one. Copy it with that one.")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupError("The database is not up to date with this Nightlight. Run manage.py prepare first, then copy.")
    return applied


def _applied() -> dict[str, str]:
    return dict(MigrationRecorder.Migration.objects.order_by("pk").values_list("app", "name"))


def refuse_used_target() -> None:
    """Raises `BackupError` unless the default connection's database is empty, or was prepared by this version and has no people."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    own = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    own |= {MigrationRecorder.Migration._meta.db_table, str(settings.CACHES["default"]["LOCATION"])}
    if others := tables - own:
        raise BackupError(f"The target has tables that are not Nightlight’s ({min(others)}). Name an empty database: createdb makes one.")
    if any(model._meta.db_table in tables and model.objects.exists() for model in (User, Entry)):
        raise BackupError("There are people in the target already, and nobody’s pages are overwritten. Name an empty database.")
    if MigrationRecorder.Migration._meta.db_table in tables and database.unknown_migrations(_applied()):
        raise BackupError("The target was prepared by a newer Nightlight. Name an empty database: createdb makes one.")


# --- Opening.


def open_everything() -> Opened:
    """Open every sealed value and every key slot of the default connection's database; nothing of them is kept."""
    values = failed = 0
    with keyring.cached():
        for model in apps.get_models():
            names = [field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)]
            if not names:
                continue
            for row in model._base_manager.order_by("pk").iterator(chunk_size=CHUNK):
                for name in names:
                    try:
                        values += getattr(row, name) is not None
                    except KeyringError:
                        values, failed = values + 1, failed + 1
        for data in Authenticator.objects.values_list("data", flat=True).iterator():
            for secret in (data[name] for name in ("secret", "seed") if name in data):
                values += 1
                try:
                    decrypt_secret(secret)
                except KeyringError:
                    failed += 1
    slots = key_audit.verify()
    return Opened(values, slots.total, failed + slots.failed)


# --- Copying.


@contextlib.contextmanager
def _transaction(source: BaseDatabaseWrapper) -> Iterator[None]:
    """While the block runs nobody else writes to the source, and it is read as of one moment. It is not written to either."""
    source.ensure_connection()
    with source.cursor() as cursor:
        if source.vendor == "postgresql":
            source.set_autocommit(False)
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            tables = ", ".join(source.ops.quote_name(model._meta.db_table) for model in apps.get_models(include_auto_created=True))
            cursor.execute(f"LOCK TABLE {tables} IN SHARE MODE")
        else:
            cursor.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        if source.vendor == "postgresql":
            source.rollback()
            source.set_autocommit(True)
        else:
            with source.cursor() as cursor:
                cursor.execute("ROLLBACK")


def _fill(source: BaseDatabaseWrapper, migrations: dict[str, str]) -> dict[str, int]:
    """Prepare the default connection's database, copy all rows into it, and compare how many there are."""
    refuse_used_target()
    models = copying.prepare(migrations)
    call_command("createcachetable", verbosity=0)
    with _transaction(source):
        copying.copy(copying.DatabaseSource(source), models)
        tables = [model._meta.db_table for model in models]
        here, there = copying.row_counts(source, tables), copying.row_counts(connection, tables)
    if differing := sorted(table for table in tables if here[table] != there[table]):
        raise BackupError(f"The target has not as many rows of {differing[0]} as there are here. Do not use it; try again in an empty one.")
    return there


def move(target: str) -> Moved:
    """Copy this stopped site into the database that `target` is the address of: postgres://…, or the path of a new SQLite file.

    Files and keys stay where they are, and the source stays as it was. Raises `BackupError`, `KeyringError`, OSError or a
    DatabaseError; whatever it is, no half of a site is at the target.
    """
    if not target:
        raise BackupError("No target was named: postgres://user:password@host:5432/name, or the path of a new file.")
    with creation.folder_lock(settings.DATA_DIR, wait=False) as locked:
        if not locked:
            raise BackupError("A backup, a restore or a start is at work in the data folder. Wait until it has ended.")
        _refuse_running(connection)
        migrations = _migrations()
        if target.startswith(("postgres:", "postgresql:")):
            return _move_to_server(target, migrations)
        return _move_to_file(Path(target.removeprefix("sqlite:///")).expanduser().absolute(), migrations)


def _move_to_server(target: str, migrations: dict[str, str]) -> Moved:
    try:
        config = address.parse(target)
    except address.BadAddress as error:
        raise BackupError("The target is no database’s address: postgres://user:password@host:5432/name, signs escaped with %.") from error
    if connection.vendor == "postgresql" and _is_same(config):
        raise BackupError("The target is the database that this site uses.")
    with copying.redirected(config) as source:
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            raise BackupError("The target cannot be reached: is it running, and are user, password and name right?") from error
        return Moved(_fill(source, migrations), open_everything())


def _is_same(config: dj_database_url.DBConfig) -> bool:
    return all(str(config.get(name) or "") == str(connection.settings_dict.get(name) or "") for name in ("HOST", "PORT", "NAME"))


def _move_to_file(path: Path, migrations: dict[str, str]) -> Moved:
    if path.exists():
        raise BackupError(f"{path} is there already, and nothing is overwritten. Name another file.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with creation.work_folder(path.parent) as work:
        partial = work / path.name
        with copying.redirected(address.of_file(str(partial))) as source:
            moved = Moved(_fill(source, migrations), open_everything())
        partial.chmod(0o600)
        # The last connection that closes takes the log into the file.
        descriptor = os.open(partial, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        partial.replace(path)
    return moved
