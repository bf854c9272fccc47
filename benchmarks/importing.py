"""What an import costs: `python -m benchmarks.importing [entries]`. A Day One file of 10,000 entries, and one of a tenth of that.

The installation is temporary. Measured are seconds of the processor for reading, looking up and storing, without a network, and how much
memory grows meanwhile. The goal is 10,000 rows a second, and memory that does not grow with the file; nothing is asserted.
"""

import datetime as dt
import io
import json
import resource
import sys
import tempfile
import time
import zipfile
from itertools import islice
from pathlib import Path

from tests.installation import manage

ENTRIES = 10_000
TEXT_LENGTH = 500  # characters of an entry


def measure_here(entries: int) -> None:
    """Within a prepared installation: take in a file of so many entries, and print what it costs."""
    from django.utils import timezone

    from accounts.keys import keyring
    from benchmarks.journals import SENTENCES
    from journal.exchange.formats import Incoming
    from journal.exchange.importing import taking, uploads
    from journal.exchange.importing.known import Known
    from journal.exchange.importing.opening import opened
    from journal.exchange.importing.storing import Stored, store
    from journal.models import Import, ImportSummary
    from tests.factories import make_user

    owner = make_user(email=f"parent-{entries}@example.org", time_zone="Europe/Madrid")
    spent = {"reading": 0.0, "looking up": 0.0, "storing": 0.0}
    with keyring.cached():
        file = uploads.whole(owner, "journal.zip", _day_one(entries, "".join(SENTENCES * 2)[:TEXT_LENGTH]))
        batch = Import.objects.create(author=owner, source="day-one", created_at=timezone.now(), summary=ImportSummary())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with opened(owner, file) as source:
            assert source.reader is not None
            known, stored, some = Known(owner, source.name), Stored(), list[Incoming]()
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
                spent["storing"] += time.process_time() - looked_up
                spent["looking up"] += looked_up - read
                spent["reading"] += read - begun
                if not some:
                    break
    total = sum(spent.values())
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    parts = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in spent.items())
    print(f"{stored.pages:>7,} entries: {total:.2f} s ({parts}), {stored.pages / total:,.0f} rows a second, memory grew by {grown:.0f} MiB")


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
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        call = "from benchmarks import importing; " + "; ".join(f"importing.measure_here({size})" for size in (entries // 10, entries))
        measured = manage(data, "shell", "--verbosity", "0", "--no-imports", "--command", call)
    print(measured.stdout or measured.stderr)
    return measured.returncode


if __name__ == "__main__":
    sys.exit(main())
