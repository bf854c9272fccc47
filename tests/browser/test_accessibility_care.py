"""The pages that parents and counselors share are checked with axe-core, in both colour schemes and in their various states."""

from dataclasses import replace
from http import HTTPStatus
from itertools import batched
from string import Formatter
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from accounts import connections
from accounts.connections import hand_overs
from accounts.models import Connection, User
from common.ids import new_id
from counselor import groups, invitations, practices
from counselor.models import Invitation
from counselor.sessions import notes
from journal.entries.submission import submit
from journal.models import Entry, Mode, RecordCopy, Share
from journal.sharing import readings, replies, shares
from prompts import received
from prompts.models import Assignment, PromptSet
from tests.browser.axe import LONG, LOOKED_AT, be_clean, open_page, pages
from tests.browser.conftest import SignIn, TakeSession
from tests.browser.test_accessibility import AT_ONCE
from tests.factories import (
    make_assignment,
    make_connection,
    make_counselor,
    make_draft,
    make_entry,
    make_invitation,
    make_note,
    make_set,
    make_user,
)
from tests.helpers import DAY, confirm, signed_in

pytestmark = pytest.mark.usefixtures("library")

OF_A_PARENT = [
    "/tonight/",
    "/journal/new/?prompt=step-{step}",
    "/journal/{entry}/",
    "/journal/{entry}/edit/",
    "/journal/{entry}/delete/",
    "/journal/{entry}/share/",
    "/journal/shared/",
    "/journal/shared/{share}/",
    "/journal/shared/{taken_back}/",
    "/journal/shared/nights/",
    "/accounts/care/",
    "/accounts/care/{connection}/",
    "/accounts/care/{connection}/end/",
    "/accounts/care/hand-over/{asked}/",
    "/prompts/given/{given}/",
    "/prompts/given/{paused}/",
    "/prompts/given/{to_begin}/",
    "/prompts/given/{kept}/",
]
OF_A_COUNSELOR = [
    "/today/",
    "/accounts/clients/",
    "/accounts/clients/?show=ended",
    "/accounts/clients/{connection}/",
    "/accounts/clients/{ended}/",
    "/accounts/clients/{connection}/session/",
    "/accounts/clients/{connection}/records/",
    "/accounts/notes/",
    "/accounts/notes/new/?client={connection}",
    "/accounts/notes/?client={connection}",
    "/accounts/notes/{note}/",
    "/accounts/care/{connection}/end/",
    "/accounts/groups/",
    "/accounts/groups/{group}/",
    "/accounts/groups/{group}/delete/",
    "/accounts/invitations/",
    "/accounts/invitations/{offered}/",
    "/accounts/invitations/{made}/",
    "/accounts/workspace/",
    "/accounts/workspace/close/",
    "/accounts/practice/",
    "/accounts/practice/members/{colleague}/",
    "/accounts/practice/leave/",
    "/accounts/practice/sets/",
    "/accounts/practice/sets/{shared_set}/",
    "/accounts/hand-over/{connection}/",
    "/journal/shared/",
    "/journal/shared/?client={connection}",
    "/journal/shared/{share}/",
    "/journal/shared/{unread}/",
    "/prompts/sets/",
    "/prompts/sets/?removed={removed}",
    "/prompts/sets/new/",
    "/prompts/sets/library/",
    "/prompts/sets/library/two-homes/",
    "/prompts/sets/library/two-homes/worksheet/",
    "/prompts/sets/import/",
    "/prompts/sets/{set}/",
    "/prompts/sets/{set}/preview/",
    "/prompts/sets/{set}/preview/?step=1",
    "/prompts/sets/{set}/worksheet/",
    "/prompts/assignments/",
    "/prompts/assignments/?state=paused",
    "/prompts/assignments/new/?set={set}&client={connection}",
    "/prompts/assignments/new/?library=two-homes",
    "/prompts/assignments/{given}/",
]
EMPTY = [
    "/today/",
    "/accounts/clients/",
    "/accounts/groups/",
    "/accounts/invitations/",
    "/journal/shared/",
    "/prompts/sets/",
    "/prompts/assignments/",
    "/prompts/assignments/new/",
]
LOOKED_AT.update(OF_A_PARENT, OF_A_COUNSELOR)
CARE = {
    name for path in (*OF_A_PARENT, *OF_A_COUNSELOR) for _text, name, *_format in Formatter().parse(path) if name
}  # the names in these addresses


def be_clean_and_fit(page: Page) -> None:
    """With all details open no rule is broken, and nothing is wider than a phone."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    be_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


def look_closely(page: Page, path: str, status: int = HTTPStatus.OK) -> None:
    open_page(page, path, status)
    be_clean_and_fit(page)


def press(page: Page, name: str, status: int = HTTPStatus.OK) -> None:
    """Press a button that sends its form, and check the page that answers."""
    with page.expect_navigation() as sent:
        page.get_by_role("button", name=name, exact=True).first.click()
    assert sent.value.status == status, f"{page.url} {sent.value.status} instead of {status}"
    be_clean_and_fit(page)


@pytest.fixture
def counselor(library: None) -> User:
    return make_counselor(knows_leave=True)


@pytest.fixture
def connection(counselor: User, parent: User) -> Connection:
    return make_connection(counselor, parent)


def share(connection: Connection, nights_ago: int, text: str = f"{LONG}\n\nA *long* look, and then she laughed.", **fields: Any) -> Share:
    now = timezone.now()
    night = connection.parent.tonight(now) - nights_ago * DAY
    return shares.share(connection.parent, connection, make_entry(connection.parent, night=night, text=text, **fields), now)


def edit(entry: Entry | None, text: str) -> None:
    assert entry is not None
    submit(entry.author, make_draft(entry_id=entry.pk, kind=entry.kind, night=entry.night, base=1, text=text), None, timezone.now())


@pytest.fixture
def places(connection: Connection, counselor: User, parent: User) -> dict[str, object]:
    """A parent and a counselor with something on every page, and others whose connections have ended: the ids that addresses name."""
    now = timezone.now()
    prompt_set = make_set(counselor, steps=["prompt:question-1", "What was said at the door?", f"{LONG[:200]} unsaid?"])
    given = make_assignment(connection, prompt_set, note=f"{LONG[:200]}", starts_on=parent.tonight(now) - 3 * DAY)
    paused = make_assignment(connection, prompt_set, paused=True)
    to_begin = make_assignment(connection, make_set(counselor, name="Later weeks"), starts_on=None, shares=True)
    step = given.steps.earliest("position")
    answer = share(connection, 1, prompt=f"step-{step.pk}", mode=Mode.QUESTION)
    received.mark_done(step.pk, now)
    connections.mark_informed(parent, connection.pk, now)
    replies.reply(parent, answer, new_id(), f"It was *short*. {LONG}", now)
    readings.open_share(counselor, answer.pk, now)
    replies.reply(counselor, answer, new_id(), f"{LONG} Short can be enough.", now)
    replies.see_replies(parent, answer, now)
    for writer in (parent, counselor):
        replies.reply(writer, answer, new_id(), "One more word.", now)
    edit(answer.entry, "A longer look.")
    unread, taken_back = share(connection, 2), share(connection, 3)
    shares.take_back(parent, taken_back.pk, now)

    other = make_counselor(email="other@example.org", name="S" * 60)
    kept = make_assignment(make_connection(other, parent), make_set(other, name="Kept weeks"), note="For you.")
    connections.end(other, kept.connection_id, now)
    RecordCopy.objects.create(connection=connection, form=RecordCopy.Form.FILE, made_at=now)
    make_connection(counselor, make_user(email="quiet@example.org"), parent_name="O" * 60, sees_answered=False)
    left = make_user(email="left@example.org")
    ended = make_connection(counselor, left, parent_name="Ada")
    connections.end(left, ended.pk, now)

    colleague = make_counselor(email="colleague@example.org", name="C" * 60)
    practices.open_practice(counselor, new_id(), "P" * 100, now)
    practices.accept(colleague, practices.invite(counselor, new_id(), "K" * 60, now).content.token, now)
    practices.invite(counselor, new_id(), "L" * 60, now)
    shared_set = make_set(colleague, name="N" * 60)
    practices.share_set(colleague, shared_set.pk, now)
    asked = hand_overs.ask(counselor, connection.pk, colleague, "C" * 60, now)

    group = groups.create(counselor, new_id(), "T" * 60)
    groups.change(group, "T" * 60, [connection.pk])
    note = make_note(connection, LONG)
    own = make_invitation(counselor, name="A friend of Mara’s", now=now)
    invitations.show_code(counselor, own.pk, now)
    invitations.withdraw(counselor, make_invitation(counselor, email="sent@example.org", now=now).pk, now)
    removed = make_set(counselor, name="Put away")
    removed.removed_at = now
    removed.save()
    return {
        "connection": connection.pk,
        "ended": ended.pk,
        "set": prompt_set.pk,
        "removed": removed.pk,
        "given": given.pk,
        "paused": paused.pk,
        "to_begin": to_begin.pk,
        "kept": kept.pk,
        "step": to_begin.steps.earliest("position").pk,
        "entry": answer.entry_id,
        "share": answer.pk,
        "unread": unread.pk,
        "taken_back": taken_back.pk,
        "group": group.pk,
        "offered": own.content.token,
        "made": own.pk,
        "note": note.pk,
        "colleague": colleague.pk,
        "shared_set": shared_set.pk,
        "asked": asked.pk,
    }


# --- Every page


@pytest.mark.parametrize("paths", [*batched(OF_A_PARENT, AT_ONCE)])
def test_a_parents_pages_break_no_rule(
    page: Page, sign_in: SignIn, places: dict[str, object], parent: User, paths: tuple[str, ...]
) -> None:
    sign_in(parent)
    for path in paths:
        look_closely(page, path.format(**places))


@pytest.mark.parametrize("paths", [*batched(OF_A_COUNSELOR, AT_ONCE)])
def test_a_counselors_pages_break_no_rule(
    page: Page, take_session: TakeSession, places: dict[str, object], counselor: User, paths: tuple[str, ...]
) -> None:
    take_session(confirm(signed_in(counselor)))
    for path in paths:
        look_closely(page, path.format(**places))


# --- Before anything has begun


def test_a_new_workspace(page: Page, sign_in: SignIn, parent: User) -> None:
    sign_in(parent)
    look_closely(page, "/accounts/workspace/")
    press(page, "Open the workspace", 422)
    page.get_by_label("Your name, as clients know it").fill("Ines Holm")
    press(page, "Open the workspace")
    for path in EMPTY:
        look_closely(page, path)
    page.goto("/today/")
    press(page, "Try it on a practice client")
    press(page, "Have them answer the next question")
    page.get_by_role("button", name="To your own journal").click()
    look_closely(page, "/accounts/care/")
    look_closely(page, "/journal/shared/")
    look_closely(page, "/journal/shared/nights/")


@pages("/accounts/practice/join/{offered}/")
def test_a_practice_that_is_opened_and_joined(page: Page, sign_in: SignIn, counselor: User, paths: tuple[str, ...]) -> None:
    now = timezone.now()
    sign_in(counselor)
    look_closely(page, "/accounts/practice/")
    practices.open_practice(counselor, new_id(), "Lindgatan", now)
    invitation = practices.invite(counselor, new_id(), "Bo", now)
    sign_in(make_counselor(email="joins@example.org", name="Bo Lind"))
    for path in paths:
        look_closely(page, path.format(offered=invitation.content.token))
        look_closely(page, path.format(offered="a-token"), 410)


def test_an_invitation(page: Page, sign_in: SignIn, counselor: User, parent: User) -> None:
    now = timezone.now()
    made = [make_invitation(counselor, now=now) for _ in range(4)]
    opened, accepted, withdrawn, expired = (f"/accounts/invitations/{invitation.content.token}/" for invitation in made)
    invitations.accept(make_user(email="quick@example.org"), made[1], parent_name="Ada", sees_answered=False, now=now)
    invitations.withdraw(counselor, made[2].pk, now)
    Invitation.objects.filter(pk=made[3].pk).update(expires_at=now)
    look_closely(page, opened)
    for path in (accepted, withdrawn, expired):
        look_closely(page, path, 410)
    look_closely(page, "/accounts/invitations/nothing/", 404)
    open_page(page, "/accounts/invitations/code/")
    page.get_by_label("Your code").fill("CDFG-HJKM")
    press(page, "Go on", 422)
    sign_in(parent)
    look_closely(page, opened)
    press(page, "Accept", 422)
    page.get_by_label("What they call you").fill("Mara")
    page.get_by_label("I’ve read what this means").check()
    press(page, "Accept")


# --- A parent shares


def test_sharing_for_the_first_time(page: Page, sign_in: SignIn, connection: Connection, parent: User) -> None:
    entry = make_entry(parent, night=parent.tonight(timezone.now()), text="We read two chapters.")
    sign_in(parent)
    look_closely(page, f"/journal/{entry.pk}/share/")
    press(page, "Share a copy", 422)
    look_closely(page, "/journal/shared/nights/")
    press(page, "Share copies of the ticked pages", 422)
    page.get_by_label("From the evening of").fill("")
    press(page, "Show these nights", 422)
    look_closely(page, f"/journal/{entry.pk}/share/")
    page.get_by_label("I’ve read this").check()
    press(page, "Share a copy")


def test_sharing_at_done(page: Page, sign_in: SignIn, connection: Connection, counselor: User, parent: User) -> None:
    connections.mark_informed(parent, connection.pk, timezone.now())
    make_connection(make_counselor(email="other@example.org", name="S" * 60), parent)
    prompt_set = make_set(counselor, name="First weeks")
    prompt_set.content = replace(prompt_set.content, introduction=LONG)
    make_assignment(connection, prompt_set, note=LONG, starts_on=None)
    sign_in(parent)
    page.goto("/tonight/")
    press(page, "Begin")
    page.get_by_label("Your page").fill("We read two chapters.")
    press(page, "Done")
    press(page, f"Share with {connection.counselor_name}")
    press(page, "Take it back")


def test_what_was_given(page: Page, sign_in: SignIn, connection: Connection, counselor: User, parent: User) -> None:
    given = make_assignment(connection, make_set(counselor), starts_on=None)
    sign_in(parent)
    look_closely(page, f"/prompts/given/{given.pk}/")
    press(page, "Share my answers to this set as I finish them", 422)
    page.get_by_label("I’ve read this").check()
    press(page, "Share my answers to this set as I finish them")
    press(page, "Begin")
    look_closely(page, "/tonight/")  # it says where the answer goes
    Assignment.objects.update(ended_at=timezone.now())
    look_closely(page, f"/prompts/given/{given.pk}/")


# --- A counselor reads and notes


def test_a_shared_page_closed_and_opened(page: Page, sign_in: SignIn, connection: Connection, counselor: User) -> None:
    shared = share(connection, 1)
    replies.reply(connection.parent, shared, new_id(), "It was short.", timezone.now())
    sign_in(counselor)
    look_closely(page, f"/journal/shared/{shared.pk}/")
    press(page, "Open it")
    press(page, "Send reply", 422)
    page.get_by_label("Your reply").fill(f"{LONG} Short can be enough.")
    press(page, "Send reply")


def test_a_record_on_paper(page: Page, take_session: TakeSession, connection: Connection, counselor: User) -> None:
    replies.reply(connection.parent, share(connection, 1), new_id(), LONG, timezone.now())
    make_assignment(connection, make_set(counselor))
    make_note(connection, LONG)
    take_session(confirm(signed_in(counselor)))
    look_closely(page, f"/accounts/clients/{connection.pk}/session/")
    press(page, "Open all (1)")
    page.goto("/accounts/notes/")
    page.get_by_label("Words in your notes").fill(LONG.split()[0])
    press(page, "Search")
    page.goto(f"/accounts/clients/{connection.pk}/records/")
    press(page, "Open a page to print")


def test_a_note_written_in_two_places(page: Page, sign_in: SignIn, connection: Connection, counselor: User) -> None:
    sign_in(counselor)
    note = make_note(connection, "From the first tab.")
    look_closely(page, f"/accounts/notes/{note.pk}/")
    notes.save(counselor, connection, notes.Draft(note.pk, note.dated, "From the first tab, later.", note.version), timezone.now())
    page.get_by_label("Note").fill("From the second tab.")
    expect(page.get_by_text("Changed somewhere else", exact=True)).to_be_visible()
    page.get_by_role("button", name="Keep both").click()
    press(page, "Save note")


# --- A counselor builds a set, and gives it


def test_a_set_is_built(page: Page, sign_in: SignIn, counselor: User) -> None:
    prompt_set = make_set(counselor, steps=["prompt:question-1", "What was said at the door?"])
    sign_in(counselor)
    look_closely(page, f"/prompts/sets/{prompt_set.pk}/")
    page.get_by_label("Words").fill("question")
    page.locator(".found").get_by_role("button", name="Add").first.click()
    expect(page.locator("[data-step]")).to_have_count(3)
    be_clean_and_fit(page)
    page.get_by_label("Name").fill("")
    page.get_by_label("Your question").fill("")
    page.locator("[data-step]").first.get_by_role("button", name="Take out").click()
    expect(page.get_by_text("2 things need another look")).to_be_visible()
    be_clean_and_fit(page)
    PromptSet.objects.filter(pk=prompt_set.pk).update(version=F("version") + 1)
    page.get_by_label("Name").fill("First weeks")
    page.get_by_label("Your question").fill("What was said?")
    expect(page.locator(".stored")).to_be_visible()
    be_clean_and_fit(page)
    page.get_by_role("button", name="Save the version on this page").click()
    expect(page.locator(".stored")).to_have_count(0)
    look_closely(page, f"/prompts/sets/{make_set(counselor, steps=[]).pk}/")


def test_a_file_with_faults(page: Page, sign_in: SignIn, counselor: User) -> None:
    sign_in(counselor)
    page.goto("/prompts/sets/import/")
    press(page, "Import", 422)
    lines = b"question,prompt,note\n,,\n,no-such-prompt,\n"
    page.get_by_label("File", exact=True).set_input_files(FilePayload(name="set.csv", mimeType="text/csv", buffer=lines))
    press(page, "Import", 422)


def test_a_set_is_given(page: Page, sign_in: SignIn, connection: Connection, counselor: User) -> None:
    prompt_set = make_set(counselor)
    groups.change(groups.create(counselor, new_id(), "Tuesdays"), "Tuesdays", [connection.pk])
    sign_in(counselor)
    page.goto("/prompts/assignments/new/")
    page.locator("input[name=clients]").uncheck()
    press(page, "Assign", 422)
    page.get_by_label("Set").select_option(str(prompt_set.pk))
    page.get_by_label("Tuesdays").check()
    page.get_by_role("group", name="Starts").get_by_label("On a date").check()
    page.get_by_label("The first night", exact=True).fill("1999-12-31")
    press(page, "Assign", 422)
    page.get_by_label("Tonight").check()
    press(page, "Assign")
    page.goto("/prompts/assignments/new/")
    page.get_by_label("Set").select_option(str(prompt_set.pk))
    press(page, "Assign")
    press(page, "Yes, assign it")
    PromptSet.objects.filter(pk=prompt_set.pk).update(version=F("version") + 1)
    page.get_by_role("link", name="First weeks").first.click()
    page.get_by_text("Change the note, the dates or how the questions come").click()
    page.get_by_label("On chosen weekdays").check()
    press(page, "Save", 422)
    press(page, "Pause it")
