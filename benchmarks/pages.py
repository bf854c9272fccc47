"""How fast the main pages are, on the real server: `make bench`.

One client on one connection reads one person's journal of N entries (`make bench ARGS="10000"`). Every figure is printed
beside that of the health page, which uses neither database nor template and is measured in turn with it. The figures are
to be read: nothing is asserted.
"""

import datetime as dt
import http.client
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from django.utils import timezone

from tests.installation import Visitor, manage, running

ROUNDS = 5
REQUESTS = 60


def fill(entries: int) -> None:
    """Within the installation: make so many entries of the one person in it."""
    from django.db import transaction

    from accounts.keys import keyring
    from accounts.models import User
    from journal.models import Entry
    from tests.factories import make_entry

    person = User.objects.get()
    text = ("We read two chapters and the rain kept on; nobody wanted to be the first to sleep. " * 25)[:2000]
    tonight = person.tonight(timezone.now())
    with keyring.cached(), transaction.atomic():
        for number in range(entries):
            make_entry(person, kind=Entry.Kind.FREE, night=tonight - dt.timedelta(days=number % 3650 + 1), text=text, feeling="even")


class Connection:
    """One kept-alive connection that sends a signed-in person's cookies."""

    def __init__(self, visitor: Visitor) -> None:
        self.connection = http.client.HTTPConnection(visitor.site.removeprefix("http://"))
        self.headers = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)}

    def send(self, method: str, path: str, body: str | None = None, **headers: str) -> bytes:
        self.connection.request(method, path, body, {**self.headers, **headers})
        response = self.connection.getresponse()
        content = response.read()
        if response.status not in (200, 302):
            raise RuntimeError(f"{method} {path}: {response.status}")
        return content


def milliseconds(call: Callable[[], object]) -> float:
    """How long one call takes, on average."""
    start = time.perf_counter()
    for _ in range(REQUESTS):
        call()
    return (time.perf_counter() - start) / REQUESTS * 1000


def measure(connection: Connection, visitor: Visitor) -> None:
    newest = visitor.get("/journal/").split('href="/journal/')[3].split('"')[0]
    fields = visitor.fields("/journal/new/")
    night = visitor.fields("/tonight/")["night"]
    numbers = itertools.count(1)

    def save() -> bytes:
        seq = next(numbers)
        body = urlencode(
            {
                **fields,
                "night": night,
                "seq": seq,
                "base": max(seq - 1, 0),
                "text": f"Save {seq}. " + "A word or two. " * 120,
                "feeling": "",
            }
        )
        return connection.send(
            "POST", "/journal/new/", body, Accept="application/json", **{"Content-Type": "application/x-www-form-urlencoded"}
        )

    pages: dict[str, Callable[[], object]] = {
        "tonight": lambda: connection.send("GET", "/tonight/"),
        "timeline": lambda: connection.send("GET", "/journal/"),
        "questions": lambda: connection.send("GET", "/prompts/"),
        "a path": lambda: connection.send("GET", "/prompts/paths/mending/"),
        "an entry": lambda: connection.send("GET", f"/journal/{newest}"),
        "a save while typing": save,
    }

    def health() -> bytes:
        return connection.send("GET", "/healthz")

    print(f"{'':<22}{'ms':>8}{'health ms':>15}{'ratio':>8}   (medians of {ROUNDS} rounds of {REQUESTS}, taken in turn)")
    for name, call in pages.items():
        call()
        times = [(milliseconds(call), milliseconds(health)) for _ in range(ROUNDS)]
        call_time, health_time = (statistics.median(column) for column in zip(*times, strict=True))
        ratio = statistics.median(of_call / of_health for of_call, of_health in times)
        print(f"{name:<22}{call_time:>8.2f}{health_time:>15.2f}{ratio:>8.1f}")


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        start = time.perf_counter()
        with running(data, NIGHTLIGHT_WORKERS="2") as (visitor, _log):
            print(f"start to first answer: {time.perf_counter() - start:.2f} s, {os.cpu_count()} cores")
            visitor.send("/accounts/signup/", email="bench@example.org", password1="a lamp, a page, a pen")
            start = time.perf_counter()
            filled = manage(data, "shell", "--verbosity", "0", "--command", f"from benchmarks import pages; pages.fill({entries})")
            if filled.returncode:
                raise RuntimeError(filled.stderr)
            print(f"{entries} entries of 2,000 characters saved in {time.perf_counter() - start:.1f} s")
            measure(Connection(visitor), visitor)


if __name__ == "__main__":
    main()
