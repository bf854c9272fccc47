"""Opened indexes, kept in this process's memory for some seconds, so that they are not opened again with each letter typed.

Only those of one person, that of the last search, and none that are larger than `KEEP_BYTES` together.
"""

import threading
import time
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from journal.finding.index.table import Index

KEEP_SECONDS = 10.0
KEEP_BYTES = 128 << 20


class Opened(NamedTuple):
    """An index as it was stored as this revision."""

    pk: uuid.UUID
    revision: int
    table: Index


class _Memory:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._author: uuid.UUID | None = None
        self._opened: list[Opened] = []
        self._until = 0.0
        self._watch: threading.Thread | None = None

    def take(self, author: uuid.UUID) -> list[Opened]:
        """What is kept for this person, whose caller it belongs to from now on; anybody else's is closed."""
        with self._lock:
            kept, owner, self._opened = self._opened, self._author, []
        if owner == author:
            return kept
        close(kept)
        return []

    def put(self, author: uuid.UUID, opened: list[Opened]) -> None:
        """Keep these for a while in place of what is kept, or close them where they are too large."""
        with self._lock:
            before, self._opened = self._opened, []
            if opened and sum(each.table.size for each in opened) <= KEEP_BYTES:
                self._author, self._opened, opened = author, opened, []
                self._until = time.monotonic() + KEEP_SECONDS
                if self._watch is None:
                    self._watch = threading.Thread(target=self._clear_in_time, daemon=True)
                    self._watch.start()
        close([*before, *opened])

    def clear(self) -> None:
        """Close what is kept."""
        with self._lock:
            kept, self._opened = self._opened, []
        close(kept)

    def _clear_in_time(self) -> None:
        """Close what is kept when its time has come. One thread does it for all that is put meanwhile: to start one takes as long as
        a search.
        """
        while True:
            with self._lock:
                left = self._until - time.monotonic()
                if left <= 0:
                    kept, self._opened, self._watch = self._opened, [], None
                    break
            time.sleep(left)
        close(kept)


def close(opened: Iterable[Opened]) -> None:
    for each in opened:
        each.table.close()


_memory = _Memory()
take, put, clear = _memory.take, _memory.put, _memory.clear
