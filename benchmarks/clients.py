"""How fast a counselor's clients page is with many clients: `python -m benchmarks.clients [CLIENTS] [ASSIGNMENTS]`.

200 clients with 50 assignments of 5 steps each, half of whom let the counselor see that they answered; the installation is
a folder of its own. Queries are counted, and milliseconds taken, on the server's own code without a network.
Nothing here is a test: figures are to be read, not asserted.
"""

import sys
import tempfile
from pathlib import Path

from tests.installation import manage

SETS = 60
STEPS = 5
ROUNDS = 20

FILL = """
import datetime as dt
import statistics
import time
from django.conf import settings
from django.db import connection as database
from django.test import Client
from django.utils import timezone
from accounts import keyring, notes, connections
from accounts.models import Connection, User
from journal.models import Share, SharedWords
from prompts.models import AssignedStep, AssignedWords, Assignment, PromptSet, SetWords, StepWords

settings.ALLOWED_HOSTS.append("testserver")
now = timezone.now()
tonight = now.date()
counselor = User.objects.create_user(email="counselor@example.org", password=None)
connections.open_workspace(counselor, name="Ines Holm", practice="", line="", now=now)
begun = time.perf_counter()
with keyring.held():
    steps = tuple((f"{{n:032x}}", "", "What was said at the door tonight, and what was left unsaid?", "") for n in range({steps}))
    sets = PromptSet.objects.bulk_create(
        [PromptSet(author=counselor, words=SetWords(name=f"Set {{n}}", steps=steps), made_at=now, changed_at=now) for n in range({sets})]
    )
    people = User.objects.bulk_create([User(email=f"parent{{n}}@example.org") for n in range({clients})])
    them = Connection.objects.bulk_create(
        [
            Connection(counselor=counselor, parent=person, parent_name=f"Parent {{n}}", sees_answered=n % 2 == 0, began_at=now)
            for n, person in enumerate(people)
        ]
    )
    for connection in them:
        keyring.make_connection_key(connection.pk)
    keyring.open_together([connection.pk for connection in them])
    given = Assignment.objects.bulk_create(
        [
            Assignment(
                connection=connection, set=sets[(n + m) % {sets}], set_version=1, words=AssignedWords(name="A set"), starts_on=tonight,
                assigned_at=now - dt.timedelta(days=m), paused=m % 9 == 0,
            )
            for n, connection in enumerate(them) for m in range({assignments})
        ],
        batch_size=500,
    )
    AssignedStep.objects.bulk_create(
        [
            AssignedStep(
                assignment=row, connection=row.connection, key=f"{{n:032x}}", position=n, words=StepWords(question="What was said?"),
                answered_on=tonight - dt.timedelta(days=n) if m % 7 > n else None, done_at=now if m % 7 > n else None,
            )
            for m, row in enumerate(given) for n in range({steps})
        ],
        batch_size=500,
    )
    words = SharedWords(question="", text="We read two chapters.", html="", renderer=1)
    Share.objects.bulk_create(
        [
            Share(connection=connection, parent=connection.parent, entry_version=1, night=tonight - dt.timedelta(days=n), words=words, shared_at=now)
            for connection in them[::3] for n in range(12)
        ],
        batch_size=500,
    )
    notes.keep(counselor, them[0], "Likes the rain.", "", now)
print(f"{{len(them)}} clients, {{len(given)}} assignments, {{len(given) * {steps}}} steps: filled in {{time.perf_counter() - begun:.1f}} s")

asked = []


def watch(execute, sql, params, many, context):
    begun = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        asked.append(time.perf_counter() - begun)


browser = Client(headers={{"host": "localhost"}})
browser.force_login(counselor)
pages = {{
    "clients": "/accounts/clients/",
    "clients, second page": "/accounts/clients/?page=2",
    "clients, searched": "/accounts/clients/?q=parent 1",
    "clients, waiting": "/accounts/clients/?show=waiting",
    "one client": f"/accounts/clients/{{them[0].pk}}/",
    "groups": "/accounts/groups/",
    "yardstick: health": "/healthz",
}}
print(f"{{'':<24}}{{'queries':>8}}{{'SQL ms':>9}}{{'ms':>8}}{{'kB':>7}}   (medians of {rounds})")
for name, url in pages.items():
    answer = browser.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    asked.clear()
    with database.execute_wrapper(watch):
        browser.get(url)
    number, sql = len(asked), sum(asked) * 1000
    taken = []
    for _round in range({rounds}):
        begun = time.perf_counter()
        browser.get(url)
        taken.append((time.perf_counter() - begun) * 1000)
    print(f"{{name:<24}}{{number:>8}}{{sql:>9.0f}}{{statistics.median(taken):>8.1f}}{{len(answer.content) / 1000:>7.0f}}")
"""


def main() -> None:
    clients, assignments = (int(sys.argv[n]) if len(sys.argv) > n else default for n, default in ((1, 200), (2, 50)))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        script = FILL.format(clients=clients, assignments=assignments, sets=SETS, steps=STEPS, rounds=ROUNDS)
        told = manage(data, "shell", "--verbosity", "0", "--command", script)
        if told.returncode:
            raise RuntimeError(told.stderr)
        print(told.stdout, end="")


if __name__ == "__main__":
    main()
