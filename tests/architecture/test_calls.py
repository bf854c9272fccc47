"""docs/architecture.md says through which functions a save, a share and a search go from the view to the row: as they do."""

import inspect
import re
from collections.abc import Callable
from types import FrameType

import pytest
from django.conf import settings
from django.db import connection

from journal.models import Entry, Share
from tests.factories import page_fields
from tests.helpers import signed_in
from tests.sharing import Sharing, share_fields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

MAX_CALLS = 8


def documented(what: str) -> list[str]:
    text = (settings.BASE_DIR / "docs/architecture.md").read_text(encoding="utf-8")
    return re.findall(r"^\d\. `([\w.]+)`", text.partition(f"<!-- {what}: begin -->")[2].partition(f"<!-- {what}: end -->")[0], re.MULTILINE)


def calls_to(statement: str, request: Callable[[], object]) -> list[str]:
    """The functions of the journal that are under way when the one such statement is executed, the view first."""
    seen: list[list[str]] = []

    def look(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if sql.startswith(statement):
            seen.append(under_way(inspect.currentframe()))
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        request()
    [calls] = seen
    return calls


def under_way(frame: FrameType | None) -> list[str]:
    names = []
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("journal.") and module != "journal.middleware" and not frame.f_code.co_name.startswith("<"):
            names.append(f"{module}.{frame.f_code.co_name}")
        frame = frame.f_back
    return names[::-1]


def test_a_nights_save(sharing: Sharing) -> None:
    client, fields = signed_in(sharing.stranger), page_fields(sharing.stranger)
    client.post("/tonight/", fields)
    entry = Entry.objects.get(author=sharing.stranger)

    calls = calls_to('UPDATE "journal_entry"', lambda: client.post("/tonight/", {**fields, "seq": 2, "text": "Another evening."}))

    assert Entry.objects.get(pk=entry.pk).content.text == "Another evening."
    assert calls == documented("save")
    assert len(calls) <= MAX_CALLS


def test_a_share(sharing: Sharing) -> None:
    fields = share_fields(sharing.entry, sharing.connection, informed="on")

    calls = calls_to('INSERT INTO "journal_share"', lambda: signed_in(sharing.parent).post(f"/journal/{sharing.entry.pk}/share/", fields))

    assert Share.objects.get().content is not None
    assert calls == documented("share")
    assert len(calls) <= MAX_CALLS


def test_a_search(sharing: Sharing) -> None:
    client, sent = signed_in(sharing.parent), {"words": sharing.entry.content.text.split()[0]}
    client.post("/journal/search/", sent)

    calls = calls_to('SELECT "journal_searchindex"', lambda: client.post("/journal/search/", sent))

    assert calls == documented("search")
    assert len(calls) <= MAX_CALLS
