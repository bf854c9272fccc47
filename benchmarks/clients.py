"""How fast a counselor's pages are with many clients: `python -m benchmarks.clients [CLIENTS] [ASSIGNMENTS]`.

200 clients have 50 assignments of 5 steps each, and half of the clients let the counselor see that they answered. The
installation is temporary. Queries and milliseconds are measured with Django's test client, without a network. The figures
are to be read: nothing is asserted.
"""

import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.installation import manage

SETS = 60
STEPS = 5
ROUNDS = 20


def fill(clients: int, assignments: int) -> None:
    """Within the installation: make a counselor with clients who were given sets and shared some pages."""
    from accounts.keys import keyring
    from accounts.models import Connection, User
    from counselor import notes
    from journal.models import Share, ShareContent
    from prompts.models import AssignedStep, Assignment, AssignmentContent, PromptSet, SetContent, StepContent
    from tests.factories import make_counselor

    now = timezone.now()
    tonight = now.date()
    counselor = make_counselor()
    with keyring.cached():
        steps = tuple((f"{n:032x}", "", "What was said at the door tonight, and what was left unsaid?", "") for n in range(STEPS))
        sets = PromptSet.objects.bulk_create(
            [
                PromptSet(author=counselor, content=SetContent(name=f"Set {n}", steps=steps), made_at=now, changed_at=now)
                for n in range(SETS)
            ]
        )
        parents = User.objects.bulk_create([User(email=f"parent{n}@example.org") for n in range(clients)])
        connections = Connection.objects.bulk_create(
            [
                Connection(counselor=counselor, parent=parent, parent_name=f"Parent {n}", sees_answered=n % 2 == 0, began_at=now)
                for n, parent in enumerate(parents)
            ]
        )
        for connection in connections:
            keyring.make_connection_key(connection.pk)
        keyring.prefetch([connection.pk for connection in connections])
        given = Assignment.objects.bulk_create(
            [
                Assignment(
                    connection=connection,
                    set=sets[(number + place) % SETS],
                    set_version=1,
                    sealed_content=AssignmentContent(name="A set"),
                    starts_on=tonight,
                    assigned_at=now - dt.timedelta(days=place),
                    paused=place % 9 == 0,
                )
                for number, connection in enumerate(connections)
                for place in range(assignments)
            ],
            batch_size=500,
        )
        AssignedStep.objects.bulk_create(
            [
                AssignedStep(
                    assignment=assignment,
                    connection=assignment.connection,
                    key=f"{position:032x}",
                    position=position,
                    sealed_content=StepContent(question="What was said?"),
                    answered_on=tonight - dt.timedelta(days=position) if number % 7 > position else None,
                    done_at=now if number % 7 > position else None,
                )
                for number, assignment in enumerate(given)
                for position in range(STEPS)
            ],
            batch_size=500,
        )
        shared = ShareContent(question="", text="We read two chapters.", html="", renderer=1)
        Share.objects.bulk_create(
            [
                Share(
                    connection=connection,
                    parent=connection.parent,
                    entry_version=1,
                    night=tonight - dt.timedelta(days=n),
                    content=shared,
                    shared_at=now,
                )
                for connection in connections[::3]
                for n in range(12)
            ],
            batch_size=500,
        )
        notes.save(counselor, connections[0], "Likes the rain.", "", now)


def measure() -> None:
    """Within the installation that `fill` has filled: print one line for each page."""
    from django.conf import settings
    from django.db import connection as database
    from django.test import Client

    from accounts.models import Connection
    from counselor.models import Workspace

    settings.ALLOWED_HOSTS.append("testserver")
    first = Connection.objects.order_by("pk")[0]
    client = Client()
    client.force_login(Workspace.objects.get().counselor)
    pages = {
        "clients": "/accounts/clients/",
        "clients, second page": "/accounts/clients/?page=2",
        "clients, searched": "/accounts/clients/?q=parent 1",
        "clients, waiting": "/accounts/clients/?show=waiting",
        "one client": f"/accounts/clients/{first.pk}/",
        "groups": "/accounts/groups/",
        "for comparison: health": "/healthz",
    }
    queries: list[float] = []

    def watch(execute: Callable[..., Any], *statement: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            queries.append(time.perf_counter() - start)

    print(f"{'':<24}{'queries':>8}{'SQL ms':>9}{'ms':>8}{'kB':>7}   (medians of {ROUNDS})")
    for name, url in pages.items():
        response = client.get(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url}: {response.status_code}")
        queries.clear()
        with database.execute_wrapper(watch):
            client.get(url)
        times = []
        for _round in range(ROUNDS):
            start = time.perf_counter()
            client.get(url)
            times.append((time.perf_counter() - start) * 1000)
        milliseconds, kilobytes = statistics.median(times), len(response.content) / 1000
        print(f"{name:<24}{len(queries):>8}{sum(queries) * 1000:>9.0f}{milliseconds:>8.1f}{kilobytes:>7.0f}")


def main() -> None:
    clients, assignments = (int(sys.argv[n]) if len(sys.argv) > n else default for n, default in ((1, 200), (2, 50)))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        for call in (f"fill({clients}, {assignments})", "measure()"):
            result = manage(data, "shell", "--verbosity", "0", "--command", f"from benchmarks import clients; clients.{call}")
            if result.returncode:
                raise RuntimeError(result.stderr)
            print(result.stdout, end="")


if __name__ == "__main__":
    main()
