"""Erasing what is left of destroyed keys: a wrapped key that is gone from its table may still lie in the database's files.

On SQLite, in the write-ahead log until that is truncated, and as a copy in pages that rows were moved out of, which
`secure_delete` does not overwrite. On PostgreSQL, in dead rows until the table is rewritten; its write-ahead log, archives of
that and replicas are beyond this process (docs/keys.md). Backups from before hold such keys on either.
"""

import logging

from django.db import DatabaseError, OperationalError, connection, transaction

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


type _State = tuple[frozenset[tuple[object, str]], int]
_seen: dict[str, _State] = {}  # by database, what this process saw when it rewrote the slots last


def erase() -> None:
    """Erase what is left of every key that was destroyed since the last time. Takes no time where there is nothing. Idempotent.

    Raises a DatabaseError where others use the database just now; try again later.
    """
    name = str(connection.settings_dict["NAME"])
    changes = _changes()
    slots = frozenset((pk, params["key"]) for pk, params in KeySlot.objects.values_list("pk", "params").iterator())
    seen_slots, seen_changes = _seen.get(name, (None, None))
    if seen_slots is None or not seen_slots <= slots or seen_changes != changes:
        _rewrite_slots(len(slots))
        _seen[name] = slots, changes
    if connection.vendor == "sqlite" and not _truncate_log():
        logger.warning("The write-ahead log could not be emptied, since another process reads from it.")


def _changes() -> int:
    """How many rows of the table of slots PostgreSQL has counted as changed or deleted, some seconds late and from 0 after a crash.

    0 on SQLite, where the log is emptied at once, and `secure_delete` overwrites a slot that came and went between two looks.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_tup_upd + n_tup_del FROM pg_stat_all_tables WHERE relid = %s::regclass", [KeySlot._meta.db_table])
        row = cursor.fetchone()
        return int(row[0]) if row and row[0] is not None else 0


def _rewrite_slots(count: int) -> None:
    """Write the table of slots anew, so that nothing of former rows is left in its pages. `count` of them were there just before."""
    table = connection.ops.quote_name(KeySlot._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET lock_timeout = %s", [WAIT])
            try:
                cursor.execute(f"VACUUM (FULL) {table}")
            finally:
                cursor.execute("RESET lock_timeout")
            # It keeps dead rows too that an older transaction, of any database of the server, might still see; the new index counts
            # them. `TRUNCATE` keeps none, but a dump that began just before would then hold no key at all.
            cursor.execute(
                "SELECT reltuples FROM pg_class JOIN pg_index ON indexrelid = oid WHERE indrelid = %s::regclass AND indisprimary",
                [KeySlot._meta.db_table],
            )
            if cursor.fetchone()[0] > count:
                raise OperationalError("an older transaction keeps destroyed keys in their table")
            return
        with transaction.atomic():
            cursor.execute(f"CREATE TEMPORARY TABLE kept_slots AS SELECT * FROM {table} ORDER BY rowid")  # noqa: S608  our own name
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  all pages are freed, and overwritten
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_slots")  # noqa: S608
            cursor.execute("DROP TABLE kept_slots")
