"""Where a page cannot be saved, whatever the reason, the response says so with the right status and gives the text back."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import InterfaceError, InternalError, connection
from django.test import Client
from pytest_django import Settings

from accounts.keys.crypto import KeyMismatch, KeysUnreadable
from accounts.models import Child, Children, KeySlot, Preferences, User
from journal import repairs
from journal.entries import saving
from journal.models import Entry, Night
from tests.factories import PASSWORD, make_entry, make_user, page_fields
from tests.helpers import JSON, element, parsed
from tests.system.broken_database import (
    Fault,
    busy_file,
    faults_of,
    full_disk,
    locked_table,
    missing_sessions,
    read_only_file,
    read_only_server,
    reasons,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]

TEXT = "We were both crying, and then the kettle boiled."
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
LONG = " ".join([TEXT] * 1000)  # more than a database has room for in what it has already


@pytest.fixture
def author() -> User:
    return make_user()


@pytest.fixture
def client(author: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(author)
    return client


def kept_text(response: Any) -> str:
    return element(parsed(response), "textarea").get_text().strip()


def send_again(client: Client, response: Any) -> Any:
    """Press the button of the page that keeps the text."""
    form = element(parsed(response), "main form")
    fields = {str(tag["name"]): tag.get("value", "") for tag in form.select("input")}
    return client.post(str(form["action"]), {**fields, "text": kept_text(response)})


def stored() -> list[list[Any]]:
    """Every row that holds something of a page, sealed as it lies in the database."""
    with connection.cursor() as cursor:
        return [
            cursor.execute(rows).fetchall()
            for rows in (
                "SELECT * FROM journal_entry ORDER BY id",
                "SELECT * FROM journal_night ORDER BY id",
                "SELECT * FROM journal_revision ORDER BY id",
            )
        ]


class EndedSessionTests:
    def test_keeps_the_text_and_leads_back_to_it(self, author: User) -> None:
        browser = Client()

        response = browser.post("/tonight/", page_fields(author, text=TEXT), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert response.headers["Cache-Control"] == "no-store"
        assert kept_text(response) == TEXT
        assert "/accounts/login/" in response.content.decode()
        browser.force_login(author)
        send_again(browser, response)
        assert Entry.objects.get().content.text == TEXT

    def test_answers_a_background_save(self, author: User) -> None:
        response = Client().post("/tonight/", page_fields(author, text=TEXT), headers=JSON)

        assert (response.status_code, response.json()) == (HTTPStatus.UNAUTHORIZED, {"state": "failed"})

    def test_does_not_give_the_text_to_who_signs_in_next(self, author: User) -> None:
        other = make_user(email="other@example.org")
        client = Client()
        kept = client.post("/tonight/", page_fields(author, text=TEXT), headers=SAME_SITE)
        client.force_login(other)

        response = send_again(client, kept)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert TEXT not in response.content.decode()
        assert not Entry.objects.exists()

    def test_a_page_without_text_leads_to_signing_in(self, author: User) -> None:
        assert Client().post("/tonight/", page_fields(author, text="")).status_code == HTTPStatus.FOUND


class MissingTokenTests:
    @pytest.fixture
    def strict(self, author: User) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(author)
        return client

    def test_keeps_the_text_and_takes_it_at_the_second_try(self, author: User, strict: Client) -> None:
        response = strict.post("/tonight/", page_fields(author, text=TEXT), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert kept_text(response) == TEXT
        send_again(strict, response)
        assert Entry.objects.get().content.text == TEXT

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
    def test_takes_up_nothing_that_another_site_sends(self, author: User, strict: Client, headers: dict[str, str]) -> None:
        response = strict.post("/tonight/", page_fields(author, text=TEXT), headers=headers)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert TEXT not in response.content.decode()

    def test_elsewhere_says_what_to_do(self, strict: Client) -> None:
        response = strict.post("/prompts/choices/", {"themes": "calm"})

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "reload the page" in response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_file")
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        *faults_of(
            "sqlite",
            (full_disk, "database or disk is full"),
            (busy_file, "database is locked"),
            (read_only_file, "attempt to write a readonly database"),
        ),
        *faults_of(
            "postgresql",
            (locked_table, "canceling statement due to lock timeout"),
            (read_only_server, "in a read-only transaction"),
        ),
    ],
)
class FailingDatabaseTests:
    """The database itself refuses in the middle of a save; `says` is what stands in the log."""

    def test_keeps_the_text_of_a_first_save(
        self, fault: Fault, says: str, client: Client, author: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        with fault():
            response = client.post("/tonight/", page_fields(author, text=LONG), headers=SAME_SITE)
            timeline = client.get("/journal/")

        assert says in reasons(caplog)
        assert LONG not in caplog.text
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.headers["Retry-After"] == "5"
        assert "What you wrote is below; none of it is lost." in response.content.decode()
        assert kept_text(response) == LONG
        assert timeline.status_code == HTTPStatus.OK
        assert not Entry.objects.exists()
        assert not Night.objects.exists()
        assert send_again(client, response).status_code == HTTPStatus.FOUND
        assert Entry.objects.get().content.text == LONG

    def test_leaves_an_existing_page_as_it_was(
        self, fault: Fault, says: str, client: Client, author: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        entry = make_entry(author, text=TEXT)
        before = stored()

        with fault():
            response = client.post("/tonight/", page_fields(author, entry=entry.pk, base=entry.version, text=LONG), headers=SAME_SITE)

        assert says in reasons(caplog)
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert kept_text(response) == LONG
        assert stored() == before
        send_again(client, response)
        assert Entry.objects.get().content.text == LONG

    def test_answers_a_background_save(
        self, fault: Fault, says: str, client: Client, author: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        fields = page_fields(author, text=LONG)

        with fault():
            response = client.post("/tonight/", fields, headers=JSON)

        assert says in reasons(caplog)
        assert (response.status_code, response.json()) == (HTTPStatus.SERVICE_UNAVAILABLE, {"state": "failed"})
        assert response.headers["Retry-After"] == "5"
        assert not Entry.objects.exists()
        assert client.post("/tonight/", fields, headers=JSON).json()["state"] == "saved"
        assert Entry.objects.get().content.text == LONG


@pytest.mark.parametrize(
    "error",
    [
        InternalError("the current transaction is aborted"),
        InterfaceError("the cursor is closed"),
        KeysUnreadable("the key file cannot be read"),
        KeyMismatch("sealed with another key"),
    ],
)
class FailingDriverOrKeysTests:
    """Errors that a test cannot make a database raise: the driver's other two classes, and the keyring's."""

    def test_keep_the_text(self, error: Exception, client: Client, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr(saving, "save", fail)
            response = client.post("/tonight/", page_fields(author, text=TEXT), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert kept_text(response) == TEXT
        send_again(client, response)
        assert Entry.objects.get().content.text == TEXT

    def test_answer_a_background_save(self, error: Exception, client: Client, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise error

        monkeypatch.setattr(saving, "save", fail)
        response = client.post("/tonight/", page_fields(author), headers=JSON)

        assert (response.status_code, response.json()) == (HTTPStatus.SERVICE_UNAVAILABLE, {"state": "failed"})


class MissingSessionsTests:
    def test_keeps_the_text_though_nobody_knows_whose_it_is(self, client: Client, author: User) -> None:
        fields = page_fields(author, text=TEXT)
        with missing_sessions():
            response = client.post("/tonight/", fields, headers=SAME_SITE)

        assert response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        assert kept_text(response) == TEXT
        send_again(client, response)
        assert Entry.objects.get().content.text == TEXT


class OtherErrorTests:
    def test_a_fault_of_ours_keeps_the_text_and_shows_no_trace(self, client: Client, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise ValueError(TEXT)

        monkeypatch.setattr(saving, "save", fail)
        response = client.post("/tonight/", page_fields(author, text=TEXT), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert kept_text(response) == TEXT
        assert "Traceback" not in response.content.decode()

    def test_a_page_that_is_gone_offers_a_new_one(self, client: Client, author: User) -> None:
        url = f"/journal/{page_fields(author)['entry']}/edit/"

        response = client.post(url, page_fields(author, text=TEXT), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.NOT_FOUND
        send_again(client, response)
        assert (Entry.objects.get().content.text, Entry.objects.get().kind) == (TEXT, "free")

    def test_more_than_can_be_taken_is_refused_clearly(self, client: Client, author: User, settings: Settings) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

        response = client.post("/tonight/", page_fields(author, text="x" * 2000), content_type="application/x-www-form-urlencoded")

        assert response.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}

    @pytest.mark.parametrize("path", ["/journal/%00/", "/%ff%fe/", "/tonight/%0d%0aX:1", "/journal/../../etc/passwd", "/?night=%ff"])
    def test_odd_addresses_get_a_page_of_ours(self, client: Client, path: str) -> None:
        response = client.get(path)

        assert response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST, HTTPStatus.FOUND}

    def test_a_wrong_host_is_refused(self, client: Client) -> None:
        response = client.get("/", headers={"Host": "evil.example"})

        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert "couldn’t read" in response.content.decode()

    def test_too_many_tries_get_a_calm_page(self, settings: Settings) -> None:
        settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
        client = Client()

        for _ in range(3):
            response = client.post("/accounts/login/", {"login": "x@example.org", "password": PASSWORD})

        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert "A short pause" in response.content.decode()


class LostKeySlotTests:
    """The key of somebody who is signed in is not there any more: nothing opens, nothing is changed, and a sentence says so."""

    @pytest.fixture(autouse=True)
    def lost(self, author: User) -> None:
        author.sealed_preferences, author.sealed_children = Preferences(), Children(rows=(Child(id="0" * 32, name="Pip"),))
        author.save()
        make_entry(author, text=TEXT, kind=Entry.Kind.FREE, guide=repairs.GUIDE)
        KeySlot.objects.filter(owner=author.pk).delete()

    @pytest.mark.parametrize("address", ["", "search/", "on-this-day/", "insights/", "repairs/", "children/"])
    def test_a_page_says_so(self, address: str, client: Client) -> None:
        response = client.get(f"/journal/{address}")

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "can’t open sealed text right now" in response.content.decode()

    def test_a_search_gives_back_what_was_typed_and_finds_nothing(self, client: Client) -> None:
        response = client.post("/journal/search/", {"words": "kettle"}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "kettle" in response.content.decode()
        assert TEXT not in response.content.decode()


@pytest.mark.parametrize("address", ["/journal/search/", "/journal/"])
def test_a_child_that_was_removed_in_another_tab_is_named_as_gone(address: str, client: Client, author: User) -> None:
    other = make_user(email="other@example.org")
    other.sealed_children = Children(rows=(Child(id="1" * 32, name="Juni"),))
    other.save()
    author.sealed_children = Children(rows=(Child(id="0" * 32, name="Pip"),))
    author.save()
    make_entry(author, text=TEXT)
    for gone in ("2" * 32, "1" * 32):
        response = client.post(address, {"words": "kettle", "children": [gone]})

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "no longer on your list" in response.content.decode()
        assert "Juni" not in response.content.decode()
