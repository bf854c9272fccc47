"""How many queries Tonight costs for those who have everything: no more than docs/performance.md says."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.models.user import Preferences
from common.ids import new_id
from journal.models import Entry, Mode, Night
from journal.nights import night_pages, walks
from journal.repairs import GUIDE
from journal.sharing import replies
from prompts import marks
from prompts.library import paths
from prompts.models import Mark
from tests.factories import make_assignment, make_entry, make_own_question, make_path_prompts, make_prompt, make_set
from tests.helpers import main_text, signed_in
from tests.sharing import Sharing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

MAX_QUERIES = 5
MAX_QUERIES_WITH_PATH_AND_COUNSELOR = 8
MAX_QUERIES_FOR_REPAIRS = 1  # more, for those who ever wrote of one, however many are open


def queries_of_tonight(person: User, *shown: str) -> list[str]:
    """The queries of one look at Tonight, which has to show these words."""
    client = signed_in(person)
    text = main_text(client.get("/tonight/"))  # also reads what a process reads once
    assert not [words for words in shown if words not in text], text
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/tonight/").status_code == 200
    return [query["sql"] for query in queries]


def write_much(person: User) -> None:
    """A fortnight with a page each night, but none tonight; an own question, and prompts kept for later or put away."""
    for n in range(1, 14):
        make_entry(person, night=person.tonight(timezone.now()) - dt.timedelta(days=n), entry_id=new_id())
    make_own_question(person, "What did the rain say?")
    for n, kind in enumerate(Mark.Kind):
        marks.put(person, make_prompt(slug=f"marked-{n}").slug, kind)
    person.sealed_preferences = Preferences(themes=("presence",))
    person.save()


def write_tonight(person: User) -> None:
    """Answer what tonight asks."""
    page = night_pages.load(person, person.tonight(timezone.now()))
    make_entry(person, entry_id=new_id(), prompt=page.slug, mode=Mode.QUESTION)


@pytest.mark.parametrize("written", [False, True])
def test_a_parent_who_wrote_much(sharing: Sharing, written: bool) -> None:
    write_much(sharing.stranger)
    if written:
        write_tonight(sharing.stranger)

    queries = queries_of_tonight(sharing.stranger)

    assert len(queries) <= MAX_QUERIES, queries


def test_a_closed_night_that_mentions_an_earlier_page(sharing: Sharing) -> None:
    parent, now = sharing.stranger, timezone.now()
    write_much(parent)
    Entry.objects.by(parent).update(created_at=now - dt.timedelta(days=7))
    make_entry(parent, entry_id=new_id())
    night_pages.close(parent, parent.tonight(now), Night.Closed.DONE)

    queries = queries_of_tonight(parent, "A week ago you wrote a page.")

    assert len(queries) <= MAX_QUERIES, queries


@pytest.mark.parametrize("count", [1, 30])
def test_a_parent_with_open_repairs(sharing: Sharing, count: int) -> None:
    write_much(sharing.stranger)
    for _ in range(count):
        make_entry(sharing.stranger, entry_id=new_id(), kind=Entry.Kind.FREE, guide=GUIDE, now=timezone.now() - dt.timedelta(days=3))

    queries = queries_of_tonight(sharing.stranger, "still open")

    assert len(queries) <= MAX_QUERIES + MAX_QUERIES_FOR_REPAIRS, queries


ASKS = {"the counselor": "Tonight First weeks comes first; this one is next.", "the path": "Mending, step by step", "neither": ""}


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("asks", ASKS)
def test_a_parent_with_a_path_and_two_counselors(sharing: Sharing, asks: str, written: bool) -> None:
    parent, now = sharing.parent, timezone.now()
    share = sharing.share(night=dt.date(2026, 1, 5))
    sharing.entry.delete()  # tonight is not written yet, and asks a question
    Night.objects.by(parent).delete()
    replies.reply(sharing.counselor, share, new_id(), "A reply.", now)
    write_much(parent)
    make_path_prompts()
    walk = walks.begin(parent, "mending", parent.tonight(now) - dt.timedelta(days=3))
    if asks == "the counselor":
        make_assignment(sharing.connection, make_set(sharing.counselor), shares=True)
        make_assignment(sharing.other_connection, make_set(sharing.other_counselor, name="Evenings"))
    if asks == "neither":
        for prompt in paths.read()[walk.path].prompts:
            walks.skip(parent, walk.path, prompt)
    if written:
        write_tonight(parent)

    queries = queries_of_tonight(parent, "Ines Holm replied to your answer", ASKS[asks])

    assert len(queries) <= MAX_QUERIES_WITH_PATH_AND_COUNSELOR, queries
