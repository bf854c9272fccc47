"""Journiv: 30 of 10,000 entries, which its server gives as JSON to an application in the browser. It sends no page of its own."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.browser import Browser
from benchmarks.peers.checkouts import Checkout, List
from tests.installation import free_port

COMPARED = "30 of as many entries of the same length, as JSON for its application and no page; gunicorn, 2 workers, as it ships it"
PASSWORD = "A lamp, a page, a pen 1"
FILL = """
import datetime as dt, json, uuid
from sqlmodel import Session, select
from app.core.database import engine
from app.core.time_utils import utc_now
from app.models.entry import Entry
from app.models.journal import Journal
from app.models.user import User
now = utc_now()
with Session(engine) as session:
    owner = session.exec(select(User)).one()
    journal = Journal(title="Evenings", user_id=owner.id)
    session.add(journal)
    session.commit()
    session.refresh(journal)
    number = journal.id
    for n in range(ENTRIES):
        when = now - dt.timedelta(hours=8 * n)
        session.add(Entry(title=f"Evening {n}", content=TEXT, journal_id=journal.id, user_id=owner.id, entry_date=when.date(),
                          entry_datetime_utc=when, word_count=380, prompt_id=None))
    session.commit()
print(json.dumps({"journal": str(number)}))
"""


@contextmanager
def running(origin: Path, folder: Path, entries: int, text: str) -> Iterator[List]:
    port = free_port()
    data = folder / "journiv-data"
    for name in ("media", "logs"):
        (data / name).mkdir(parents=True)
    environment = {
        "SECRET_KEY": "k7-not-secret-but-long-enough-to-be-taken-for-one-Qz",
        "DOMAIN_NAME": f"127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{data}/journiv.db",
        "MEDIA_ROOT": str(data / "media"),
        "LOG_DIR": str(data / "logs"),
        "ENVIRONMENT": "development",
        "RATE_LIMITING_ENABLED": "false",
    }
    checkout = Checkout(origin, folder, port, environment)
    checkout.run("alembic", "upgrade", "head")
    server = ("gunicorn", "app.main:app", "-w", "2", "-k", "uvicorn.workers.UvicornWorker", "-b", f"127.0.0.1:{port}")
    with checkout.served(*server, path="/api/v1/health"):
        account = {"email": "bench@example.org", "password": PASSWORD, "name": "Bench"}
        _post(port, "/api/v1/auth/register", account)
        token = _post(port, "/api/v1/auth/login", account)["access_token"]
        script = FILL.replace("TEXT", repr(text)).replace("ENTRIES", str(entries))
        journal = checkout.fill("python", "-c", script)["journal"]
        yield List(Browser(port, headers={"Authorization": f"Bearer {token}"}), f"/api/v1/entries/journal/{journal}?limit=30")


def _post(port: int, path: str, sent: dict[str, str]) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(sent).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:  # noqa: S310  an address of this machine
        return json.load(response)
