"""Erasing what is left of destroyed keys: a wrapped key that is gone from its table may still lie in the database's files.

On SQLite, in the write-ahead log until that is truncated, and as a copy in pages that rows were moved out of, which
`secure_delete` does not overwrite. On PostgreSQL, in dead rows until the table is rewritten; its write-ahead log, archives of
that and replicas are beyond this process (docs/keys.md). Backups from before hold such keys on either.
"""

import logging

from django.db import DatabaseError, connection, transaction

from accounts.keys.slots import KeySlot

logger = logging.getLogger("nightlight.keys")

WAIT = 250  # milliseconds for others who use the database: nobody's page should wait longer for this


def erase_on_commit() -> None:
    """Empty SQLite's write-ahead log once the transaction under way is committed. Call after destroying a key."""
    if connection.vendor == "sqlite":
        transaction.on_commit(_truncate_log)


def _truncate_log() -> bool:
    """Whether the log is empty now; not while another process reads from it. Never raises: the clock tries again."""
    try:
        with connection.cursor() as cursor:
            [usual_wait] = cursor.execute("PRAGMA busy_timeout").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {WAIT}")
            try:
                [is_busy, *_pages] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {usual_wait}")
    except DatabaseError:
        return False
    return not is_busy


type _Slots = frozenset[tuple[object, str]]
_seen: dict[str, _Slots] = {}  # by database, what this process saw when it rewrote the slots last


def erase() -> None:
    """Erase what is left of every key that was destroyed since the last time. Takes no time where there is nothing. Idempotent.

    Raises a DatabaseError where others use the database just now; try again later.
    """
    name = str(connection.settings_dict["NAME"])
    slots = frozenset((pk, params["key"]) for pk, params in KeySlot.objects.values_list("pk", "params").iterator())
    seen = _seen.get(name)
    if seen is None or not seen <= slots:
        _rewrite_slots()
        _seen[name] = slots
    if connection.vendor == "sqlite" and not _truncate_log():
        logger.warning("The write-ahead log could not be emptied, since another process reads from it.")


def _rewrite_slots() -> None:
    """Write the table of slots anew, so that nothing of former rows is left in its pages."""
    table = connection.ops.quote_name(KeySlot._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET lock_timeout = %s", [WAIT])
            try:
                cursor.execute(f"VACUUM (FULL) {table}")
            finally:
                cursor.execute("RESET lock_timeout")
            return
        with transaction.atomic():
            cursor.execute(f"CREATE TEMPORARY TABLE kept_slots AS SELECT * FROM {table} ORDER BY rowid")  # noqa: S608  our own name
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  all pages are freed, and overwritten
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_slots")  # noqa: S608
            cursor.execute("DROP TABLE kept_slots")
