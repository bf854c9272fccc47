"""`journal.content`: what is derived from a text is made once, before anything is locked, and stored at any length."""

from collections.abc import Iterator
from unittest import mock

import pytest
from django.db import connection

from accounts.models import User
from common.ids import new_id
from journal import content, markup
from journal.history import revisions
from journal.models import TEXT_LIMIT, Entry, EntryContent, Reply, Revision, Share
from tests.factories import make_entry, page_fields
from tests.helpers import EVENING, signed_in
from tests.sharing import Sharing, reply_fields, share_fields, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

LONG = "*Long.* " + "x" * (TEXT_LIMIT - 10)
OLD = EntryContent(text="2019. So long.", html="<p>2020</p>", renderer=1)  # as version 0.1.0 rendered it


@pytest.fixture
def rendered() -> Iterator[list[str]]:
    """The texts that were rendered; fails where one is rendered within a transaction of the site's."""
    texts: list[str] = []
    render, depth = markup.render, len(connection.atomic_blocks)

    def watched(text: str) -> str:
        assert len(connection.atomic_blocks) == depth, "rendered while rows are locked"
        texts.append(text)
        return render(text)

    with mock.patch("journal.markup.render", watched):
        yield texts


def save_old(entry: Entry) -> Entry:
    entry.content = OLD
    entry.save()
    return entry


@pytest.mark.parametrize("text", ["*Short.*", LONG])
def test_a_save_renders_once_and_stores_it(sharing: Sharing, rendered: list[str], text: str) -> None:
    signed_in(sharing.stranger).post("/journal/new/", page_fields(sharing.stranger, text=text))

    stored = Entry.objects.get(author=sharing.stranger).content
    assert rendered == [text]
    assert (stored.renderer, stored.html[:7]) == (markup.RENDERER, "<p><em>")


def test_a_nights_save_renders_before_its_transaction(sharing: Sharing, rendered: list[str]) -> None:
    client, fields = signed_in(sharing.stranger), page_fields(sharing.stranger)
    client.post("/tonight/", fields)
    client.post("/tonight/", {**fields, "seq": 2, "text": "*Another.*", "action": "close:done"})

    assert rendered == [fields["text"], "*Another.*"]


def test_restoring_a_text_renders_before_its_transaction(sharing: Sharing, rendered: list[str]) -> None:
    client, fields = signed_in(sharing.stranger), page_fields(sharing.stranger, text="*First.*")
    client.post("/tonight/", fields)
    entry = Entry.objects.get(author=sharing.stranger)
    revisions.keep(entry, Revision.Kind.EARLIER, EVENING)
    client.post("/tonight/", {**fields, "seq": 2, "text": "*Another.*"})
    client.post(f"/journal/{entry.pk}/history/{Revision.objects.get().pk}/restore/")

    assert Entry.objects.get(pk=entry.pk).content.text == "*First.*"
    assert rendered == ["*First.*", "*Another.*", "*First.*"]


@pytest.mark.parametrize("old", [False, True])
def test_sharing_copies_what_is_stored(sharing: Sharing, rendered: list[str], old: bool) -> None:
    entry = save_old(sharing.entry) if old else sharing.entry
    signed_in(sharing.parent).post(f"/journal/{entry.pk}/share/", share_fields(entry, sharing.connection, informed="on"))

    copy = Share.objects.get().content
    assert copy is not None
    assert (copy.text, copy.html, copy.renderer) == (entry.content.text, entry.content.html, entry.content.renderer)
    assert rendered == []


def test_the_reader_of_an_old_copy_reads_it_rightly(sharing: Sharing) -> None:
    save_old(sharing.entry)
    share = sharing.share()
    client = signed_in(sharing.counselor)

    client.post(url(share, "open/"))
    page = client.get(url(share)).content.decode()

    assert "2019. So long." in page
    assert ">2020<" not in page


@pytest.mark.parametrize("writer", ["parent", "counselor"])
def test_a_reply_renders_before_its_transaction(sharing: Sharing, rendered: list[str], writer: str) -> None:
    person: User = getattr(sharing, writer)
    share = sharing.share()

    signed_in(person).post(url(share, "reply/"), reply_fields(person, id=new_id(), text="*Thank you.*"))

    reply = Reply.objects.get().content
    assert reply is not None
    assert reply.html == "<p><em>Thank you.</em></p>"
    assert rendered == ["*Thank you.*"]


def test_what_an_older_version_rendered_is_rendered_anew_with_the_next_save(sharing: Sharing) -> None:
    entry = save_old(make_entry(sharing.stranger))
    assert content.html(entry) == "<p>2019. So long.</p>"

    client = signed_in(sharing.stranger)
    fields = page_fields(sharing.stranger, entry=entry.pk, base=entry.version, text="2019. So short.", night=entry.night)
    client.post(f"/journal/{entry.pk}/edit/", fields)

    stored = Entry.objects.get(pk=entry.pk).content
    assert (stored.html, stored.renderer) == ("<p>2019. So short.</p>", markup.RENDERER)
