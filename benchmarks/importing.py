"""How much work an import of another journal is: `python -m benchmarks.importing`. A Day One file, made here.

CPU time of this process for reading, looking up and storing, without a network; and the memory that each page more takes: 16 bytes of
it, by which the same page is known when it comes again. A page is two rows: its own, and where it comes from.
"""

import datetime as dt
import io
import json
import sys
import tempfile
import time
import tracemalloc
import uuid
import zipfile
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import goals, table
from tests.installation import manage

ENTRIES = 10_000
ROUNDS = 3
TEXT_LENGTH = 500  # characters of an entry
SHORT, LONG = 2_000, 4_000  # pages of which memory is compared


def measure(data: Path, entries: int = ENTRIES) -> None:
    """In an installation that is prepared."""
    call = f"from benchmarks import importing; importing.run({entries})"
    result = manage(data, "shell", "--verbosity", "0", "--no-imports", "--command", call)
    if result.returncode:
        raise RuntimeError(result.stderr)
    figures = json.loads(result.stdout.splitlines()[-1])
    table.header(f"An import of {entries:,} entries of another journal (CPU time, in process)")
    table.row(goals.IMPORT, figures["rows"])
    table.row(goals.IMPORT_MEMORY, figures["memory"])
    print("  of each entry " + ", ".join(f"{name} {figures[name] / entries * 1e6:.0f} µs" for name in ("reading", "looking up", "storing")))


class Taken(NamedTuple):
    """What an import took. `rows`: that it stored."""

    rows: int
    seconds: dict[str, float]
    peak: int  # bytes, where memory was traced

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def run(entries: int) -> None:
    """Within the installation: print the figures."""
    best = min((_taken(entries) for _ in range(ROUNDS)), key=lambda taken: taken.total)
    memory = (_taken(LONG, traced=True).peak - _taken(SHORT, traced=True).peak) / (LONG - SHORT) / 1_000
    print(json.dumps({"rows": best.rows / best.total, "memory": memory, **best.seconds}))


def _taken(entries: int, *, traced: bool = False) -> Taken:
    """Take in a file of so many entries, as somebody who has none."""
    from django.utils import timezone

    from accounts.keys import keyring
    from accounts.models import User
    from benchmarks.journals import SENTENCES
    from journal.exchange.formats import Incoming
    from journal.exchange.importing import taking, uploads
    from journal.exchange.importing.known import Known
    from journal.exchange.importing.opening import opened
    from journal.exchange.importing.storing import Stored, store
    from journal.models import Entry, Import, ImportSummary, Origin

    owner = User.objects.create_user(email=f"{uuid.uuid4()}@example.org", time_zone="Europe/Madrid")
    seconds = {"reading": 0.0, "looking up": 0.0, "storing": 0.0}
    with keyring.cached():
        file = uploads.whole(owner, "journal.zip", _day_one(entries, "".join(SENTENCES * 2)[:TEXT_LENGTH]))
        batch = Import.objects.create(author=owner, source="day-one", created_at=timezone.now(), summary=ImportSummary())
        if traced:
            tracemalloc.start()
        with opened(owner, file) as source:
            assert source.reader is not None
            known, stored = Known(owner, source.name), Stored()
            rows = source.reader.read(source.source)
            while True:
                begun = time.process_time()
                some = [each for each in islice(rows, taking.AT_ONCE) if isinstance(each, Incoming)]
                read = time.process_time()
                for each in some:
                    assert each not in known
                    known.add(each)
                looked_up = time.process_time()
                store(owner, batch, some, stored)
                seconds["storing"] += time.process_time() - looked_up
                seconds["looking up"] += looked_up - read
                seconds["reading"] += read - begun
                if not some:
                    break
        peak = tracemalloc.get_traced_memory()[1] if traced else 0
        tracemalloc.stop()
    assert stored.pages == entries
    return Taken(Entry.objects.by(owner).count() + Origin.objects.filter(batch=batch).count(), seconds, peak)


def _day_one(entries: int, text: str) -> bytes:
    first = dt.datetime(1990, 1, 1, 20, tzinfo=dt.UTC)
    rows = [
        {
            "uuid": f"{number:032X}",
            "creationDate": f"{first + dt.timedelta(days=number):%Y-%m-%dT%H:%M:%SZ}",
            "timeZone": "Europe/Madrid",
            "text": f"Night {number}. {text}",
            "tags": ["home"],
        }
        for number in range(entries)
    ]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Journal.json", json.dumps({"metadata": {"version": "1.0"}, "entries": rows}))
    return target.getvalue()


def main() -> int:
    print(table.machine())
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        prepared = manage(data, "prepare")
        if prepared.returncode:
            raise RuntimeError(prepared.stderr)
        measure(data, int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
