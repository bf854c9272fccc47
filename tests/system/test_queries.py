"""No page costs more queries the more there is: the longer a journal is, the more clients a counselor has."""

import datetime as dt
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections
from accounts.models import Child, Children, Connection, User
from common.ids import new_id
from counselor import assigning, groups, invitations, labels, sets
from counselor.models import ClientGroup
from journal.entries import trash
from journal.entries.submission import submit
from journal.finding.index import building
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
    make_journal,
    make_note,
    make_path_prompts,
    make_prompt,
    make_set,
    make_user,
)
from tests.helpers import DAY, confirm, signed_in

PAGES = [
    "/tonight/",
    "/journal/",
    "/journal/?narrow",
    "/journal/search/",
    "/journal/new/",
    "/journal/deleted/",
    "/journal/calendar/",
    "/journal/insights/",
    "/journal/{entry}/",
    "/journal/{entry}/edit/",
    "/journal/{entry}/history/",
    "/journal/{entry}/history/{revision}/",
    "/journal/{entry}/history/{revision}/?with={revision}",
    "/journal/{entry}/delete/",
    "/journal/{deleted}/delete-for-good/",
    "/prompts/choices/",
    "/accounts/welcome/",
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
    "/journal/?narrow",
    "/journal/{entry}/",
    "/journal/{entry}/edit/",
    "/journal/{entry}/share/",
    "/journal/shared/",
    "/journal/shared/{share}/",
    "/journal/shared/nights/",
    "/accounts/care/",
    "/accounts/care/{connection}/",
    "/accounts/welcome/",
    "/accounts/care/{connection}/end/",
    "/prompts/given/{given}/",
]
OF_A_COUNSELOR = [
    "/today/",
    "/accounts/clients/",
    "/accounts/clients/?sort=answered",
    "/accounts/clients/?show=waiting",
    "/accounts/clients/?show=ended",
    "/accounts/clients/?group={group}",
    "/accounts/clients/{connection}/",
    "/accounts/groups/",
    "/accounts/groups/{group}/",
    "/accounts/groups/{group}/delete/",
    "/accounts/invitations/",
    "/accounts/invitations/{invitation}/",
    "/accounts/workspace/",
    "/accounts/workspace/close/",
    "/prompts/sets/",
    "/prompts/sets/new/",
    "/prompts/sets/library/",
    "/prompts/sets/library/two-homes/",
    "/prompts/sets/{set}/",
    "/prompts/sets/{set}/preview/",
    "/prompts/sets/{set}/preview/?step=2",
    "/prompts/sets/{set}/worksheet/",
    "/prompts/sets/{set}/export/toml/",
    "/prompts/assignments/",
    "/prompts/assignments/?state=running",
    "/prompts/assignments/new/?client={connection}",
    "/prompts/assignments/{given}/",
    "/journal/shared/",
    "/journal/shared/?client={connection}",
    "/journal/shared/{share}/",
]


def cost(client: Client, url: str, sent: dict[str, object] | None = None) -> int:
    """How many queries the page costs; with `sent`, the page that answers a POST of these fields."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url) if sent is None else client.post(url, sent)
    assert response.status_code == 200, url
    return len(queries)


def write(author: User, days_ago: range) -> list[Entry]:
    """A page for each of these nights, every second one put in the trash, all with a history."""
    now = timezone.now()
    entries = [make_entry(author, night=author.tonight(now) - days * DAY, feeling="even") for days in days_ago]
    for number, entry in enumerate(entries):
        revisions.keep_done(author, entry, now)
        if number % 2:
            trash.delete(author, entry, now)
    return entries


@pytest.mark.django_db
def test_costs_the_same_with_two_pages_and_with_forty() -> None:
    make_prompt()
    author = make_user(knows_leave=True)
    client = signed_in(author)
    kept, deleted = write(author, range(1, 3))
    ids = {"entry": kept.pk, "deleted": deleted.pk, "revision": Revision.objects.get(entry=kept).pk}
    urls = {page: page.format(**ids) for page in PAGES}
    for url in urls.values():
        client.get(url)

    few = {page: cost(client, url) for page, url in urls.items()}
    write(author, range(3, 41))
    many = {page: cost(client, url) for page, url in urls.items()}

    assert many == few
    assert max(few.values()) <= 5, few


@pytest.mark.django_db
def test_costs_the_same_with_one_step_walked_and_with_fifteen() -> None:
    pages = ("/tonight/", "/prompts/paths/", "/prompts/paths/mending/", "/prompts/paths/mending/answers/")
    make_path_prompts("mending")
    author = make_user()
    client = signed_in(author)
    today = author.tonight(timezone.now())
    walks.begin(author, "mending", today - 30 * DAY)
    steps = paths.read()["mending"].prompts

    def walk(numbers: range) -> None:
        for number in numbers:
            make_entry(author, night=today - (30 - number) * DAY, prompt=steps[number], mode=Mode.QUESTION)

    walk(range(1))
    for page in pages:
        client.get(page)
    few = {page: cost(client, page) for page in pages}
    walk(range(1, 15))
    many = {page: cost(client, page) for page in pages}

    assert many == few
    assert max(few.values()) <= 7, few


# --- Finding back.


FINDING_BACK: dict[str, dict[str, object] | None] = {
    "/tonight/": None,
    "/journal/": None,
    "/journal/calendar/": None,
    "/journal/calendar/2026/": None,
    "/journal/calendar/2026/2/": None,
    "/journal/on-this-day/": None,
    "/journal/insights/": None,
    "/journal/insights/?range=all": None,
    "/journal/repairs/": None,
    "/journal/children/": None,
    "/journal/search/": {"words": "chapters"},
    "/journal/search/?by-rank": {"words": "said perhaps", "order": "best", "part": "found"},
    "/journal/search/?filters": {"feelings": ["light", "even"], "first": "2025-01-01"},
}


@pytest.mark.django_db
@pytest.mark.usefixtures("evening")
def test_finding_back_costs_the_same_with_ten_nights_and_with_two_thousand() -> None:
    """While the index of search is made, as after an import, some more that read and store a slice of it."""
    author = make_user(knows_leave=True)
    child = Child(id="0" * 32, name="Pip")
    author.sealed_children = Children(rows=(child,))
    author.save()
    client, tonight = signed_in(author), author.tonight(timezone.now())
    varied: dict[str, Any] = {"children": [(), (child.id,)], "repairs": ["", "", "mended", "", "", "open"]}

    def costs() -> dict[str, int]:
        questions.library()
        for page, sent in FINDING_BACK.items():
            cost(client, page, sent)
        return {page: cost(client, page, sent) for page, sent in FINDING_BACK.items()}

    make_journal(author, 10, **varied)
    few = costs()
    make_journal(author, 1_990, last=tonight - 11 * DAY, **varied)
    unindexed = cost(client, "/journal/search/", {"words": "chapters"})
    building.catch_up(timezone.now())
    many = costs()

    assert not {page for page in many if many[page] > few[page]}, (few, many)
    assert max(few.values()) <= 8, few
    assert unindexed <= 30


# --- Parents and counselors.


class Pair(NamedTuple):
    """A parent, their counselor, and the ids for the addresses."""

    parent: User
    counselor: User
    ids: dict[str, Any]

    def costs(self, client: Client, pages: list[str]) -> dict[str, int]:
        """How many queries each of the pages costs."""
        questions.library()  # a process reads it once a minute
        return {page: cost(client, page.format(**self.ids)) for page in pages}


@pytest.fixture
def pair(db: None) -> Pair:
    """Two of everything, and a page that its parent went on writing on after it was shared."""
    make_prompt()
    counselor, parent = make_counselor(), make_user(knows_leave=True)
    connection = make_connection(counselor, parent)
    first = share_pages(connection, range(1, 3))
    submit(parent, make_draft(entry_id=first.entry_id, night=first.night, base=1, text="We read three."), None, timezone.now())
    labels.save(counselor, connection.pk, "of Tuesdays", timezone.now())
    make_note(connection, "Listens.")
    invited, _is_new = invitations.invite(counselor, email="", name="A friend", now=timezone.now())
    invitations.show_code(counselor, invited.pk, timezone.now())
    group = groups.create(counselor, new_id(), "Tuesdays")
    groups.change(group, "Tuesdays", [connection.pk])
    given = Assignment.objects.earliest("assigned_at")
    ids = {
        "invitation": invited.pk,
        "connection": connection.pk,
        "entry": first.entry_id,
        "share": first.pk,
        "given": given.pk,
        "set": given.set_id,
        "group": group.pk,
    }
    return Pair(parent, counselor, ids)


def share_pages(connection: Connection, numbers: range, *, also: Entry | None = None) -> Share:
    """For each number a set is given, and a page shared, read, and written under by both, seen and unseen. Returns the first share.

    `also` is shared over this connection as well.
    """
    now, counselor = timezone.now(), connection.counselor
    assert counselor is not None
    shared: list[Share] = []
    for number in numbers:
        steps = ["prompt:at-the-door", *(f"Question {n}?" for n in range(number))]
        make_assignment(connection, make_set(counselor, name=f"Set {number}", steps=steps))
        entry = make_entry(connection.parent, night=connection.parent.tonight(now) - number % 7 * DAY, kind=Entry.Kind.FREE)
        shared.append(shares.share(connection.parent, connection, entry, now))
        reply_twice(shared[-1], now)
    if also is not None:
        shares.share(connection.parent, connection, also, now)
    return shared[0]


def reply_twice(share: Share, now: dt.datetime) -> None:
    """Both reply, read that, and reply again."""
    counselor = share.connection.counselor
    assert counselor is not None
    for _seen in (True, False):
        readings.open_share(counselor, share.pk, now)
        replies.see_replies(share.parent, share, now)
        for writer in (counselor, share.parent):
            replies.reply(writer, share, new_id(), f"A word of {writer.email}, {new_id()}.", now)


def more_of_everything(pair: Pair, *, others: list[Connection]) -> None:
    """More over the same connection, and as much over each of the others, two of which are then ended."""
    now, prompt_set = timezone.now(), PromptSet.objects.get(pk=pair.ids["set"])
    share_pages(Connection.objects.get(pk=pair.ids["connection"]), range(3, 9))
    steps = sets.with_keys(
        prompt_set.pk, [*sets.steps_of(prompt_set.content), *(sets.SetStep("", question=f"Question {n}?") for n in range(9))]
    )
    sets.save(pair.counselor, prompt_set.pk, sets.content_of("Set", "", steps), based_on=1, now=now)
    assigning.assign_new_version(pair.counselor, pair.ids["given"], now)
    for _again in range(4):
        reply_twice(Share.objects.get(pk=pair.ids["share"]), now)
    for other in others:
        also = Entry.objects.get(pk=pair.ids["entry"]) if other.parent_id == pair.parent.pk else None
        share_pages(other, range(1, 3), also=also)
    for other in others[-2:]:
        connections.end(other.parent, other.pk, now)


@pytest.mark.django_db
def test_a_parents_pages_cost_the_same_with_one_counselor_and_with_many(pair: Pair) -> None:
    client = signed_in(pair.parent)
    ended = make_connection(make_counselor(email="before@example.org"), pair.parent)
    connections.end(pair.parent, ended.pk, timezone.now())
    few = pair.costs(client, OF_A_PARENT)
    counselors = [make_counselor(email=f"counselor-{n}@example.org", name=f"Counselor {n}") for n in range(6)]
    more_of_everything(pair, others=[make_connection(counselor, pair.parent) for counselor in counselors])
    many = pair.costs(client, OF_A_PARENT)

    assert many == few
    assert max(few.values()) <= 7, few


@pytest.mark.django_db
def test_a_counselors_pages_cost_the_same_with_one_client_and_with_many(pair: Pair) -> None:
    client = confirm(signed_in(pair.counselor))
    ended = make_connection(pair.counselor, make_user(email="before@example.org"))
    connections.end(ended.parent, ended.pk, timezone.now())
    few = pair.costs(client, OF_A_COUNSELOR)
    others = [make_connection(pair.counselor, make_user(email=f"client-{n}@example.org"), parent_name=f"Client {n}") for n in range(6)]
    more_of_everything(pair, others=others)
    for number in range(5):
        name = f"Group {number}"
        invitations.invite(pair.counselor, email="", name=f"Friend {number}", now=timezone.now())
        groups.change(groups.create(pair.counselor, new_id(), name), name, [connection.pk for connection in others])
    groups.change(ClientGroup.objects.get(pk=pair.ids["group"]), "Tuesdays", [connection.pk for connection in others])
    many = pair.costs(client, OF_A_COUNSELOR)

    assert many == few
    assert max(few.values()) <= 8, few  # one of them counts, for the navigation, what is to be read


@pytest.mark.django_db
def test_showing_the_first_nights_costs_the_same_for_one_client_and_for_many(pair: Pair) -> None:
    client = signed_in(pair.counselor)
    chosen = {
        "set": pair.ids["set"],
        "clients": [pair.ids["connection"]],
        "start": "tonight",
        "cadence": "at_once",
        "end": "none",
        "show": "show",
    }
    url = "/prompts/assignments/new/"
    cost(client, url, chosen)  # which reads the library once a minute
    few = cost(client, url, chosen)
    clients = [make_connection(pair.counselor, make_user(email=f"client-{n}@example.org"), parent_name=f"Client {n}").pk for n in range(6)]
    many = cost(client, url, {**chosen, "clients": clients})

    assert many == few <= 7
