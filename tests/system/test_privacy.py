"""Two counselors and four clients: whatever was done, nobody sees more of anybody than they may.

Everything that a person writes holds a word of its own. After every few acts each person's whole view of the site is read: every
page that a link leads to, and every address that names a row of anybody's. The words on these pages are compared with those that
the person may see by `World`, which follows from the acts alone.
"""

import logging
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag

import pytest
from django.core import mail
from django.db import connection as database
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import notifications
from accounts.models import Connection, HandOver, User
from common.ids import new_id
from counselor import labels
from counselor.models import ClientGroup, ClientNote, Invitation, PracticeInvitation
from journal.messages import sending
from journal.models import Entry, Reply, Share
from journal.sharing import shares
from prompts.models import AssignedStep, Assignment, PromptSet
from tests.factories import PASSWORD, make_assignment, make_entry, make_prompt, make_set, make_user, page_fields
from tests.helpers import DAY, body, confirm, session_contents, signed_in
from tests.mails import whole

LETTERS = str.maketrans("0123456789", "ghijklmnop")  # a name with seven digits in a row would be taken for a telephone number
MAILER = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
# Pages that are the same for everybody, empty ones, the library, allauth's, and the same insights of more nights: none shows
# anything that a person wrote, or anything more.
IMPERSONAL = re.compile(
    r"^/(help|journal/new/\?night|journal/insights/\?|journal/signed-in|privacy|static|leave|offline|admin|manifest|service-worker|prompts/sets/library/[a-z]|prompts/assignments/new/.(library|path)|prompts/(?!sets|assignments|given|own|paths)|accounts/(?!care|clients|groups|hand-over|invitations|notes|practice|records|session/|settings|welcome|workspace))"
)
COUNSELING = re.compile(
    r"^/(today|accounts/(clients|groups|hand-over|invitations|notes|practice|records|session/|workspace)|prompts/(sets|assignments)|journal/shared)"
)
LINK = re.compile(r'(?:href|action)="(/[^"]*)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


class World:
    """Everybody, and who may see which word by the acts so far."""

    def __init__(self, *names: str) -> None:
        self.people = {name: make_user(email=f"{name}@example.org", knows_leave=True) for name in names}
        self.browsers = {name: signed_in(person) for name, person in self.people.items()}
        self.words: set[str] = set()
        self.may_see: defaultdict[str, set[str]] = defaultdict(set)
        self.must_see: defaultdict[str, set[str]] = defaultdict(set)

    def word(self, kind: str, *, seen_by: Collection[str] = (), known_to: Collection[str] = ()) -> str:
        """A new word: the pages of those in `seen_by` have to show it, those of `known_to` may, and no others."""
        word = kind + uuid.uuid4().hex[:12].translate(LETTERS)
        self.words.add(word)
        self.show(word, *seen_by)
        for person in known_to:
            self.may_see[person].add(word)
        return word

    def show(self, word: str, *people: str) -> None:
        for person in people:
            self.may_see[person].add(word)
            self.must_see[person].add(word)

    def hide(self, word: str, *people: str) -> None:
        for person in people:
            self.may_see[person].discard(word)
            self.must_see[person].discard(word)

    def person(self, name: str) -> User:
        """The person as they are stored now."""
        self.people[name].refresh_from_db()
        return self.people[name]

    def delete_account(self, name: str) -> None:
        """From then on nobody may see what only this person and their counselors had seen."""
        browser = self.browsers.pop(name)
        names = set(Connection.objects.filter(parent=self.people[name]).values_list("parent_name", flat=True))
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert browser.post("/accounts/delete/", {"sure": "on"}).status_code == 302
        for word in self.may_see.pop(name) | names:
            if not word.startswith(("counselor", "practice", "setname", "asked")):
                self.hide(word, *self.people)

    # --- What each person sees.

    def check_views(self) -> None:
        """Compare all that each person can see with what they may see, and have to see."""
        addresses = list(private_addresses())
        for name, browser in self.browsers.items():
            view = View(browser, name)
            view.follow_links()
            view.open_all_shares()
            view.open_all_sessions()
            view.open_all(addresses)
            seen = {word for word in self.words if word in view.text}
            assert seen <= self.may_see[name], (name, sorted(seen - self.may_see[name]))
            assert seen >= self.must_see[name], (name, sorted(self.must_see[name] - seen))
            assert not {word for word in self.words if any(word in title for title in view.titles)}
            if name in COUNSELORS:
                assert not [sql for sql in view.sql_of_counseling if '"journal_entry"' in sql]
        for content in session_contents():
            assert not [word for word in self.words if word in str(content)]


@dataclass
class View:
    """All that one person can see with their browser."""

    browser: Client
    name: str
    text: str = ""
    titles: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    sql_of_counseling: list[str] = field(default_factory=list)

    def get(self, address: str) -> str:
        """The page, where there is one and it was not opened before."""
        if address in self.opened:
            return ""
        self.opened.add(address)
        with CaptureQueriesContext(database) as queries:
            response = self.browser.get(address)
        if COUNSELING.match(address):
            self.sql_of_counseling += [query["sql"] for query in queries]
        assert response.status_code in {200, 302, 404, 405, 410}, (self.name, address, response.status_code)
        text = body(response).decode(errors="replace") if response.status_code == 200 else ""
        self.text += text
        self.titles.update(TITLE.findall(text))
        return text

    def follow_links(self) -> None:
        addresses = list(STARTS)
        while addresses:
            for link in LINK.findall(self.get(addresses.pop())):
                address = urldefrag(link.replace("&amp;", "&")).url
                if address not in self.opened and not IMPERSONAL.match(address):
                    addresses.append(address)

    def open_all_shares(self) -> None:
        """Press the button with which a counselor opens a share, for everything that was ever shared."""
        for pk in Share.objects.values_list("pk", flat=True):
            with CaptureQueriesContext(database) as queries:
                response = self.browser.post(reverse("shared_open", args=[pk]))
            if self.name in COUNSELORS:
                self.sql_of_counseling += [query["sql"] for query in queries]
            assert response.status_code in {302, 404}
            self.opened.discard(reverse("shared_answer", args=[pk]))
            self.get(reverse("shared_answer", args=[pk]))

    def open_all_sessions(self) -> None:
        """Press the button that opens all that is new of a client, for every connection there ever was, and read the page."""
        for pk in Connection.objects.values_list("pk", flat=True):
            with CaptureQueriesContext(database) as queries:
                response = self.browser.post(reverse("counselor:session_open", args=[pk]))
            if self.name in COUNSELORS:
                self.sql_of_counseling += [query["sql"] for query in queries]
            assert response.status_code in {302, 404}
            self.opened.discard(reverse("counselor:session", args=[pk]))
            self.get(reverse("counselor:session", args=[pk]))

    def open_all(self, addresses: Collection[str]) -> None:
        for address in addresses:
            self.get(address)


def private_addresses() -> Iterator[str]:
    """Every address that names a row of somebody's."""
    for pk in Entry.objects.values_list("pk", flat=True):
        yield from (reverse(name, args=[pk]) for name in ("journal:entry", "journal:entry_edit", "journal:share"))
    for pk in Connection.objects.values_list("pk", flat=True):
        yield from (
            reverse(name, args=[pk])
            for name in ("journal:care_connection", "counselor:client", "counselor:session", "counselor:records", "counselor:hand_over")
        )
        yield f"{reverse('counselor:note_new')}?client={pk}"
        yield f"{reverse('counselor:notes')}?client={pk}"
        yield f"{reverse('counselor:assignment_new')}?client={pk}"
        yield f"{reverse('shared')}?client={pk}"
    for pk in Assignment.objects.values_list("pk", flat=True):
        yield from (reverse(name, args=[pk]) for name in ("counselor:assignment", "journal:given"))
    for pk in PromptSet.objects.values_list("pk", flat=True):
        yield from (reverse(name, args=[pk]) for name in ("counselor:set_builder", "counselor:set_preview", "counselor:set_worksheet"))
        yield reverse("counselor:practice_set", args=[pk])
        yield f"{reverse('counselor:assignment_new')}?set={pk}"
    for pk in HandOver.objects.values_list("pk", flat=True):
        yield reverse("journal:care_hand_over", args=[pk])
    for pk in ClientNote.objects.values_list("pk", flat=True):
        yield reverse("counselor:note", args=[pk])
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
    "/today/",
    "/journal/",
    "/journal/shared/",
    "/accounts/care/",
    "/accounts/settings/",
    "/accounts/welcome/",
    "/accounts/clients/",
    "/accounts/clients/?show=all",
    "/accounts/clients/?sort=answered",
    "/accounts/clients/?show=ended",
    "/accounts/groups/",
    "/accounts/invitations/",
    "/accounts/workspace/",
    "/accounts/practice/",
    "/accounts/practice/sets/",
    "/prompts/sets/",
    "/prompts/sets/library/",
    "/prompts/sets/library/two-homes/",
    "/prompts/assignments/",
)


class Story:
    """The acts. Each says to `World` what it shows to whom, and what it hides from whom."""

    def __init__(self) -> None:
        self.world = World(*COUNSELORS, *CLIENTS)
        self.connections: dict[tuple[str, str], Connection] = {}
        self.names: dict[str, str] = {}

    def opens_a_workspace(self, counselor: str) -> None:
        name = self.names[counselor] = self.world.word("counselor", seen_by=[counselor])
        self.world.browsers[counselor].post("/accounts/workspace/", {"name": name, "practice": "", "line": ""})

    def opens_a_practice(self, owner: str, colleague: str) -> None:
        """Each sees the name of the other and of the practice, and their clients may."""
        practice = self.world.word("practice", seen_by=[owner, colleague], known_to=CLIENTS)
        invited_as = self.world.word("joins", known_to=[owner])
        self.world.browsers[owner].post("/accounts/practice/", {"id": new_id(), "name": practice})
        self.world.browsers[owner].post("/accounts/practice/", {"act": "invite", "id": new_id(), "name": invited_as})
        token = PracticeInvitation.objects.get().content.token
        assert self.world.browsers[colleague].post(f"/accounts/practice/join/{token}/").status_code == 302
        self.world.show(self.names[owner], colleague)
        self.world.show(self.names[colleague], owner)

    def is_asked_about_a_colleague(self, client: str, counselor: str, colleague: str) -> HandOver:
        """The client learns who would go on, and the colleague nothing."""
        url = reverse("counselor:hand_over", args=[self.connections[counselor, client].pk])
        assert self.world.browsers[counselor].post(url, {"to": self.world.people[colleague].pk}).status_code == 302
        self.world.show(self.names[colleague], client)
        return HandOver.objects.get(connection=self.connections[counselor, client])

    def is_invited_and_accepts(self, counselor: str, client: str) -> None:
        invited_as = self.world.word("invited", seen_by=[counselor])
        parent_name = self.world.word("called", seen_by=[client, counselor])
        line = self.world.word("line", seen_by=[counselor])
        pk = new_id()
        self.world.browsers[counselor].post("/accounts/invitations/", {"id": pk, "name": invited_as, "line": f"{line}."})
        for act in ("send", "code"):
            self.world.browsers[counselor].post(f"/accounts/invitations/{pk}/{act}/")
        token = Invitation.objects.get(pk=pk).content.token
        fields = {"parent_name": parent_name, "sees_answered": "on", "understood": "on"}
        response = self.world.browsers[client].post(f"/accounts/invitations/{token}/", fields)
        self.connections[counselor, client] = Connection.objects.get(
            parent=self.world.people[client], counselor=self.world.people[counselor], ended_at=None
        )
        assert response.headers["Location"] == "/accounts/welcome/"
        self.world.show(self.names[counselor], client)

    def writes(self, client: str, days_ago: int) -> tuple[Entry, str]:
        person = self.world.person(client)
        word = self.world.word("written", seen_by=[client])
        return make_entry(person, night=person.tonight(timezone.now()) - days_ago * DAY, text=f"{word}."), word

    def builds_a_set(self, counselor: str) -> tuple[PromptSet, list[str]]:
        """The set, with the words of its name and its two questions."""
        words = [self.world.word(kind, seen_by=[counselor]) for kind in ("setname", "asked", "asked")]
        return make_set(self.world.people[counselor], name=words[0], steps=[f"{word} what was it?" for word in words[1:]]), words

    def gives(self, counselor: str, client: str, prompt_set: PromptSet, words: list[str]) -> tuple[Assignment, str]:
        """The assignment, and the word of its note, which is for this client alone; the second question is not asked yet."""
        note = self.world.word("note", seen_by=[counselor, client])
        tonight = self.world.person(client).tonight(timezone.now())
        given = make_assignment(self.connections[counselor, client], prompt_set, note=note, starts_on=tonight)
        notifications.queue(self.world.people[client].pk, timezone.now())
        self.world.show(words[0], client)
        self.world.show(words[1], client)
        self.world.may_see[client].add(words[2])
        return given, note

    def shares(self, client: str, counselor: str, entry: Entry, word: str) -> Share:
        share = shares.share(self.world.person(client), self.connections[counselor, client], entry, timezone.now())
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
    world = story.world

    for counselor in COUNSELORS:
        story.opens_a_workspace(counselor)
    story.opens_a_practice("ines", "omar")
    pages = {client: story.writes(client, days_ago=1) for client in CLIENTS}

    for counselor, client in (("ines", "mara"), ("ines", "tomas"), ("omar", "tomas"), ("omar", "lena")):
        story.is_invited_and_accepts(counselor, client)
    world.check_views()

    prompt_set, words_of_set = story.builds_a_set("ines")
    given = {client: story.gives("ines", client, prompt_set, words_of_set) for client in ("mara", "tomas")}
    world.browsers["ines"].post("/accounts/practice/sets/", {"set": prompt_set.pk, "act": "share"})
    for word in words_of_set:
        world.show(word, "omar")
    asked = story.is_asked_about_a_colleague("lena", "omar", "ines")
    group = world.word("group", seen_by=["ines"])
    members = [story.connections["ines", client].pk for client in ("mara", "tomas")]
    world.browsers["ines"].post("/accounts/groups/", {"id": new_id(), "name": group})
    world.browsers["ines"].post(reverse("counselor:group", args=[ClientGroup.objects.get().pk]), {"name": group, "members": members})
    for counselor, client in (("ines", "mara"), ("omar", "tomas")):
        label = world.word("label", seen_by=[counselor])
        address = reverse("counselor:client_label", args=[story.connections[counselor, client].pk])
        base = labels.stored(Connection.objects.get(pk=story.connections[counselor, client].pk)).version
        world.browsers[counselor].post(address, {"text": label, "base": base})
    note = world.word("noted", seen_by=["ines"])
    about_mara = {"client": story.connections["ines", "mara"].pk, "dated": "2026-03-01", "text": f"{note}."}
    assert world.browsers["ines"].post(reverse("counselor:note", args=[new_id()]), about_mara).status_code == 302
    world.check_views()

    # Tomas answers with "share as I finish them".
    tomas = world.person("tomas")
    world.browsers["tomas"].post(reverse("journal:given", args=[given["tomas"][0].pk]), {"action": "share", "understood": "on"})
    answer = world.word("answered", seen_by=["tomas", "ines"])
    step = given["tomas"][0].steps.get(position=0)
    fields = page_fields(tomas, night=tomas.tonight(timezone.now()), prompt=f"step-{step.pk}", mode="question", text=f"{answer}.")
    world.browsers["tomas"].post("/tonight/", {**fields, "announced": str(step.pk), "action": "close:done"})
    assert Share.objects.get().assigned == step

    # Lena would rather stay with Omar.
    world.browsers["lena"].post(reverse("journal:care_hand_over", args=[asked.pk]), {"act": "decline"})
    world.must_see["lena"].discard(story.names["ines"])

    # Mara shares a page of her own; both write under it.
    share = story.shares("mara", "ines", *pages["mara"])
    words_of_replies = [story.replies(person, share, both=("ines", "mara")) for person in ("ines", "mara")]

    # Tomas shares another with the other counselor, who learns nothing of the first.
    story.shares("tomas", "omar", *pages["tomas"])
    world.check_views()

    # Mara takes hers back: she keeps it all, Ines nothing.
    world.browsers["mara"].post(reverse("journal:shared_take_back", args=[share.pk]))
    for word in (pages["mara"][1], *words_of_replies):
        world.hide(word, "ines")

    # Tomas ends the connection with Ines: what he was given stays his to read.
    parent_name = next(word for word in world.words if Connection.objects.get(pk=story.connections["ines", "tomas"].pk).parent_name == word)
    world.browsers["tomas"].post(reverse("journal:care_end", args=[story.connections["ines", "tomas"].pk]))
    world.hide(answer, "ines")
    world.hide(given["tomas"][1], "ines")
    world.hide(parent_name, "tomas")
    world.check_views()

    # Invited again they begin anew.
    story.is_invited_and_accepts("ines", "tomas")

    # Omar closes his workspace.
    confirm(world.browsers["omar"]).post("/accounts/workspace/close/", {"word": "close"})
    parent_names = {connection.parent_name for connection in Connection.objects.filter(counselor=world.people["omar"])}
    for word in {*parent_names, *world.may_see["omar"]}:
        world.hide(word, "omar")
        for client in ("tomas", "lena"):
            if word in parent_names:
                world.hide(word, client)
    world.show(pages["tomas"][1], "tomas")
    world.must_see["ines"].discard(story.names["omar"])  # who left the practice
    world.check_views()

    # Tomas deletes his account: nothing of his is anywhere.
    story.shares("tomas", "ines", *pages["tomas"])
    world.delete_account("tomas")
    world.check_views()

    assert sending.send_due(timezone.now()) > 0
    for message in mail.outbox:
        assert not [word for word in world.words if word in whole(message)]
    assert not [word for word in world.words if word in caplog.text]
