"""Copying all rows of one database into another, also of the other kind.

A column's value is read and written through its Django field, as every page does it, so both kinds of database mean the same by
it. What is sealed goes over as the bytes that it is: nothing is opened on the way, or sealed anew.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import dj_database_url
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model
from django.db.models.expressions import Col

from operations.backup.archive import BackupError

BATCH = 64  # rows in memory at a time: a part of a sealed file has half a megabyte

type Row = Sequence[object]
type Models = Sequence[type[Model]]


def column_of(field: "Field[object, object]") -> str:
    """The name of a concrete field's column."""
    return str(field.column)


class Source(Protocol):
    """Where rows come from."""

    def tables(self, models: Models) -> Iterator[tuple[type[Model], Iterator[Row]]]:
        """Each model with its rows: a value for each of its concrete fields, as that field's `from_db_value` returns it."""


class DatabaseSource:
    """The rows of a database that an open connection leads to, at one moment."""

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self.wrapper = wrapper

    def tables(self, models: Models) -> Iterator[tuple[type[Model], Iterator[Row]]]:
        for model in models:
            yield model, self._rows(model)

    def _rows(self, model: type[Model]) -> Iterator[Row]:
        ops, quote = self.wrapper.ops, self.wrapper.ops.quote_name
        columns = [field.get_col(model._meta.db_table) for field in model._meta.concrete_fields]
        converters = [(column, [*ops.get_db_converters(column), *column.get_db_converters(self.wrapper)]) for column in columns]
        names = ", ".join(quote(column_of(field)) for field in model._meta.concrete_fields)
        with self.wrapper.chunked_cursor() as cursor:
            cursor.execute(f"SELECT {names} FROM {quote(model._meta.db_table)}")  # noqa: S608  our own names
            while rows := cursor.fetchmany(BATCH):
                for row in rows:
                    yield [_converted(value, column, chain, self.wrapper) for value, (column, chain) in zip(row, converters, strict=True)]


def _converted(value: object, column: Col, converters: Sequence[Callable[..., object]], wrapper: BaseDatabaseWrapper) -> object:
    for convert in converters:
        value = convert(value, column, wrapper)
    return value


# --- The connections.


@contextlib.contextmanager
def redirected(config: dj_database_url.DBConfig) -> Iterator[BaseDatabaseWrapper]:
    """Within the block the default connection leads to another database. Yields a connection to the one it led to before."""
    source = connection.copy("source")
    before = connections.settings["default"]
    connection.close()
    try:
        connections.settings["default"] = connections.configure_settings({"default": dict(config)})["default"]
        del connections["default"]
        yield source
    finally:
        connection.close()
        source.close()
        connections.settings["default"] = before
        del connections["default"]


@contextlib.contextmanager
def opened(config: dj_database_url.DBConfig) -> Iterator[BaseDatabaseWrapper]:
    """One more connection, to a database of its own, closed with the block."""
    connections.settings["archive"] = connections.configure_settings({"default": dict(config)})["default"]
    try:
        yield connections["archive"]
    finally:
        connections["archive"].close()
        del connections["archive"]
        del connections.settings["archive"]


# --- Copying into the default connection's database.


def prepare(migrations: dict[str, str]) -> list[type[Model]]:
    """Bring the database to these migrations (the last one of each app), and return the models as they were then.

    The order is that of the apps. Tables that no model stands for (the cache's, that of the migrations) are not among them.
    """
    executor = MigrationExecutor(connection)
    targets = sorted(migrations.items())
    executor.migrate(targets)
    state = MigrationLoader(None).project_state(targets)
    return [model for model in state.apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]


def copy(source: Source, models: Models) -> dict[str, int]:
    """Replace all rows of these models, whole or not at all, and return how many each table has got.

    Constraints hold once all rows are there; sequences go on after the highest id. Raises `BackupError` where a row does not fit.
    """
    counts: dict[str, int] = dict.fromkeys((model._meta.db_table for model in models), 0)
    table = ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in counts:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608  what migrations put in
            for model, rows in source.tables(models):
                table = model._meta.db_table
                counts[table] = _insert(cursor, model, rows)
            for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
                cursor.execute(statement)
            table = "all tables together"
            connection.check_constraints()
    except DatabaseError as error:
        # Not the error's own words: they may quote the row.
        raise BackupError(f"Nothing was copied: the database does not take the rows of {table} ({type(error).__name__}).") from error
    return counts


def _insert(cursor: CursorWrapper, model: type[Model], rows: Iterator[Row]) -> int:
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    names = ", ".join(quote(column_of(field)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608  our own names
    count, batch = 0, list[Row]()

    def write() -> None:
        nonlocal count
        cursor.executemany(
            statement, [[field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)] for row in batch]
        )
        count += len(batch)
        batch.clear()

    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            write()
    if batch:
        write()
    return count


def row_counts(wrapper: BaseDatabaseWrapper, tables: Iterator[str] | Sequence[str]) -> dict[str, int]:
    """How many rows each of these tables has."""
    with wrapper.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {wrapper.ops.quote_name(table)}")  # noqa: S608  our own names
            counts[table] = int(cursor.fetchone()[0])
        return counts
