"""No page costs more queries the more there is: the longer a journal is, the more clients a counselor has."""

import datetime as dt
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections
from accounts.models import Connection, User
from common.ids import new_id
from counselor import assigning, groups, invitations, notes, sets
from counselor.models import ClientGroup
from journal.entries import trash
from journal.entries.submission import submit
from journal.history import revisions
from journal.models import Entry, Mode, Revision, Share
from journal.nights import walks
from journal.sharing import readings, replies, shares
from prompts import questions
from prompts.library import paths
from prompts.models import Assignment, PromptSet
from tests.factories import (
    make_assignment,
    make_connection,
    make_counselor,
    make_draft,
    make_entry,
    make_path_prompts,
    make_prompt,
    make_set,
    make_user,
)

PAGES = [
    "/tonight/",
    "/journal/",
    "/journal/new/",
    "/journal/deleted/",
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
OF_A_PARENT = [
    "/tonight/",
    "/journal/",
    "/journal/{entry}/",
    "/journal/{entry}/edit/",
    "/journal/{entry}/share/",
    "/journal/shared/",
    "/journal/shared/{share}/",
    "/journal/shared/nights/",
    "/accounts/care/",
    "/accounts/care/{connection}/",
    "/accounts/care/{connection}/end/",
    "/prompts/given/{given}/",
]
OF_A_COUNSELOR = [
    "/accounts/clients/",
    "/accounts/clients/?show=waiting",
    "/accounts/clients/?show=ended",
    "/accounts/clients/?group={group}",
    "/accounts/clients/{connection}/",
    "/accounts/groups/",
    "/accounts/groups/{group}/",
    "/accounts/groups/{group}/delete/",
    "/accounts/invitations/",
    "/accounts/workspace/",
    "/accounts/workspace/close/",
    "/prompts/sets/",
    "/prompts/sets/new/",
    "/prompts/sets/copy/",
    "/prompts/sets/{set}/",
    "/prompts/sets/{set}/preview/",
    "/prompts/sets/{set}/preview/?step=2",
    "/prompts/sets/{set}/worksheet/",
    "/prompts/sets/{set}/export/toml/",
    "/prompts/assignments/",
    "/prompts/assignments/?state=running",
    "/prompts/assignments/new/",
    "/prompts/assignments/{given}/",
    "/journal/shared/",
    "/journal/shared/?client={connection}",
    "/journal/shared/{share}/",
]


def write(author: User, nights: range) -> list[Entry]:
    """A page each night, every other one put in the trash, all with a history."""
    now = timezone.now()
    entries = [make_entry(author, night=author.tonight(now) - dt.timedelta(days=n), feeling="even") for n in nights]
    for n, entry in enumerate(entries):
        revisions.keep_done(author, entry, now)
        if n % 2:
            trash.delete(author, entry, now)
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

    with CaptureQueriesContext(connection) as few:
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
    walks.begin(author, "mending", today - dt.timedelta(days=30))
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


# --- Parents and counselors


class Pair(NamedTuple):
    """A parent, their counselor, and what the addresses name."""

    parent: User
    counselor: User
    names: dict[str, Any]

    def costs(self, client: Client, pages: list[str]) -> dict[str, int]:
        questions.library()  # a process reads it once a minute
        return {page: cost(client, page.format(**self.names)) for page in pages}


def cost(client: Client, url: str, sent: dict[str, object] | None = None) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url) if sent is None else client.post(url, sent)
    assert response.status_code == 200, url
    return len(queries)


@pytest.fixture
def pair(db: None) -> Pair:
    """Two of everything, and a page that its parent went on writing on after it was shared."""
    make_prompt()
    counselor, parent = make_counselor(), make_user(knows_leave=True)
    connection = make_connection(counselor, parent)
    first = hand_over(connection, range(1, 3))
    submit(parent, make_draft(entry_id=first.entry_id, night=first.night, base=1, text="We read three."), None, timezone.now())
    notes.save(counselor, connection, "Listens.", "", timezone.now())
    invitations.invite(counselor, email="", name="A friend", now=timezone.now())
    group = groups.create(counselor, new_id(), "Tuesdays")
    groups.change(group, "Tuesdays", [connection.pk])
    given = Assignment.objects.earliest("assigned_at")
    names = {
        "connection": connection.pk,
        "entry": first.entry_id,
        "share": first.pk,
        "given": given.pk,
        "set": given.set_id,
        "group": group.pk,
    }
    return Pair(parent, counselor, names)


def hand_over(connection: Connection, numbers: range, *, also: Entry | None = None) -> Share:
    """For each number a set given, and a page shared, read, and written under by both, seen and unseen. Gives the first share.

    `also` is shared over this connection as well.
    """
    now, counselor = timezone.now(), connection.counselor
    assert counselor is not None
    made: list[Share] = []
    for n in numbers:
        make_assignment(
            connection, make_set(counselor, name=f"Set {n}", steps=["prompt:at-the-door", *(f"Question {m}?" for m in range(n))])
        )
        entry = make_entry(connection.parent, night=connection.parent.tonight(now) - dt.timedelta(days=n % 7), kind=Entry.Kind.FREE)
        made.append(shares.share(connection.parent, connection, entry, now))
        talk(made[-1], now)
    if also is not None:
        shares.share(connection.parent, connection, also, now)
    return made[0]


def talk(share: Share, now: dt.datetime) -> None:
    counselor = share.connection.counselor
    assert counselor is not None
    for _seen in (True, False):
        readings.open_share(counselor, share.pk, now)
        replies.see_replies(share.parent, share, now)
        for writer in (counselor, share.parent):
            replies.reply(writer, share, new_id(), f"A word of {writer.email}, {new_id()}.", now)


def more_of_everything(pair: Pair, *, others: list[Connection]) -> None:
    """More with the same person, as much with others, and two of those have ended it."""
    now, made = timezone.now(), PromptSet.objects.get(pk=pair.names["set"])
    hand_over(Connection.objects.get(pk=pair.names["connection"]), range(3, 9))
    steps = sets.with_keys(made.pk, [*sets.steps_of(made.content), *(sets.SetStep("", question=f"Question {n}?") for n in range(9))])
    sets.save(pair.counselor, made.pk, sets.content_of("Set", "", steps), based_on=1, now=now)
    assigning.assign_new_version(pair.counselor, pair.names["given"], now)
    for _again in range(4):
        talk(Share.objects.get(pk=pair.names["share"]), now)
    for other in others:
        also = Entry.objects.get(pk=pair.names["entry"]) if other.parent_id == pair.parent.pk else None
        hand_over(other, range(1, 3), also=also)
    for other in others[-2:]:
        connections.end(other.parent, other.pk, now)


@pytest.mark.django_db
def test_a_parents_pages_cost_the_same_with_one_counselor_and_with_many(pair: Pair) -> None:
    client = Client()
    client.force_login(pair.parent)
    ended = make_connection(make_counselor(email="before@example.org"), pair.parent)
    connections.end(pair.parent, ended.pk, timezone.now())
    few = pair.costs(client, OF_A_PARENT)
    counselors = [make_counselor(email=f"counselor-{n}@example.org", name=f"Counselor {n}") for n in range(6)]
    more_of_everything(pair, others=[make_connection(counselor, pair.parent) for counselor in counselors])
    many = pair.costs(client, OF_A_PARENT)

    assert many == few
    assert max(few.values()) <= 10


@pytest.mark.django_db
def test_a_counselors_pages_cost_the_same_with_one_client_and_with_many(pair: Pair) -> None:
    client = Client()
    client.force_login(pair.counselor)
    before = make_connection(pair.counselor, make_user(email="before@example.org"))
    connections.end(before.parent, before.pk, timezone.now())
    few = pair.costs(client, OF_A_COUNSELOR)
    others = [make_connection(pair.counselor, make_user(email=f"client-{n}@example.org"), parent_name=f"Client {n}") for n in range(6)]
    more_of_everything(pair, others=others)
    for n in range(5):
        invitations.invite(pair.counselor, email="", name=f"Friend {n}", now=timezone.now())
        groups.change(groups.create(pair.counselor, new_id(), f"Group {n}"), f"Group {n}", [connection.pk for connection in others])
    groups.change(ClientGroup.objects.get(pk=pair.names["group"]), "Tuesdays", [connection.pk for connection in others])
    many = pair.costs(client, OF_A_COUNSELOR)

    assert many == few
    assert max(few.values()) <= 10


@pytest.mark.django_db
def test_looking_a_choice_over_before_giving_costs_the_same_for_one_client_and_for_many(pair: Pair) -> None:
    client = Client()
    client.force_login(pair.counselor)
    start = pair.counselor.tonight(timezone.now()).isoformat()
    chosen = {"set": pair.names["set"], "clients": [pair.names["connection"]], "start": "date", "starts_on": start, "cadence": "at_once"}
    url = "/prompts/assignments/new/"
    cost(client, url)
    few = cost(client, url, chosen)
    everybody = [make_connection(pair.counselor, make_user(email=f"client-{n}@example.org")).pk for n in range(6)]
    many = cost(client, url, {**chosen, "clients": everybody})

    assert many == few <= 10
