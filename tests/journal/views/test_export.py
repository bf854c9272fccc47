"""/journal/export/: one's own journal, all of it or a part, after confirming who one is; sealed here, and gone after a day."""

import datetime as dt
import io
import json
import zipfile
from types import ModuleType

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.keys import keyring
from accounts.models import User
from journal import jobs
from journal.entries import trash
from journal.models import EarlierSupport, EarlierSupportContent, FilePart, Job, SealedFile
from tests.factories import make_entry, make_user
from tests.helpers import DAY, confirm, main_text, parsed, signed_in

pytestmark = pytest.mark.django_db

EXPORT = "/journal/export/"


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def browser(owner: User) -> Client:
    return confirm(signed_in(owner))


def nights(owner: User, number: int) -> list[str]:
    tonight = owner.tonight(timezone.now())
    return [str(make_entry(owner, night=tonight - each * DAY, text=f"The heron, night {each}.").pk) for each in range(number)]


def fetched(browser: Client, job: Job) -> zipfile.ZipFile:
    response = browser.get(f"{EXPORT}{job.pk}/file/")
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response)))


class EverythingTests:
    def test_asks_who_one_is_before_anything(self, owner: User) -> None:
        browser = signed_in(owner)
        for answer in (browser.get(EXPORT), browser.post(EXPORT), browser.post(f"{EXPORT}nights/")):
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
        assert not Job.objects.exists()

    def test_a_file_is_made_in_the_background_and_can_be_saved(self, owner: User, browser: Client, worker: ModuleType) -> None:
        nights(owner, 3)
        page = browser.post(EXPORT, follow=True)
        job = Job.objects.get()
        assert "Waiting to start" in main_text(page)
        assert "Waiting to start" in browser.get(f"{EXPORT}{job.pk}/?part=progress").content.decode()
        assert parsed(page).select_one("noscript meta[http-equiv=refresh]"), "without a script the page comes anew"

        worker.run_waiting()

        page = browser.get(f"{EXPORT}{job.pk}/")
        assert "3 pages" in main_text(page)
        assert not parsed(page).select_one("noscript meta"), "and no longer, once it is there"
        archive = fetched(browser, job)
        assert archive.testzip() is None
        assert {name for name in archive.namelist() if name.startswith("entries/")} >= {
            name for name in archive.namelist() if name.endswith(".md")
        }
        assert [page["text"] for page in json.loads(archive.read("journal.json"))["pages"]] == [
            f"The heron, night {each}." for each in (2, 1, 0)
        ]

    def test_the_file_is_sealed_and_its_answer_is_kept_by_nobody(self, owner: User, browser: Client, worker: ModuleType) -> None:
        nights(owner, 1)
        browser.post(EXPORT)
        worker.run_waiting()
        with connection.cursor() as cursor:
            cursor.execute("select data from journal_filepart")
            assert not any(b"PK\x03\x04" in bytes(row[0]) for row in cursor.fetchall())
        response = browser.get(f"{EXPORT}{Job.objects.get().pk}/file/")
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["Content-Disposition"].startswith('attachment; filename="nightlight-')

    def test_a_file_for_other_journals_is_as_day_one_makes_them(self, owner: User, browser: Client, worker: ModuleType) -> None:
        nights(owner, 2)
        assert 'value="day-one"' in browser.get(EXPORT).content.decode()
        browser.post(EXPORT, {"action": "day-one"})
        worker.run_waiting()

        job = Job.objects.get()
        archive = fetched(browser, job)
        assert archive.namelist() == ["Journal.json"]
        assert [entry["text"] for entry in json.loads(archive.read("Journal.json"))["entries"]] == [
            "The heron, night 1.",
            "The heron, night 0.",
        ]
        page = main_text(browser.get(f"{EXPORT}{job.pk}/"))
        assert "2 pages" in page
        assert "What is in it" not in page
        assert (job.done, job.total) == (2, 2)

    def test_two_presses_make_one_file(self, browser: Client) -> None:
        assert browser.post(EXPORT).headers["Location"] == browser.post(EXPORT).headers["Location"]
        assert Job.objects.count() == 1

    def test_it_is_there_for_a_day(self, owner: User, browser: Client, worker: ModuleType) -> None:
        browser.post(EXPORT)
        worker.run_waiting()
        job = Job.objects.get()
        with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
            again = confirm(signed_in(owner))
            assert again.get(f"{EXPORT}{job.pk}/file/").status_code == 404
            assert "has been deleted" in main_text(again.get(f"{EXPORT}{job.pk}/"))
            assert "Your files" not in main_text(again.get(EXPORT))

    def test_it_can_be_deleted_before(self, browser: Client, worker: ModuleType) -> None:
        browser.post(EXPORT)
        worker.run_waiting()
        job = Job.objects.get()
        for _twice in range(2):
            assert browser.post(f"{EXPORT}{job.pk}/delete/").status_code == 302
        assert not SealedFile.objects.exists()
        assert not FilePart.objects.exists()
        assert browser.get(f"{EXPORT}{job.pk}/file/").status_code == 404

    def test_it_can_be_stopped(self, browser: Client, worker: ModuleType) -> None:
        browser.post(EXPORT)
        job = Job.objects.get()
        page = browser.post(f"{EXPORT}{job.pk}/", {"stop": "stop"}, follow=True)
        assert "This was stopped." in main_text(page)
        worker.run_waiting()
        assert not SealedFile.objects.exists()

    def test_why_it_failed_stands_on_its_page(self, browser: Client, worker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_args: object) -> dict[str, object]:
            raise OSError

        monkeypatch.setitem(jobs._works, Job.Kind.EXPORT, fail)
        browser.post(EXPORT)
        worker.run_waiting()
        assert "Nothing you wrote is lost." in main_text(browser.get(f"{EXPORT}{Job.objects.get().pk}/"))


class APartTests:
    def test_a_span_holds_its_nights_and_nothing_else_of_the_person(self, owner: User, browser: Client, worker: ModuleType) -> None:
        nights(owner, 5)
        tonight = owner.tonight(timezone.now())
        span = {"first": tonight - 3 * DAY, "last": tonight - 2 * DAY}
        browser.post(f"{EXPORT}nights/", {**span, "action": "file"})
        worker.run_waiting()
        written = json.loads(fetched(browser, Job.objects.get()).read("journal.json"))
        assert [page["text"] for page in written["pages"]] == ["The heron, night 3.", "The heron, night 2."]
        assert written.keys() == {"format", "schema", "made_at", "part", "pages"}
        assert not any(page["revisions"] for page in written["pages"])

    def test_pages_are_ticked_one_by_one_and_printed(self, owner: User, browser: Client) -> None:
        first, _second, third = nights(owner, 3)
        page = browser.post(f"{EXPORT}nights/", {"action": "choose"})
        assert len(parsed(page).select("input[name=page][checked]")) == 3
        fields = {"ticking": "yes", "page": [first, third], "action": "print"}
        sheet = main_text(browser.post(f"{EXPORT}nights/", fields))
        assert "night 0" in sheet
        assert "night 2" in sheet
        assert "night 1" not in sheet

    @pytest.mark.parametrize(("first", "span"), [("2026-03-02", "March 2026"), ("2025-11-02", "November 2025 to March 2026")])
    def test_the_sheet_is_headed_by_its_months(self, owner: User, browser: Client, first: str, span: str) -> None:
        for night in (first, "2026-03-04"):
            make_entry(owner, night=dt.date.fromisoformat(night))
        sheet = parsed(browser.post(f"{EXPORT}nights/", {"action": "print"}))
        assert sheet.select_one("h1.sheet-title").get_text() == span  # type: ignore[union-attr]

    def test_nothing_ticked_is_said_and_nothing_is_made(self, owner: User, browser: Client) -> None:
        nights(owner, 1)
        response = browser.post(f"{EXPORT}nights/", {"ticking": "yes", "action": "file"})
        assert response.status_code == 422
        assert "Tick at least one page" in main_text(response)
        assert not Job.objects.exists()

    def test_pages_of_others_and_deleted_ones_are_never_among_them(self, owner: User, browser: Client) -> None:
        [theirs] = nights(make_user(email="other@example.org"), 1)
        [own, deleted] = nights(owner, 2)
        trash.delete(owner, owner.entries.get(pk=deleted), timezone.now())
        fields = {"ticking": "yes", "page": [own, theirs, deleted, "no id"], "action": "print"}
        sheet = parsed(browser.post(f"{EXPORT}nights/", fields))
        assert len(sheet.select("article.on-paper")) == 1

    def test_a_span_that_ends_before_it_begins_comes_back_with_a_word(self, browser: Client) -> None:
        response = browser.post(f"{EXPORT}nights/", {"first": "2026-03-02", "last": "2026-03-01", "action": "print"})
        assert response.status_code == 422
        assert "Swap them" in main_text(response)
        assert 'value="2026-03-02"' in response.content.decode()

    def test_no_pages_no_sheet(self, browser: Client) -> None:
        for action in ("choose", "print"):
            assert "There’s no page for these nights." in main_text(browser.post(f"{EXPORT}nights/", {"action": action}))


def test_a_stranger_finds_nothing(owner: User, browser: Client, worker: ModuleType) -> None:
    browser.post(EXPORT)
    worker.run_waiting()
    job = Job.objects.get()
    stranger = confirm(signed_in(make_user(email="other@example.org")))
    assert stranger.get(f"{EXPORT}{job.pk}/").status_code == 404
    assert stranger.get(f"{EXPORT}{job.pk}/file/").status_code == 404
    assert stranger.post(f"{EXPORT}{job.pk}/delete/").status_code == 404
    assert stranger.post(f"{EXPORT}{job.pk}/", {"stop": "stop"}).status_code == 404
    assert SealedFile.objects.exists()


class EarlierTests:
    SUPPORT = {
        "id": "5a3bbd4e-31b0-4d6f-8c41-0d6cf0c2a6b1",
        "counselor": "Ines <Holm>",
        "began_at": "2024-02-20T10:00:00Z",
        "given": [{"name": "First weeks", "steps": [{"question": "What was said at the door?"}]}, "nothing"],
        "shares": [
            {
                "night": "2024-03-01",
                "text": "The lamp fell.",
                "readings": [{"read_at": "2024-03-02T10:00:00Z"}],
                "replies": [{"from_counselor": True, "text": "Thank you for this.", "written_at": 7}],
            },
            {"night": [], "text": ""},
        ],
    }

    def test_what_came_along_of_counselors_is_read_by_its_owner_alone(self, owner: User, browser: Client) -> None:
        assert "Nothing came with it." in main_text(browser.get(f"{EXPORT}earlier/"))
        assert f"{EXPORT}earlier/" not in browser.get(EXPORT).content.decode()
        with keyring.cached():
            EarlierSupport.objects.create(author=owner, content=EarlierSupportContent(self.SUPPORT))
            EarlierSupport.objects.create(author=make_user(email="b@example.org"), content=EarlierSupportContent({"counselor": "Olu"}))

        assert f"{EXPORT}earlier/" in browser.get(EXPORT).content.decode()
        text = main_text(browser.get(f"{EXPORT}earlier/"))

        for words in ("Ines <Holm>", "First weeks", "What was said at the door?", "The lamp fell.", "Thank you for this.", "Read on"):
            assert words in text
        assert "The copy had been deleted." in text
        assert "Olu" not in text
