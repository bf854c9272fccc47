"""No page of a person's own costs more queries the longer their journal is."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from journal import drawer, history, walking
from journal.models import Entry, Mode, Revision
from prompts.shelf import paths
from tests.factories import make_entry, make_path_prompts, make_prompt, make_user

PAGES = [
    "/tonight/",
    "/journal/",
    "/journal/new/",
    "/journal/drawer/",
    "/journal/{entry}/",
    "/journal/{entry}/edit/",
    "/journal/{entry}/history/",
    "/journal/{entry}/history/{revision}/",
    "/journal/{entry}/history/{revision}/?with={revision}",
    "/journal/{entry}/delete/",
    "/journal/{away}/delete-for-good/",
    "/prompts/choices/",
    "/prompts/",
    "/prompts/at-the-door/",
    "/prompts/marked/later/",
    "/prompts/where-to-start/",
    "/prompts/hard-nights/work-ate-the-day/",
    "/accounts/settings/",
]


def write(author: User, nights: range) -> list[Entry]:
    """A page each night, every other one put in the drawer, all with a history."""
    now = timezone.now()
    entries = [make_entry(author, night=author.tonight(now) - dt.timedelta(days=n), feeling="even") for n in nights]
    for n, entry in enumerate(entries):
        history.keep_done(author, entry, now)
        if n % 2:
            drawer.put_in(author, entry, now)
    return entries


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_costs_the_same_with_two_pages_and_with_forty(page: str) -> None:
    make_prompt()
    author = make_user(knows_leave=True)
    client = Client()
    client.force_login(author)
    kept, away = write(author, range(1, 3))
    url = page.format(entry=kept.pk, away=away.pk, revision=Revision.objects.get(entry=kept).pk)
    client.get(url)

    with CaptureQueriesContext(
        connection,
    ) as few:
        assert client.get(url).status_code == 200
    write(author, range(3, 41))
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200

    assert len(many) == len(few) <= 9


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/tonight/", "/prompts/paths/", "/prompts/paths/mending/", "/prompts/paths/mending/answers/"])
def test_costs_the_same_with_one_step_walked_and_with_fifteen(page: str) -> None:
    make_path_prompts("mending")
    author = make_user()
    client = Client()
    client.force_login(author)
    today = author.tonight(timezone.now())
    walking.begin(author, "mending", today - dt.timedelta(days=30))
    steps = paths.read()["mending"].prompts

    def walk(numbers: range) -> None:
        for n in numbers:
            make_entry(author, night=today - dt.timedelta(days=30 - n), prompt=steps[n], mode=Mode.QUESTION)

    walk(range(1))
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        assert client.get(page).status_code == 200
    walk(range(1, 15))
    with CaptureQueriesContext(connection) as many:
        assert client.get(page).status_code == 200

    assert len(many) == len(few)
