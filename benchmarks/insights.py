"""What the page of insights costs: `python -m benchmarks.insights`. Ten years of nights, and 10,000 of them.

The installation is temporary. Queries, and milliseconds of the processor, are measured with Django's test client, without a network.
Its goal is 300 ms and 8 queries for ten years, on two quiet cores; the figures are to be read, and nothing is asserted.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.installation import manage

NIGHTS = (3_650, 10_000)
ROUNDS = 7
CHILDREN = ("a" * 32, "b" * 32)


def measure_here(nights: int) -> None:
    """Within a prepared installation: make a journal of so many nights, and print what each range of insights costs."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.keys import keyring
    from accounts.models import Child, Children
    from journal.finding.insights.ranges import Range
    from prompts.models import Prompt
    from tests.factories import make_journal, make_user

    settings.ALLOWED_HOSTS.append("testserver")
    author = make_user(email=f"parent-{nights}@example.org")
    with keyring.cached():
        author.sealed_children = Children((Child(CHILDREN[0], "Ada"), Child(CHILDREN[1], "Bo")))
        author.save()
    about = [CHILDREN[:1], CHILDREN[1:], CHILDREN, ()]
    make_journal(author, nights, children=about, prompts=list(Prompt.objects.all()[:400]), repairs=["", "", "", "", "mended", "open"])
    client = Client()
    client.force_login(author)
    for asked in Range:
        url = f"/journal/insights/?range={asked.value}"
        size = len(client.get(url).content)  # which reads the library, too
        times = []
        for _round in range(ROUNDS):
            start = time.process_time()
            client.get(url)
            times.append((time.process_time() - start) * 1000)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        print(f"{nights:>7,} nights, {asked.value:<13}{statistics.median(times):>8.1f} ms{len(queries):>4} queries{size / 1000:>6.0f} kB")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        for nights in NIGHTS:
            command = f"from benchmarks import insights; insights.measure_here({nights})"
            result = manage(data, "shell", "--verbosity", "0", "--command", command)
            print(result.stdout or result.stderr, end="")
            if result.returncode:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
