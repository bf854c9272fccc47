"""Sharing is one transaction over what its page showed: all of it with everybody who was chosen, or nothing, and the page says which."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from django.db import connection as database
from django.utils import timezone

from accounts import connections
from common.ids import new_id
from journal.entries import trash
from journal.entries.saving import Saved
from journal.entries.submission import submit
from journal.models import Entry, Mode, Share
from journal.nights import night_pages
from journal.sharing import shares
from journal.sharing.shares import NotShareable
from tests.factories import make_draft, make_entry, make_prompt
from tests.helpers import TONIGHT, form_fields, main_text, parsed, signed_in
from tests.sharing import REFUSED, SECRET, Sharing, edit, share_fields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

NIGHTS = "/journal/shared/nights/"


@contextmanager
def just_after(fragment: str, act: Callable[[], object]) -> Iterator[None]:
    """Do something once, as another tab would, right after the first statement with this fragment."""
    done = False

    def execute_then_act(execute: Callable[..., object], sql: str, *rest: object) -> object:
        nonlocal done
        result = execute(sql, *rest)
        if fragment in sql and not done:
            done = True
            act()
        return result

    with database.execute_wrapper(execute_then_act):
        yield
    assert done, fragment


def shared_texts() -> set[str]:
    return {share.content.text for share in Share.objects.active() if share.content}


def end_other(sharing: Sharing) -> None:
    connections.end(sharing.parent, sharing.other_connection.pk, timezone.now())


def write_on(entry: Entry, page: uuid.UUID) -> None:
    draft = make_draft(entry_id=entry.pk, page=page, seq=2, kind=entry.kind, night=entry.night, text="Still being typed, and on.")
    submit(entry.author, draft, None, timezone.now(), is_typing=True)


def delete_for_good(entry: Entry, page: uuid.UUID) -> None:
    trash.delete(entry.author, entry, timezone.now())
    trash.delete_for_good(entry.author, entry.pk)


def test_with_two_of_whom_one_has_left_nothing_is_shared(sharing: Sharing) -> None:
    end_other(sharing)

    with pytest.raises(NotShareable):
        shares.share_all(sharing.parent, [sharing.connection, sharing.other_connection], [sharing.entry], timezone.now())

    assert not Share.objects.exists()


@pytest.mark.parametrize("address", ["/journal/{}/share/", NIGHTS])
def test_with_two_of_whom_one_leaves_at_that_moment_nothing_is_shared_and_the_page_says_so(sharing: Sharing, address: str) -> None:
    client, url = signed_in(sharing.parent), address.format(sharing.entry.pk)
    chosen = [str(sharing.connection.pk), str(sharing.other_connection.pk)]
    page = form_fields(parsed(client.get(url)), "main form[method=post]")
    boxes = [str(box["value"]) for box in parsed(client.get(url)).select("[name=entries]")]
    sent = {**page, "connections": chosen, "entries": boxes}

    with just_after('"accounts_connection"."began_at" ASC', lambda: end_other(sharing)):
        response = client.post(url, sent)

    assert response.status_code == REFUSED
    assert "has ended in the meantime" in main_text(response)
    assert not Share.objects.exists()
    again = {**form_fields(parsed(response), "main form[method=post]"), "connections": chosen[:1], "entries": boxes}
    assert client.post(url, again).status_code == HTTPStatus.FOUND
    assert shared_texts() == {SECRET}


def test_a_span_shares_nothing_that_another_tab_wrote_at_that_moment(sharing: Sharing) -> None:
    client = signed_in(sharing.parent)
    other = make_entry(sharing.parent, night=TONIGHT - dt.timedelta(days=1), text="The day before.")
    boxes = [str(box["value"]) for box in parsed(client.get(NIGHTS)).select("[name=entries]")]
    assert len(boxes) == 2

    with just_after('"journal_entry"."night" BETWEEN', lambda: edit(sharing, "Written in the other tab.")):
        response = client.post(NIGHTS, {"connections": [str(sharing.connection.pk)], "entries": boxes})

    assert response.status_code == REFUSED
    assert "changed in the meantime" in main_text(response)
    assert not Share.objects.exists()
    ticked = [str(box["value"]) for box in parsed(response).select("[name=entries][checked]")]
    client.post(NIGHTS, {"connections": [str(sharing.connection.pk)], "entries": ticked})
    assert shared_texts() == {"Written in the other tab.", other.content.text}


@pytest.mark.parametrize("act", [write_on, delete_for_good])
def test_a_span_with_a_page_that_is_being_typed_on_at_that_moment_says_that_it_changed(
    sharing: Sharing, act: Callable[[Entry, uuid.UUID], object]
) -> None:
    page = new_id()
    draft = make_draft(entry_id=new_id(), page=page, kind=Entry.Kind.FREE, text="Still being typed.")
    typed = submit(sharing.parent, draft, None, timezone.now(), is_typing=True)
    assert isinstance(typed, Saved)
    client, connection = signed_in(sharing.parent), str(sharing.connection.pk)
    boxes = [str(box["value"]) for box in parsed(client.get(NIGHTS)).select("[name=entries]")]
    assert len(boxes) == 2

    with just_after('"journal_entry"."night" BETWEEN', lambda: act(typed.entry, page)):
        response = client.post(NIGHTS, {"connections": [connection], "entries": boxes})

    assert response.status_code == REFUSED
    assert "changed in the meantime" in main_text(response)
    assert not Share.objects.exists()


@pytest.mark.parametrize("address", ["/journal/{}/share/", NIGHTS])
def test_what_is_shared_answers_the_question_that_was_seen(sharing: Sharing, address: str) -> None:
    for number in range(3):
        make_prompt(slug=f"presence-{number}", question=f"What is question number {number}?")
    night_pages.set_mode(sharing.parent, TONIGHT, Mode.QUESTION)
    client, url = signed_in(sharing.parent), address.format(sharing.entry.pk)
    boxes = [str(box["value"]) for box in parsed(client.get(url)).select("[name=entries]")]
    page = form_fields(parsed(client.get(url)), "main form[method=post]")
    before = Entry.objects.get()
    night_pages.turn_to(sharing.parent, TONIGHT, 1)
    after = Entry.objects.get()
    assert (after.version, after.summary.question != before.summary.question) == (before.version, True)

    response = client.post(url, {**page, "connections": [str(sharing.connection.pk)], "entries": boxes})

    assert response.status_code == REFUSED
    assert after.summary.question in main_text(response)
    assert not Share.objects.exists()


def test_what_was_loaded_before_a_swap_is_not_shared(sharing: Sharing) -> None:
    loaded = Entry.objects.get()
    make_prompt()
    night_pages.set_mode(sharing.parent, TONIGHT, Mode.QUESTION)

    with pytest.raises(NotShareable):
        shares.share(sharing.parent, sharing.connection, loaded, timezone.now())


def test_a_damaged_mark_shares_nothing(sharing: Sharing) -> None:
    client = signed_in(sharing.parent)
    for version in ("", "1", "9" * 5000, "x", "\0"):
        fields = share_fields(sharing.entry, sharing.connection, version=version)
        assert client.post(f"/journal/{sharing.entry.pk}/share/", fields).status_code == REFUSED
    assert not Share.objects.exists()
