"""Makes and reads accounts of an installation in a process of its own: `python -m tests.system.faults.steward`.

One JSON object a line: {"command": name, …arguments} on standard input, {"result": value} or {"error": text} on standard output.
"""

import datetime as dt
import hashlib
import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.keys import keyring
from accounts.models import User
from accounts.security import locking
from accounts.sessions import SessionStore
from journal.models import Entry, Revision
from tests.factories import make_entry, make_user


def _hash(record: Model) -> str:
    """A hash of the row as it is stored."""
    table = connection.ops.quote_name(record._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [record.pk.hex])  # noqa: S608  no input
        (row,) = cursor.fetchall()
    return hashlib.sha256(repr(row).encode()).hexdigest()


def _parent(author: str) -> User:
    return User.objects.get(pk=author)


def person(*, email: str, password: str, zone: str, night_ends_at: int) -> str:
    """Make a parent who wrote two pages long ago, and return the id."""
    author = make_user(email=email, password=password, time_zone=zone, night_ends_at=night_ends_at)
    long_ago = timezone.now() - dt.timedelta(days=400)
    for kind, text in ((Entry.Kind.NIGHT, "The first night."), (Entry.Kind.FREE, "About the summer, é — ✓.")):
        make_entry(author, now=long_ago, kind=kind, night=long_ago.date(), text=text)
    return str(author.pk)


def session(*, author: str) -> dict[str, str]:
    """Sign the parent in on a device of their own, and return the cookie."""
    client = Client()
    client.force_login(_parent(author))
    session = client.session
    session[locking.OWN_DEVICE] = True
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


def end_sessions(*, author: str) -> None:
    for row in Session.objects.all():
        if SessionStore(row.session_key).get("_auth_user_id") == author:
            row.delete()


def change_password(*, author: str, password: str) -> None:
    user = _parent(author)
    user.set_password(password)
    user.save()


def night(*, author: str, shift: float) -> str:
    """Which night it is for this parent, on a clock that is `shift` seconds ahead."""
    return _parent(author).tonight(timezone.now() + dt.timedelta(seconds=shift)).isoformat()


def write_elsewhere(*, author: str, night: str, text: str) -> None:
    """Save a text on that night's page from another device, which has loaded the page before."""
    user = _parent(author)
    existing = Entry.objects.by(user).of_night(dt.date.fromisoformat(night)).first()
    make_entry(user, night=dt.date.fromisoformat(night), text=text, base=existing.version if existing else 0)


def version(*, author: str) -> int:
    """A number that grows with every save of this parent that is stored."""
    user = _parent(author)
    conflict_copies = Revision.objects.filter(author=user, kind=Revision.Kind.CONFLICT)
    return sum([*(entry.version for entry in user.entries.all()), *(copy.seq for copy in conflict_copies)])


def journal(*, author: str) -> dict[str, list[dict[str, Any]]]:
    """All that this parent has written."""
    entries = [
        {
            "id": str(entry.pk),
            "night": entry.night.isoformat(),
            "kind": entry.kind,
            "text": entry.content.text,
            "feeling": entry.summary.feeling,
            "in_trash": entry.deleted_at is not None,
            "row": _hash(entry),
        }
        for entry in Entry.objects.by(_parent(author)).order_by("pk")
    ]
    revisions = [
        {"entry": str(revision.entry_id), "kind": revision.kind, "text": revision.content.text, "row": _hash(revision)}
        for revision in Revision.objects.filter(author=_parent(author)).order_by("pk")
    ]
    return {"entries": entries, "revisions": revisions}


def damage() -> list[str]:
    """What SQLite finds wrong with the database file."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return [message for (message,) in cursor.fetchall() if message != "ok"]


COMMANDS: dict[str, Callable[..., object]] = {
    command.__name__: command
    for command in (person, session, end_sessions, change_password, night, write_elsewhere, version, journal, damage)
}


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            with keyring.cached():
                response: dict[str, object] = {"result": COMMANDS[request.pop("command")](**request)}
        except Exception:  # the test that asked raises it
            response = {"error": traceback.format_exc()}
        finally:
            connection.close()
        print(json.dumps(response), flush=True)


if __name__ == "__main__":
    main()
