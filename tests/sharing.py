"""What tests of sharing begin with: a counselor and a parent between whom something is shared, and strangers to both."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Connection, User
from common.ids import new_id
from journal.entries import saving
from journal.entries.submission import submit
from journal.models import Entry, Share
from journal.sharing import shares
from tests.factories import make_connection, make_counselor, make_draft, make_entry, make_user
from tests.helpers import EVENING

NOT_FOUND, FOUND, OK, REFUSED = HTTPStatus.NOT_FOUND, HTTPStatus.FOUND, HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY
SECRET = "The lamp fell on the stairs."


@pytest.fixture
def evening() -> Iterator[time_machine.Traveller]:
    """It is `EVENING`, until the test moves the clock."""
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


@dataclass
class Sharing:
    """The parent is connected with both counselors, and has been informed of what sharing means. Nothing is shared yet."""

    counselor: User
    other_counselor: User
    parent: User
    stranger: User
    connection: Connection
    other_connection: Connection
    entry: Entry

    def share(self, **fields: Any) -> Share:
        """Share the entry with the counselor, or another one that is made of these fields."""
        return shares.share(self.parent, self.connection, make_entry(self.parent, **fields) if fields else self.entry, timezone.now())


@pytest.fixture
def sharing() -> Sharing:
    counselor, other = make_counselor(), make_counselor(email="second@example.org", name="Olu Okafor", practice="")
    parent = make_user()
    connection, other_connection = make_connection(counselor, parent), make_connection(other, parent, parent_name="M.")
    Connection.objects.update(informed_at=EVENING)
    parent.refresh_from_db()
    return Sharing(
        counselor, other, parent, make_user(email="stranger@example.org"), connection, other_connection, make_entry(parent, text=SECRET)
    )


def url(share: Share, act: str = "") -> str:
    return f"/journal/shared/{share.pk}/{act}"


def reply_fields(person: User, **fields: Any) -> dict[str, Any]:
    """What the page sends on which this person replies."""
    return {"id": new_id(), "author": person.pk, "text": "Thank you.", **fields}


def share_fields(entry: Entry, *connections: Connection, **fields: Any) -> dict[str, Any]:
    """What the page sends that shares this entry."""
    return {"version": shares.mark_of(entry), "connections": [str(connection.pk) for connection in connections], **fields}


def edit(sharing: Sharing, text: str) -> Entry:
    """Save this text on the entry, which changes nothing that is shared; returns the entry as it is then."""
    entry = Entry.objects.get(pk=sharing.entry.pk)
    outcome = submit(sharing.parent, make_draft(entry_id=entry.pk, base=entry.version, night=entry.night, text=text), None, timezone.now())
    assert isinstance(outcome, saving.Saved)
    return outcome.entry
