"""`journal.entries.rendering`: while somebody types the text is stored alone, and its HTML is made once, when it can be read."""

import datetime as dt
import re
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.db.models import UniqueConstraint
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.keys.crypto import SealBroken
from accounts.models import User
from common.ids import new_id
from journal import content, markup
from journal.entries import rendering
from journal.models import Entry, Share
from operations import scheduler
from tests.factories import make_entry, make_user, page_fields
from tests.helpers import DAY, EVENING, JSON, MINUTE, main_text, signed_in
from tests.sharing import Sharing, share_fields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

NEW, NIGHT = "/journal/new/", "/tonight/"
RESTED = EVENING + rendering.RESTED
TEXT, HTML = "We *ran* home.", "<p>We <em>ran</em> home.</p>"


@pytest.fixture
def author() -> User:
    return make_user()


@pytest.fixture
def tab(author: User) -> Client:
    return signed_in(author)


def typed(tab: Client, author: User, url: str = NEW, text: str = TEXT, **more: Any) -> tuple[Entry, dict[str, Any]]:
    """A page that was saved in the background, and the fields that it sent."""
    fields = page_fields(author, text=text, **more)
    answer = tab.post(url, fields, headers=JSON).json()
    return Entry.objects.get(pk=answer["entry"]), fields


def columns(entry: Entry) -> dict[str, Any]:
    """All that is stored of an entry, but for its content and when its HTML was left out."""
    names = [field.attname for field in Entry._meta.concrete_fields if field.name not in {"content", "unrendered_at"}]
    row = Entry.objects.filter(pk=entry.pk).values(*names).get()
    return {**row, "summary": row["summary"].raw}


def sealed(entry: Entry) -> bytes:
    """The content as it lies in the database."""
    row: Any = Entry.objects.filter(pk=entry.pk).values("content").get()
    raw: bytes = row["content"].raw
    return raw


def html(entry: Entry) -> tuple[str, int]:
    stored = Entry.objects.get(pk=entry.pk).content
    return stored.html, stored.renderer


# --- While somebody types.


def indexed_columns() -> set[str]:
    """The columns of entries that any index of the database holds, or is limited by."""
    limited = [*Entry._meta.indexes, *(each for each in Entry._meta.constraints if isinstance(each, UniqueConstraint))]
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, Entry._meta.db_table).values()
    columns = {column for each in constraints if each["index"] or each["unique"] or each["primary_key"] for column in each["columns"]}
    return columns.union(*(each.condition.referenced_base_fields for each in limited if each.condition))


@pytest.mark.parametrize("url", [NEW, NIGHT])
def test_a_save_while_typing_touches_no_index(tab: Client, author: User, url: str) -> None:
    _entry, fields = typed(tab, author, url)

    with CaptureQueriesContext(connection) as queries:
        tab.post(url, {**fields, "seq": 2, "text": TEXT + " Twice."}, headers=JSON)

    [update] = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "journal_entry"')]
    changed = set(re.findall(r'"(\w+)" = ', update.partition(" WHERE ")[0]))
    assert {"content", "summary", "version", "page", "seq", "saved_at"} <= changed
    assert indexed_columns() >= {"id", "author_id", "night", "kind", "deleted_at", "unrendered_at", "prompt_id"}
    assert changed.isdisjoint(indexed_columns())


@pytest.mark.parametrize("url", [NEW, NIGHT])
def test_a_save_in_the_background_renders_nothing(tab: Client, author: User, url: str) -> None:
    with mock.patch("journal.markup.render") as render:
        entry, fields = typed(tab, author, url)
        tab.post(url, {**fields, "seq": 2, "text": TEXT + " Twice."}, headers=JSON)

    assert not render.called
    assert html(entry) == ("", 0)
    assert Entry.objects.get(pk=entry.pk).unrendered_at == EVENING


def test_its_text_and_its_line_in_the_journal_are_there_at_once(tab: Client, author: User) -> None:
    entry, fields = typed(tab, author)
    tab.post(NEW, {**fields, "seq": 2, "text": "We *walked* home."}, headers=JSON)

    assert "We walked home." in main_text(tab.get("/journal/"))
    assert "<em>walked</em>" in tab.get(f"/journal/{entry.pk}/").content.decode()


def test_reading_a_page_writes_nothing(tab: Client, author: User) -> None:
    entry, _fields = typed(tab, author)
    before = columns(entry), sealed(entry)

    assert HTML in tab.get(f"/journal/{entry.pk}/").content.decode()

    assert (columns(entry), sealed(entry)) == before


# --- Being done with it.


@pytest.mark.parametrize("url", [NEW, NIGHT])
@pytest.mark.parametrize(
    ("action", "headers"),
    [({"action": "close:done"}, {}), ({"action": "close:done"}, JSON), ({"action": "save"}, {}), ({}, {})],
    ids=["by the button", "by the button, in the background", "by leaving", "by the enter key"],
)
@pytest.mark.parametrize("changed", [False, True])
def test_the_save_that_ends_a_page_makes_its_html(
    tab: Client, author: User, url: str, action: dict[str, str], headers: dict[str, str], changed: bool
) -> None:
    entry, fields = typed(tab, author, url)
    text, seq = ("We *walked* home.", 2) if changed else (TEXT, 1)

    tab.post(url, {**fields, "text": text, "seq": seq, **action}, headers=headers)

    stored = Entry.objects.get(pk=entry.pk)
    assert (stored.content.text, stored.content.renderer, stored.unrendered_at) == (text, markup.RENDERER, None)
    assert stored.content.html == markup.render(text)
    assert stored.version == entry.version + changed


def test_a_text_that_came_late_ends_no_page_of_a_newer_one(tab: Client, author: User) -> None:
    entry, fields = typed(tab, author)
    tab.post(NEW, {**fields, "seq": 2, "text": "Newer."}, headers=JSON)

    tab.post(NEW, {**fields, "action": "close:done"})

    assert Entry.objects.get(pk=entry.pk).content.text == "Newer."
    assert html(entry) == ("", 0)


# --- The clock.


def test_the_clock_renders_what_has_rested_and_changes_nothing_else(tab: Client, author: User) -> None:
    entry, _fields = typed(tab, author)
    before = columns(entry)

    assert rendering.store_rested(RESTED - dt.timedelta(seconds=1)) == 0
    assert html(entry) == ("", 0)
    assert rendering.store_rested(RESTED) == 1
    assert rendering.store_rested(RESTED + DAY) == 0

    assert html(entry) == (HTML, markup.RENDERER)
    assert columns(entry) == before
    assert Entry.objects.get(pk=entry.pk).unrendered_at is None


def test_the_clock_is_asked_to() -> None:
    assert rendering.store_rested in {task.run for task in scheduler.TASKS}


def test_it_leaves_a_page_that_is_typed_on_alone(tab: Client, author: User, time_machine: Any) -> None:
    entry, fields = typed(tab, author)
    time_machine.move_to(EVENING + 4 * MINUTE, tick=False)
    tab.post(NEW, {**fields, "seq": 2, "text": "Still writing."}, headers=JSON)

    assert rendering.store_rested(RESTED) == 0
    assert rendering.store_rested(RESTED + 4 * MINUTE) == 1
    assert html(entry)[0] == "<p>Still writing.</p>"


@pytest.mark.parametrize("text", ["Newer.", TEXT])
def test_html_is_not_stored_with_another_version(tab: Client, author: User, text: str) -> None:
    read_by_clock, fields = typed(tab, author)
    tab.post(NEW, {**fields, "seq": 2, "text": text, "feeling": "even"}, headers=JSON)

    assert not rendering.store_html(read_by_clock)

    assert html(read_by_clock) == ("", 0)
    assert rendering.store_html(Entry.objects.get(pk=read_by_clock.pk))
    assert html(read_by_clock)[0] == markup.render(text)


def test_pages_of_a_release_before_are_no_work_for_the_clock(author: User) -> None:
    entry = make_entry(author)

    assert rendering.store_rested(entry.saved_at + 365 * DAY) == 0


def test_what_does_not_open_holds_up_nobody(
    tab: Client, author: User, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, _fields = typed(tab, author)
    whole, _fields = typed(tab, author, text="Whole.")
    store = rendering.store_html

    def break_seal(entry: Entry) -> bool:
        if entry.pk == broken.pk:
            raise SealBroken("journal.entry.content: a sealed value does not open in its place")
        return store(entry)

    monkeypatch.setattr(rendering, "store_html", break_seal)

    assert rendering.store_rested(RESTED) == 1

    assert html(whole)[0] == "<p>Whole.</p>"
    assert [record.getMessage() for record in caplog.records if record.name == "nightlight.rendering"] == [
        "The HTML of a page could not be made"
    ]
    assert TEXT not in caplog.text


def test_a_deleted_page_is_rendered_as_well(tab: Client, author: User) -> None:
    entry, _fields = typed(tab, author)
    tab.post(f"/journal/{entry.pk}/delete/")

    assert rendering.store_rested(RESTED) == 1
    assert Entry.objects.get(pk=entry.pk).deleted_at is not None


# --- What is made of a page meanwhile.


def test_a_copy_for_a_counselor_has_its_html(sharing: Sharing) -> None:
    tab = signed_in(sharing.parent)
    entry, _fields = typed(tab, sharing.parent)

    tab.post(f"/journal/{entry.pk}/share/", share_fields(entry, sharing.connection, informed="on"))

    copy = Share.objects.get().content
    assert copy is not None
    assert (copy.html, copy.renderer) == (HTML, markup.RENDERER)
    assert html(entry) == (HTML, markup.RENDERER)


def test_both_texts_of_a_conflict_are_shown(tab: Client, author: User) -> None:
    entry, fields = typed(tab, author)

    page = tab.post(f"/journal/{entry.pk}/edit/", {**fields, "page": new_id(), "text": "We *walked*."}).content.decode()

    assert HTML in page
    assert "<p>We <em>walked</em>.</p>" in page


def test_a_text_without_words_is_rendered_as_well(tab: Client, author: User) -> None:
    entry, _fields = typed(tab, author, text="", feeling="heavy")

    assert rendering.store_rested(RESTED) == 1
    assert html(entry) == ("", markup.RENDERER)
    assert content.html(entry) == ""
