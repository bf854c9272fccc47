"""How fast a counselor's pages are with many clients: `python -m benchmarks.clients [CLIENTS] [ASSIGNMENTS]`.

200 clients have 50 assignments of 5 steps each, and half of the clients let the counselor see that they answered. The
installation is temporary. Queries and milliseconds (of the processor) are measured with Django's test client, without a
network. The figures are to be read: nothing is asserted.
"""

import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import timezone

from tests.installation import manage

CLIENTS = 200
ASSIGNMENTS = 50  # of each client
SETS = 60
STEPS = 5
ROUNDS = 20
GOALS = {"clients": "45 ms, better 30"}  # on two quiet cores


def fill(clients: int, assignments: int) -> None:
    """Within the installation: make a counselor with clients who were given sets and shared some pages."""
    from accounts.keys import keyring
    from accounts.models import Connection, User
    from common.ids import new_id
    from counselor.sessions import notes
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
        notes.save(counselor, connections[0], notes.Draft(new_id(), counselor.tonight(now), "Likes the rain."), now)


class Figures(NamedTuple):
    """What one page costs: queries, milliseconds within SQL and altogether, and kilobytes of HTML. `goal` is "" where none is set."""

    page: str
    queries: int
    sql: float
    milliseconds: float
    kilobytes: float
    goal: str = ""

    def __str__(self) -> str:
        line = f"{self.page:<26}{self.queries:>8}{self.sql:>9.1f}{self.milliseconds:>8.1f}{self.kilobytes:>7.0f}"
        return f"{line}   {self.goal}" if self.goal else line


HEADER = f"{'':<26}{'queries':>8}{'SQL ms':>9}{'ms':>8}{'kB':>7}   goal (medians of {ROUNDS})"


def measure_here() -> None:
    """Within the installation that `fill` has filled: print the figures of each page as a line of JSON."""
    from django.conf import settings
    from django.db import connection as database
    from django.test import Client

    from accounts.models import Connection
    from counselor.models import Workspace
    from prompts.models import Assignment

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
        "sets": "/prompts/sets/",
        "all that was given": "/prompts/assignments/",
        "what is running": "/prompts/assignments/?state=running",
        "one assignment": f"/prompts/assignments/{Assignment.objects.filter(connection=first)[0].pk}/",
        "to give a set": "/prompts/assignments/new/",
        "all that was shared": "/journal/shared/",
        "for comparison: health": "/healthz",
    }
    statements: list[tuple[str, Any]] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, *rest)

    def run() -> None:
        """The page's statements alone, with all their rows."""
        with database.cursor() as cursor:
            for statement in statements:
                cursor.execute(*statement)
                cursor.fetchall()

    for name, url in pages.items():
        response = client.get(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url}: {response.status_code}")
        statements.clear()
        with database.execute_wrapper(watch):
            client.get(url)
        in_sql, altogether = milliseconds(run), milliseconds(partial(client.get, url))
        print(json.dumps(Figures(name, len(statements), in_sql, altogether, len(response.content) / 1000, GOALS.get(name, ""))))


def milliseconds(call: Callable[[], object]) -> float:
    """The processor's time for one call: nothing is waited for here but the processor, and others may have it in between."""
    times = []
    for _round in range(ROUNDS):
        start = time.process_time()
        call()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def measure(clients: int = CLIENTS, assignments: int = ASSIGNMENTS) -> Iterator[Figures]:
    """The figures of each page, in an installation of its own that is made for them. The first is the page of all clients."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        for call in (f"fill({clients}, {assignments})", "measure_here()"):
            result = manage(data, "shell", "--verbosity", "0", "--command", f"from benchmarks import clients; clients.{call}")
            if result.returncode:
                raise RuntimeError(result.stderr)
            yield from (Figures(*json.loads(line)) for line in result.stdout.splitlines())


def main() -> None:
    print(HEADER)
    for figures in measure(*map(int, sys.argv[1:3])):
        print(figures)


if __name__ == "__main__":
    main()
