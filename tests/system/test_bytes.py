"""What the two pages of every evening weigh on the wire, compressed as browsers ask for it: the goals of docs/performance.md."""

import gzip

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from journal.models import Entry, Feeling, Mode
from prompts.library import prompts
from tests.factories import make_entry, make_prompt, make_user
from tests.helpers import DAY, signed_in

SHOWN = 30  # entries on a page of the timeline


@pytest.fixture
def author(db: None) -> User:
    """A parent whose timeline fills a page, and whose fortnight of windows is lit.

    The texts are sentences of the library: like those of a journal, they do not repeat each other.
    """
    questions = [text.question for text in prompts.read().prompts]
    author = make_user()
    tonight = author.tonight(timezone.now())
    for number in range(SHOWN):
        prompt = make_prompt(slug=f"prompt-{number}", question=questions[-number - 1])
        text = " ".join(questions[number * 8 : (number + 1) * 8])
        feeling = Feeling.values[number % len(Feeling.values)]
        make_entry(author, night=tonight - (number + 1) * DAY, prompt=prompt.slug, mode=Mode.QUESTION, text=text, feeling=feeling)
    return author


def on_the_wire(client: Client, page: str) -> int:
    """The bytes of a page's compressed body."""
    response = client.get(page, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    if response.headers.get("Content-Encoding") == "gzip":
        return len(response.content)
    return len(gzip.compress(response.content, compresslevel=6))


def test_tonight_takes_five_kilobytes(author: User) -> None:
    assert on_the_wire(signed_in(author), "/tonight/") <= 5_000


def test_a_page_of_the_timeline_takes_seven_kilobytes(author: User) -> None:
    assert Entry.objects.by(author).count() == SHOWN
    assert on_the_wire(signed_in(author), "/journal/") <= 7_000
