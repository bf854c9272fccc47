"""Every page of a parent or visitor is checked with axe-core, in both colour schemes."""

from itertools import batched

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts import people
from accounts.models import Child, Children
from common.ids import new_id
from journal import repairs
from journal.entries import trash
from journal.exchange import exporting
from journal.exchange.book import making
from journal.exchange.choosing import Choice
from journal.history import revisions
from journal.messages import links
from journal.messages.links import Kind
from journal.messages.push import subscriptions
from journal.models import Import, ImportSummary, Job, JobReport, JobRequest, RepairState, Revision
from journal.nights import walks
from prompts.library import paths as shipped
from prompts.models import Mark
from tests.browser.axe import LONG, be_clean, look
from tests.browser.conftest import SignIn
from tests.factories import make_entry, make_own_question, make_path_prompts, make_prompt, make_user
from tests.helpers import DAY
from tests.journal.messages.push.browser import Browser

pytestmark = pytest.mark.usefixtures("library")

AT_ONCE = 9  # pages in one test: opening a browser window takes longer than they do

PUBLIC = [
    "/",
    "/privacy/",
    "/help/",
    "/help/?country=SE",
    "/for-counselors/",
    "/accounts/invitations/code/",
    "/help/counselors/",
    "/help/leaving-quickly/",
    "/help/shared-device/",
    "/prompts/",
    "/prompts/?q=nothing-fits",
    "/prompts/?q=room&depth=light",
    "/prompts/how-they-forgive/",
    "/prompts/paths/",
    "/prompts/paths/when-they-pull-away/",
    "/prompts/hard-nights/",
    "/prompts/hard-nights/work-ate-the-day/",
    "/prompts/hard-nights/my-child-is-hurting/",
    "/prompts/where-to-start/",
    "/offline/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nothing/",
    "/accounts/inactive/",
    "/accounts/gone/",
    "/accounts/gone/in-a-week/",
]
SIGNED_IN = [
    "/tonight/",
    "/journal/",
    "/journal/?narrow",
    "/journal/search/",
    "/journal/new/",
    "/journal/on-this-day/",
    "/journal/deleted/",
    "/journal/calendar/",
    "/journal/calendar/{year}/",
    "/journal/calendar/{year}/{month}/",
    "/journal/children/",
    "/journal/insights/",
    "/journal/reminders/",
    "/journal/reminders/letter/",
    "/messages/later/{later}/",
    "/messages/stop/{stop}/",
    "/journal/export/earlier/",
    "/journal/export/{export}/",
    "/journal/book/{book}/",
    "/journal/import/",
    "/journal/import/{look}/",
    "/journal/import/{batch}/report/",
    "/journal/repairs/",
    "/journal/repairs/new/?entry={entry}",
    "/journal/repairs/{repair}/",
    "/journal/{entry}/",
    "/journal/{entry}/edit/",
    "/journal/{entry}/history/",
    "/journal/{entry}/history/{revision}/",
    "/journal/{entry}/delete/",
    "/journal/{deleted}/",
    "/journal/{deleted}/delete-for-good/",
    "/prompts/choices/",
    "/accounts/welcome/",
    "/prompts/",
    "/prompts/how-they-forgive/",
    "/prompts/marked/later/",
    "/prompts/marked/never/",
    "/prompts/own/",
    "/prompts/own/{own}/",
    "/prompts/own/{own}/delete/",
    "/prompts/paths/",
    "/prompts/paths/when-they-pull-away/",
    "/prompts/paths/daughters-and-mothers/",
    "/prompts/paths/the-first-months/",
    "/prompts/paths/when-they-pull-away/answers/",
    "/prompts/hard-nights/work-ate-the-day/",
    "/prompts/hard-nights/my-child-is-hurting/",
    "/help/leaving-quickly/?next=/tonight/",
    "/accounts/settings/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
]


@pytest.fixture
def path_prompts(library: None) -> None:
    """The prompts of a path that is walked, those of one with a caution, and a tender one."""
    make_path_prompts("when-they-pull-away")
    make_path_prompts("daughters-and-mothers")
    make_path_prompts("the-first-months")
    make_prompt(slug="how-they-forgive", tender=True, if_stuck=["A joke."], tomorrow="Look up once.", ages=["teen"])


@pytest.mark.usefixtures("path_prompts")
@pytest.mark.parametrize("paths", [*batched(PUBLIC, AT_ONCE)])
def test_public_pages_break_no_rule(page: Page, paths: tuple[str, ...]) -> None:
    for path in paths:
        look(page, path)


def token(address: str) -> str:
    """The last word of an address."""
    return address.rstrip("/").rsplit("/", 1)[-1]


@pytest.fixture
def places(path_prompts: None) -> dict[str, object]:
    """A parent with pages, history, marks and a deleted page: the parent, and the ids that addresses name."""
    author = make_user()
    now = timezone.now()
    own = make_own_question(author, f"What would I ask a friend? {LONG}"[:200], now=now)
    Mark.objects.create(parent=author, prompt_id="question-1", kind=Mark.Kind.LATER, marked_at=now)
    Mark.objects.create(parent=author, prompt_id="question-2", kind=Mark.Kind.NEVER, marked_at=now)
    night = author.tonight(now) - DAY
    children = [Child(new_id().hex, name, 2019, is_former) for name, is_former in (("Mika", False), ("W" * 40, False), ("J.", True))]
    people.change_children(author, lambda _before: Children(tuple(children)))
    text = f"{LONG}\n\n# Rain\n\n> she said\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[a link](https://example.org) and `code`\n\n{LONG}"
    entry = make_entry(author, night=night, text=text, feeling="bright", children=tuple(child.id for child in children))
    revisions.keep_done(author, entry, now)
    walks.begin(author, "when-they-pull-away", night)
    make_entry(author, kind="free", night=night, prompt=shipped.read()["when-they-pull-away"].prompts[0], mode="question")
    repair = make_entry(author, entry_id=new_id(), kind="free", night=night - DAY, guide=repairs.GUIDE, text=LONG)
    repairs.settle(author, repair.pk, RepairState.MENDED, night=night, words=LONG)
    deleted = make_entry(author, night=night - DAY, text=LONG, feeling="heavy")
    trash.delete(author, deleted, now)
    report = {
        "label": "Day One",
        "pages": 1200,
        "here": 3,
        "beside": 2,
        "files": 1,
        "problem_count": 1,
        "problems": [LONG],
        "left_out": [LONG],
    }
    batch = Import.objects.create(author=author, source="day-one", created_at=now, summary=ImportSummary(report))
    sample = {"night": "2024-03-01", "text": text, "question": LONG, "feeling": "bright"}
    seen = {"new": 1200, "months": [["2024-03-01", 1200, 3]], "oddities": [[LONG, 2]], "samples": [sample], **report}
    look = Job(owner=author, kind=Job.Kind.PREVIEW, state=Job.State.DONE, created_at=now, request=JobRequest(), report=JobReport(seen))
    look.save(force_insert=True)
    taken = {
        "look": look.pk,
        "batch": batch.pk,
        "export": exporting.start(author, Choice()).pk,
        "book": making.start(author, making.Wish(Choice())).pk,
        "later": token(links.to_snooze(author.pk, author.tonight(now))),
        "stop": token(links.to_stop(author.pk, Kind.LETTERS)),
    }
    subscriptions.add(author, Browser().address, now)
    named = {**taken, "entry": entry.pk, "deleted": deleted.pk, "revision": Revision.objects.get().pk, "own": own.pk, "repair": repair.pk}
    return {"author": author, **named, "year": night.year, "month": night.month}


@pytest.mark.parametrize("paths", [*batched(SIGNED_IN, AT_ONCE)])
def test_private_pages_break_no_rule(page: Page, sign_in: SignIn, places: dict[str, object], paths: tuple[str, ...]) -> None:
    sign_in(places["author"])  # type: ignore[arg-type]
    for path in paths:
        look(page, path.format(**places))


def test_a_closed_night_breaks_no_rule(page: Page, sign_in: SignIn) -> None:
    sign_in(make_user())
    page.goto("/tonight/")
    page.get_by_label("Your page").fill("Good night.")
    page.get_by_role("button", name="Done").click()
    page.get_by_role("heading", name="That was today").wait_for()

    be_clean(page)
