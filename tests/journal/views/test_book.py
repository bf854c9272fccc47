"""/journal/book/: one's evenings as a typeset PDF, after confirming who one is; sealed here, and gone after a day."""

import datetime as dt
import io
import sys
from types import ModuleType

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from journal.exchange.book import making, pages
from journal.models import FilePart, Job, SealedFile
from tests.factories import make_entry, make_user
from tests.helpers import DAY, confirm, everything_stored, main_text, parsed, signed_in

pytestmark = pytest.mark.django_db

BOOK = "/journal/book/"
FIELDS = {"first": "", "last": "", "title": "", "size": "a5"}


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def browser(owner: User) -> Client:
    return confirm(signed_in(owner))


def words(browser: Client, job: Job) -> str:
    response = browser.get(f"{BOOK}{job.pk}/file/")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(b"".join(response))).pages)


class BookPageTests:
    def test_asks_who_one_is_before_anything(self, owner: User) -> None:
        browser = signed_in(owner)
        for answer in (browser.get(BOOK), browser.post(BOOK, FIELDS)):
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
        assert not Job.objects.exists()

    def test_a_book_is_made_in_the_background_and_can_be_saved_for_a_day(self, owner: User, browser: Client, worker: ModuleType) -> None:
        pytest.importorskip("weasyprint", exc_type=ImportError)
        tonight = owner.tonight(timezone.now())
        make_entry(owner, night=tonight, text="The heron, *tonight*.", feeling="light")
        make_entry(owner, night=tonight - 2 * DAY, text="The heron, earlier.")
        make_entry(make_user(email="stranger@example.org"), night=tonight, text="Somebody else’s heron.")
        page = browser.post(BOOK, FIELDS | {"first": tonight - DAY, "title": "Heron-and-lamp"}, follow=True)
        assert "Waiting to start" in main_text(page)
        job = Job.objects.get()
        assert b"Heron-and-lamp" not in everything_stored()

        worker.run_waiting()

        assert "3 pages" in main_text(browser.get(f"{BOOK}{job.pk}/"))
        assert "Ready to save" in main_text(browser.get(BOOK))
        text = words(browser, job)
        assert "Heron-and-lamp" in text
        assert "The heron, tonight." in text
        assert "Light" in text
        assert "earlier" not in text
        assert "Somebody" not in text
        with connection.cursor() as cursor:
            cursor.execute("select data from journal_filepart")
            assert not any(b"%PDF" in bytes(row[0]) for row in cursor.fetchall())
        response = browser.get(f"{BOOK}{job.pk}/file/")
        assert response.headers["Content-Disposition"].startswith('attachment; filename="nightlight-book-')
        assert "no-store" in response.headers["Cache-Control"]
        stranger = confirm(signed_in(make_user(email="other@example.org")))
        assert [stranger.get(f"{BOOK}{job.pk}/{part}").status_code for part in ("", "file/")] == [404, 404]

        with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
            again = confirm(signed_in(owner))
            assert again.get(f"{BOOK}{job.pk}/file/").status_code == 404
            assert "has been deleted" in main_text(again.get(f"{BOOK}{job.pk}/"))
            assert "Your books" not in main_text(again.get(BOOK))
        for _twice in range(2):
            assert browser.post(f"{BOOK}{job.pk}/delete/").status_code == 302
        assert not SealedFile.objects.exists()
        assert not FilePart.objects.exists()

    def test_an_export_is_no_book(self, owner: User, browser: Client) -> None:
        browser.post("/journal/export/")
        assert browser.get(f"{BOOK}{Job.objects.get().pk}/").status_code == 404

    def test_two_presses_make_one_book_and_it_can_be_stopped(self, owner: User, browser: Client, worker: ModuleType) -> None:
        make_entry(owner)
        assert browser.post(BOOK, FIELDS).headers["Location"] == browser.post(BOOK, FIELDS).headers["Location"]
        job = Job.objects.get()
        assert "This was stopped." in main_text(browser.post(f"{BOOK}{job.pk}/", {"stop": "stop"}, follow=True))
        worker.run_waiting()
        assert not SealedFile.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({}, "There’s no page for these nights."),
            ({"size": "a0"}, "isn’t one of the choices"),
            ({"size": ""}, "still empty"),
            ({"title": "x" * 81}, "80"),
            ({"first": "yesterdayish"}, "date"),
            ({"first": "2026-03-02", "last": "2026-03-01"}, "Swap them."),
        ],
    )
    def test_what_cannot_be_made_comes_back_with_what_was_typed(self, fields: dict[str, str], said: str, browser: Client) -> None:
        page = browser.post(BOOK, FIELDS | {"title": "Our heron year"} | fields)
        assert page.status_code == 422
        assert said in main_text(page)
        assert fields.get("title", "Our heron year") in page.content.decode()
        assert not Job.objects.exists()

    def test_a_book_has_an_end(self, owner: User, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("journal.forms.book.MOST", 1)
        for night in (1, 2):
            make_entry(owner, night=dt.date(2026, 3, night))
        assert pages.MOST > 1
        page = browser.post(BOOK, FIELDS)
        assert page.status_code == 422
        assert "Choose fewer nights" in main_text(page)

    @pytest.mark.parametrize(("time_zone", "size"), [("America/Chicago", "letter"), ("Europe/Stockholm", "a5")])
    def test_paper_is_that_of_the_country(self, time_zone: str, size: str) -> None:
        browser = confirm(signed_in(make_user(time_zone=time_zone)))
        assert parsed(browser.get(BOOK)).select_one(f"input[name=size][value={size}][checked]")


class WithoutTheExtraTests:
    def test_the_page_says_so_and_offers_paper(self, owner: User, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(making, "find_spec", lambda _name: None)
        make_entry(owner, text="The heron.")
        page = browser.get(BOOK)
        assert "can’t make books" in main_text(page)
        form = parsed(page).select_one("main form")
        assert form is not None
        assert browser.post(BOOK, FIELDS).status_code == 422
        assert not Job.objects.exists()
        assert "The heron." in main_text(browser.post(str(form["action"]), {"first": "", "last": "", "action": "print"}))

    def test_a_missing_library_is_said_in_words(
        self, owner: User, browser: Client, worker: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_entry(owner)
        monkeypatch.setitem(sys.modules, "journal.exchange.book.typesetting", None)
        browser.post(BOOK, FIELDS)
        worker.run_waiting()
        assert "This site can’t make books right now." in main_text(browser.get(f"{BOOK}{Job.objects.get().pk}/"))
