"""Two counselors and four clients: whatever was done, nobody sees more of anybody than they may.

Everything that somebody writes holds a word of its own. After every few acts each person's whole view of the site is looked
through: every page that a link leads them to, and every address of everybody else's things, tried by hand. What is found
is held against what `World` says that each may see, which is worked out from the acts alone.
"""

import datetime as dt
import logging
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection as database
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import notifications
from accounts.models import Connection, User
from common.ids import new_id
from counselor.models import ClientGroup, Invitation
from journal.models import Entry, Reply, Share
from journal.sharing import shares
from prompts.models import AssignedStep, Assignment, PromptSet
from tests.factories import PASSWORD, make_assignment, make_entry, make_prompt, make_set, make_user, page_fields

MAILER = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
# Pages that are the same for everybody, empty ones, the library, and allauth's: nothing of anybody's stands there.
IMPERSONAL = re.compile(
    r"^/(help|journal/new/\?night|journal/signed-in|privacy|static|leave|offline|admin|manifest|service-worker|prompts/(?!sets|assignments|given|own)|accounts/(?!care|clients|groups|invitations|settings|workspace))"
)
COUNSELING = re.compile(r"^/(accounts/(clients|groups|invitations|workspace)|prompts/(sets|assignments)|journal/shared)")
LINK = re.compile(r'(?:href|action)="(/[^"]*)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


class World:
    """Everybody, and who may see which word by the acts so far."""

    def __init__(self, *names: str) -> None:
        self.people = {name: make_user(email=f"{name}@example.org", knows_leave=True) for name in names}
        self.browsers = {name: Client() for name in names}
        for name, person in self.people.items():
            self.browsers[name].force_login(person)
        self.words: set[str] = set()
        self.may: defaultdict[str, set[str]] = defaultdict(set)
        self.must: defaultdict[str, set[str]] = defaultdict(set)

    def word(self, of: str, *, seen_by: Collection[str] = (), known_to: Collection[str] = ()) -> str:
        """A word that stands nowhere else: `seen_by` those whose pages show it, `known_to` those whose pages may."""
        made = f"{of}{uuid.uuid4().hex[:12]}"
        self.words.add(made)
        self.show(made, *seen_by)
        for person in known_to:
            self.may[person].add(made)
        return made

    def show(self, word: str, *people: str) -> None:
        for person in people:
            self.may[person].add(word)
            self.must[person].add(word)

    def hide(self, word: str, *people: str) -> None:
        for person in people:
            self.may[person].discard(word)
            self.must[person].discard(word)

    def fresh(self, name: str) -> User:
        self.people[name].refresh_from_db()
        return self.people[name]

    def leaves(self, name: str) -> None:
        """Delete the account: what only they and their counselors had seen is gone for everybody."""
        browser = self.browsers.pop(name)
        names = set(Connection.objects.filter(parent=self.people[name]).values_list("parent_name", flat=True))
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert browser.post("/accounts/delete/", {"sure": "on"}).status_code == 302
        for word in self.may.pop(name) | names:
            if not word.startswith(("counselor", "setname", "asked")):
                self.hide(word, *self.people)

    # --- What everybody sees.

    def look_through(self) -> None:
        """Hold each person's whole view against what they may see."""
        places = list(everybodys_places())
        for name, browser in self.browsers.items():
            view = View(browser, name)
            view.follow_links()
            view.open_all_shares()
            view.try_by_hand(places)
            seen = {word for word in self.words if word in view.text}
            assert seen <= self.may[name], (name, sorted(seen - self.may[name]))
            assert seen >= self.must[name], (name, sorted(self.must[name] - seen))
            assert not {word for word in self.words if any(word in title for title in view.titles)}
            if name in COUNSELORS:
                assert not [sql for sql in view.sql_of_counseling if '"journal_entry"' in sql]
        for session in Session.objects.all():
            assert not [word for word in self.words if word in str(session.get_decoded())]


@dataclass
class View:
    """All that one person's browser can be made to show."""

    browser: Client
    name: str
    text: str = ""
    titles: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    sql_of_counseling: list[str] = field(default_factory=list)

    def get(self, address: str) -> str:
        if address in self.seen:
            return ""
        self.seen.add(address)
        with CaptureQueriesContext(database) as queries:
            response = self.browser.get(address)
        if COUNSELING.match(address):
            self.sql_of_counseling += [query["sql"] for query in queries]
        assert response.status_code in {200, 302, 404, 405, 410}, (self.name, address, response.status_code)
        body = response.content.decode() if response.status_code == 200 else ""
        self.text += body
        self.titles.update(TITLE.findall(body))
        return body

    def follow_links(self) -> None:
        waiting = list(STARTS)
        while waiting:
            for link in LINK.findall(self.get(waiting.pop())):
                address = urldefrag(link.replace("&amp;", "&")).url
                if address not in self.seen and not IMPERSONAL.match(address):
                    waiting.append(address)

    def open_all_shares(self) -> None:
        """As a counselor does, with the button: everybody tries it on everything that was ever shared."""
        for pk in Share.objects.values_list("pk", flat=True):
            with CaptureQueriesContext(database) as queries:
                response = self.browser.post(reverse("shared_open", args=[pk]))
            if self.name in COUNSELORS:
                self.sql_of_counseling += [query["sql"] for query in queries]
            assert response.status_code in {302, 404}
            self.seen.discard(reverse("shared_answer", args=[pk]))
            self.get(reverse("shared_answer", args=[pk]))

    def try_by_hand(self, places: Collection[str]) -> None:
        for address in places:
            self.get(address)


def everybodys_places() -> Iterator[str]:
    """Addresses that name something of somebody's."""
    for pk in Entry.objects.values_list("pk", flat=True):
        yield from (reverse(name, args=[pk]) for name in ("journal:entry", "journal:entry_edit", "journal:share"))
    for pk in Connection.objects.values_list("pk", flat=True):
        yield from (reverse(name, args=[pk]) for name in ("journal:care_connection", "counselor:client"))
        yield f"{reverse('counselor:assignment_new')}?client={pk}"
        yield f"{reverse('shared')}?client={pk}"
    for pk in Assignment.objects.values_list("pk", flat=True):
        yield from (reverse(name, args=[pk]) for name in ("counselor:assignment", "journal:given"))
    for pk in PromptSet.objects.values_list("pk", flat=True):
        yield from (reverse(name, args=[pk]) for name in ("counselor:set_builder", "counselor:set_preview", "counselor:set_worksheet"))
        yield f"{reverse('counselor:assignment_new')}?set={pk}"
    for pk in ClientGroup.objects.values_list("pk", flat=True):
        yield reverse("counselor:group", args=[pk])
        yield f"{reverse('counselor:clients')}?group={pk}"
    for pk in AssignedStep.objects.values_list("pk", flat=True):
        yield reverse("journal:entry_new", query={"prompt": f"step-{pk}"})


COUNSELORS = ("ines", "omar")
CLIENTS = ("mara", "tomas", "lena", "joel")
STARTS = (
    "/",
    "/tonight/",
    "/journal/",
    "/journal/shared/",
    "/accounts/care/",
    "/accounts/settings/",
    "/accounts/clients/",
    "/accounts/clients/?show=all",
    "/accounts/clients/?show=ended",
    "/accounts/groups/",
    "/accounts/invitations/",
    "/accounts/workspace/",
    "/prompts/sets/",
    "/prompts/assignments/",
)


class Story:
    """The acts. Each says whom it shows or hides what."""

    def __init__(self) -> None:
        self.world = World(*COUNSELORS, *CLIENTS)
        self.connections: dict[tuple[str, str], Connection] = {}
        self.names: dict[str, str] = {}

    def opens_a_workspace(self, counselor: str) -> None:
        name = self.names[counselor] = self.world.word("counselor", seen_by=[counselor])
        self.world.browsers[counselor].post("/accounts/workspace/", {"name": name, "practice": "", "line": ""})

    def is_invited_and_accepts(self, counselor: str, client: str) -> None:
        whom = self.world.word("invited", seen_by=[counselor])
        called = self.world.word("called", seen_by=[client, counselor])
        pk = new_id()
        self.world.browsers[counselor].post("/accounts/invitations/", {"id": pk, "name": whom})
        token = Invitation.objects.get(pk=pk).content.token
        terms = {"parent_name": called, "sees_answered": "on", "understood": "on"}
        response = self.world.browsers[client].post(f"/accounts/invitations/{token}/", terms)
        connection = self.connections[counselor, client] = Connection.objects.get(
            parent=self.world.people[client], counselor=self.world.people[counselor], ended_at=None
        )
        assert response.headers["Location"] == f"/accounts/care/{connection.pk}/"
        self.world.show(self.names[counselor], client)

    def writes(self, client: str, ago: int) -> tuple[Entry, str]:
        person = self.world.fresh(client)
        word = self.world.word("written", seen_by=[client])
        return make_entry(person, night=person.tonight(timezone.now()) - dt.timedelta(days=ago), text=f"{word}."), word

    def builds_a_set(self, counselor: str) -> tuple[PromptSet, list[str]]:
        """A set's name and its two questions."""
        words = [self.world.word(of, seen_by=[counselor]) for of in ("setname", "asked", "asked")]
        return make_set(self.world.people[counselor], name=words[0], steps=[f"{word} what was it?" for word in words[1:]]), words

    def gives(self, counselor: str, client: str, made: PromptSet, words: list[str]) -> tuple[Assignment, str]:
        """A note reaches this client alone; the second question has not come yet."""
        note = self.world.word("note", seen_by=[counselor, client])
        tonight = self.world.fresh(client).tonight(timezone.now())
        given = make_assignment(self.connections[counselor, client], made, note=note, starts_on=tonight)
        notifications.queue(self.world.people[client].pk, timezone.now())
        self.world.show(words[0], client)
        self.world.show(words[1], client)
        self.world.may[client].add(words[2])
        return given, note

    def shares(self, client: str, counselor: str, entry: Entry, word: str) -> Share:
        share = shares.share(self.world.fresh(client), self.connections[counselor, client], entry, timezone.now())
        self.world.show(word, counselor)
        return share

    def replies(self, person: str, share: Share, *, both: tuple[str, str]) -> str:
        word = self.world.word("replied", seen_by=both)
        response = self.world.browsers[person].post(reverse("shared_reply", args=[share.pk]), {"id": new_id(), "text": f"{word}."})
        assert response.status_code == 302, response.content
        assert Reply.objects.filter(share=share).exists()
        return word


@pytest.mark.django_db
@override_settings(MAILER=MAILER, MAILERS={"default": MAILER})
def test_nobody_sees_more_than_they_may(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    make_prompt()
    story = Story()
    world, look = story.world, story.world.look_through

    for counselor in COUNSELORS:
        story.opens_a_workspace(counselor)
    pages = {client: story.writes(client, ago=1) for client in CLIENTS}

    for counselor, client in (("ines", "mara"), ("ines", "tomas"), ("omar", "tomas"), ("omar", "lena")):
        story.is_invited_and_accepts(counselor, client)
    look()

    made, asked = story.builds_a_set("ines")
    given = {client: story.gives("ines", client, made, asked) for client in ("mara", "tomas")}
    group = world.word("group", seen_by=["ines"])
    members = [story.connections["ines", client].pk for client in ("mara", "tomas")]
    world.browsers["ines"].post("/accounts/groups/", {"id": new_id(), "name": group})
    world.browsers["ines"].post(reverse("counselor:group", args=[ClientGroup.objects.get().pk]), {"name": group, "members": members})
    noted = world.word("noted", seen_by=["ines"])
    world.browsers["ines"].post(reverse("counselor:client", args=[story.connections["ines", "mara"].pk]), {"text": f"{noted}."})
    look()

    # Tomas answers with "share as I finish them".
    tomas = world.fresh("tomas")
    world.browsers["tomas"].post(reverse("journal:given", args=[given["tomas"][0].pk]), {"action": "share", "understood": "on"})
    answer = world.word("answered", seen_by=["tomas", "ines"])
    step = given["tomas"][0].steps.get(position=0)
    sent = page_fields(tomas, night=tomas.tonight(timezone.now()), prompt=f"step-{step.pk}", mode="question", text=f"{answer}.")
    world.browsers["tomas"].post("/tonight/", {**sent, "action": "close:done"})
    assert Share.objects.get().assigned == step

    # Mara shares a page of her own; both write under it.
    share = story.shares("mara", "ines", *pages["mara"])
    replied = story.replies("ines", share, both=("ines", "mara"))
    answered = story.replies("mara", share, both=("ines", "mara"))

    # Tomas shares another with the other counselor, who learns nothing of the first.
    story.shares("tomas", "omar", *pages["tomas"])
    look()

    # Mara takes hers back: she keeps it all, Ines nothing.
    world.browsers["mara"].post(reverse("journal:shared_take_back", args=[share.pk]))
    for word in (pages["mara"][1], replied, answered):
        world.hide(word, "ines")

    # Tomas ends it with Ines: what he was given goes, but for the question above what he wrote.
    called = next(word for word in world.words if Connection.objects.get(pk=story.connections["ines", "tomas"].pk).parent_name == word)
    world.browsers["tomas"].post(reverse("journal:care_end", args=[story.connections["ines", "tomas"].pk]))
    world.hide(answer, "ines")
    world.hide(given["tomas"][1], "ines", "tomas")
    world.hide(asked[0], "tomas")
    world.hide(called, "tomas")
    look()

    # Invited again they begin anew.
    story.is_invited_and_accepts("ines", "tomas")

    # Omar closes his workspace.
    world.browsers["omar"].post("/accounts/workspace/close/")
    theirs = {connection.parent_name for connection in Connection.objects.filter(counselor=world.people["omar"])}
    for word in {*theirs, *world.may["omar"]}:
        world.hide(word, "omar")
        for client in ("tomas", "lena"):
            if word in theirs:
                world.hide(word, client)
    world.show(pages["tomas"][1], "tomas")
    look()

    # Tomas, who is invited again, deletes his account: nothing of his is anywhere.
    story.shares("tomas", "ines", *pages["tomas"])
    world.leaves("tomas")
    look()

    assert notifications.send_due(timezone.now()) > 0
    for sent_mail in mail.outbox:
        assert not [word for word in world.words if word in f"{sent_mail.subject}{sent_mail.body}"]
    assert not [word for word in world.words if word in caplog.text]
