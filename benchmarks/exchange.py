"""How much work it is to take a journal away, and to bring it back: `python -m benchmarks.exchange`.

CPU time of this process, and the memory that each page more takes: what names it in the ZIP file’s table of contents, and no text.
"""

import io
import json
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

from benchmarks import goals, table
from tests.installation import manage

ENTRIES = 10_000
ROUNDS = 3
OWNER = "parent-0@example.org"  # of the long journal: benchmarks/journals.py
SHORT, LONG = 2_000, 4_000  # pages of which memory is compared


def measure(data: Path, entries: int = ENTRIES) -> None:
    """In an installation that benchmarks/journals.py has filled."""
    call = "from benchmarks import exchange; exchange.run()"
    result = manage(data, "shell", "--verbosity", "0", "--no-imports", "--command", call)
    if result.returncode:
        raise RuntimeError(result.stderr)
    figures = json.loads(result.stdout.splitlines()[-1])
    table.header(f"An export of {entries:,} entries, and taking it in again (CPU time, in process)")
    table.row(goals.EXPORT, figures["export"])
    table.row(goals.EXPORT_MEMORY, figures["memory"])
    table.row(goals.RESTORE, figures["restore"])


class _Counter(io.RawIOBase):
    """Takes whatever is written."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return len(memoryview(data))  # type: ignore[arg-type]


def run() -> None:
    """Within the installation: print the figures."""
    from accounts.keys import keyring
    from accounts.models import User
    from accounts.people import as_read_by
    from journal.exchange.choosing import Choice
    from journal.exchange.formats.reading.archives import Archive
    from journal.exchange.nightlight import archive, restore

    owner = User.objects.get(email=OWNER)
    whole = archive.Part.of(owner, Choice())

    def export(part: archive.Part, target: io.RawIOBase | io.BytesIO) -> float:
        start = time.process_time()
        with keyring.cached(), as_read_by(owner):
            archive.write(owner, part, target, lambda: None)
        return time.process_time() - start

    def memory(number: int) -> int:
        tracemalloc.start()
        export(whole._replace(ids=whole.ids[:number]), _Counter())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    exported = min(export(whole, _Counter()) for _ in range(ROUNDS))
    file = io.BytesIO()
    export(whole, file)
    other = User.objects.create_user(email="brought@example.org")
    opened = Archive.read(file)
    assert opened is not None
    start = time.process_time()
    with keyring.cached(), as_read_by(other):
        counts = restore.restore(User.objects.get(pk=other.pk), opened, lambda _count: None).counts
    restored = time.process_time() - start
    assert counts["pages"] == len(whole.ids)
    print(json.dumps({"export": exported, "memory": (memory(LONG) - memory(SHORT)) / (LONG - SHORT) / 1_000, "restore": restored}))


def main() -> int:
    from benchmarks import journals

    print(table.machine())
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        prepared = manage(data, "prepare")
        if prepared.returncode:
            raise RuntimeError(prepared.stderr)
        journals.make(data, ENTRIES)
        measure(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
