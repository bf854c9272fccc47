"""How long it takes to read and open a whole journal: microseconds for a row, beside a bare cursor."""

import json
import statistics
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import goals, table
from tests.installation import manage

if TYPE_CHECKING:
    from journal.models import EntryContent

ROUNDS = 6
OWNER = "parent-0@example.org"  # of the long journal: benchmarks/journals.py
LABEL = "journal.entry.content"


def measure(data: Path) -> None:
    result = manage(data, "shell", "--verbosity", "0", "--no-imports", "--command", "from benchmarks import rows; rows.read()")
    if result.returncode:
        raise RuntimeError(result.stderr)
    figures = json.loads(result.stdout.splitlines()[-1])
    table.header(f"Reading and opening {figures['rows']:,} entries, in process")
    table.row(goals.ROW, figures["opened"])
    table.row(goals.BARE_ROW, figures["bare"])


def _has_text(content: "EntryContent") -> bool:
    return bool(content.text)


def read() -> None:
    """Within the installation: print the figures."""
    from django.db import connection

    from accounts.keys import keyring
    from accounts.keys.crypto import Binding
    from accounts.keys.padding import unpad
    from accounts.models import User
    from journal.models import Entry

    author = User.objects.get(email=OWNER)

    def opened() -> int:
        return sum(Entry.objects.by(author).opened(_has_text, "content", owner=author.pk))

    def bare() -> int:
        key, number = keyring.data_key(author.pk), 0
        query, parameters = Entry.objects.by(author).values_list("pk", "version", "content").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(query, parameters)
            for pk, version, sealed in cursor.fetchall():
                entry = pk if isinstance(pk, uuid.UUID) else uuid.UUID(pk)
                number += bool(json.loads(unpad(key.open(bytes(sealed), Binding(LABEL, entry, author.pk, version))))["text"])
        return number

    with keyring.cached():
        number = opened()
        times: dict[Callable[[], int], list[float]] = {opened: [], bare: []}
        for _round in range(ROUNDS):
            for way, taken in times.items():
                start = time.perf_counter()
                assert way() == number
                taken.append((time.perf_counter() - start) / number * 1_000_000)
    print(json.dumps({"rows": number, "opened": statistics.median(times[opened]), "bare": statistics.median(times[bare])}))
