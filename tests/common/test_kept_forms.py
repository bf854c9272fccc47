"""common.kept_forms: where a form cannot be saved, whatever the reason, what was typed comes back and can be sent again."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

import pytest
import time_machine
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.keys.crypto import KeysUnreadable
from accounts.models import Connection, User
from common.kept_forms import LIMIT
from counselor import sets, workspace
from counselor.models import ClientGroup, ClientGroupContent, Invitation, Workspace
from prompts.models import Assignment, PromptSet
from tests.factories import PASSWORD, make_assignment, make_connection, make_counselor, make_invitation, make_prompt, make_set, make_user
from tests.helpers import element, form_fields, parsed, read, session_contents, signed_in
from tests.system.broken_database import Fault, busy_file, faults_of, missing_sessions, read_only_file, read_only_server, reasons

pytestmark = pytest.mark.django_db

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
TEXT = 'Zinnober <b>&amp; "quoted"'
LINES = "One line,\r\n\r\nand Zinnober below it."
NEW = "/prompts/assignments/new/"
BUTTON = "main form button"

type Fields = dict[str, list[str]]


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 5, 4, 20, 0, tzinfo=dt.UTC), tick=False):
        yield


def shown(response: Any) -> dict[str, str]:
    """What was typed, as the page shows it, by its label."""
    page = parsed(response)
    areas = page.select("main textarea[readonly]")
    labels = {str(label["for"]): label.get_text() for label in page.select("main label")}
    return {labels[str(area["id"])]: area.get_text().removeprefix("\n").replace("\r\n", "\n") for area in areas}


def token_of(response: Any) -> str:
    return str(element(parsed(response), "main form input[name=csrfmiddlewaretoken]")["value"])


def send_again(client: Client, response: Any, **rest: Any) -> Any:
    """Press the button of the page that keeps what was typed, as a browser would: it sends two characters for a line's end."""
    page = parsed(response)
    assert [button.get("name") for button in page.select(BUTTON)] == [None]
    fields = {name: [value.replace("\r\n", "\n").replace("\n", "\r\n") for value in values] for name, values in form_fields(page).items()}
    url = str(element(page, "main form")["action"])
    return client.post(url, {**fields, "csrfmiddlewaretoken": token_of(response), **rest}, headers=SAME_SITE)


@dataclass
class Practice:
    """A counselor with a set and three clients, the first of whom is `parent`; and another counselor."""

    counselor: User
    other: User
    parent: User
    connections: list[Connection]
    set: PromptSet

    @property
    def builder_url(self) -> str:
        return f"/prompts/sets/{self.set.pk}/"

    def fields_of(self, url: str, form: str = "main form", person: User | None = None) -> Fields:
        """What the form on this page sends when nothing is touched, for the counselor or another person."""
        return form_fields(read(signed_in(person or self.counselor), url), form)

    def builder_fields(self) -> Fields:
        """The set builder with something in every field, and the steps the other way round."""
        first, second = (step[0] for step in self.set.content.steps)
        return {
            **self.fields_of(self.builder_url, "form[data-set]"),
            "step": [second, first],
            "name": ["Second weeks"],
            "introduction": [LINES],
            f"{first}-question": [TEXT],
            f"{second}-note": ["A note, first."],
            "own": ["What came last?"],
            "action": ["save"],
        }

    def assert_set_is_saved(self) -> None:
        content = PromptSet.objects.get(pk=self.set.pk).content
        assert (content.name, content.introduction) == ("Second weeks", LINES.replace("\r\n", "\n"))
        assert [(question, note) for _key, _prompt, question, note in content.steps] == [
            ("What was left unsaid?", "A note, first."),
            (TEXT, ""),
            ("What came last?", ""),
        ]

    def assign_fields(self) -> Fields:
        """The page that assigns a set, with a note for each of two clients."""
        client = signed_in(self.counselor)
        first = {
            **self.fields_of(NEW),
            "set": self.set.pk,
            "clients": [connection.pk for connection in self.connections[1:]],
            "cadence": "weekdays",
            "weekdays": ["0", "2", "4"],
        }
        page = client.post(NEW, {**first, "show": "show"})
        assert page.status_code == HTTPStatus.OK
        notes = {f"{connection.pk.hex}-own_note": [f"{TEXT} for {connection.parent_name}"] for connection in self.connections[1:]}
        return {**form_fields(parsed(page)), **notes}

    def assert_set_is_given(self) -> None:
        given = {row.connection_id: row for row in Assignment.objects.filter(connection__in=self.connections[1:])}
        assert [getattr(given[connection.pk].content, "note", None) for connection in self.connections[1:]] == [
            f"{TEXT} for {connection.parent_name}" for connection in self.connections[1:]
        ]
        assert {tuple(row.weekdays) for row in given.values()} == {(0, 2, 4)}


@pytest.fixture
def practice() -> Practice:
    make_prompt()
    counselor, other, parent = make_counselor(), make_counselor(email="other@example.org", name="Olu Berg"), make_user()
    connections = [make_connection(counselor, parent)]
    connections += [make_connection(counselor, make_user(email=f"{name}@example.org"), parent_name=name) for name in ("Bente", "Caro")]
    return Practice(counselor, other, parent, connections, make_set(counselor))


@pytest.fixture
def client(practice: Practice) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(practice.counselor)
    return client


def assert_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    """What was typed is neither in the log nor in a session."""
    assert "Zinnober" not in caplog.text
    assert "Zinnober" not in str(session_contents())


# --- The session has ended.


class EndedSessionTests:
    def test_keeps_a_set_that_was_put_together(self, practice: Practice, caplog: pytest.LogCaptureFixture) -> None:
        browser, sent = Client(), practice.builder_fields()

        response = browser.post(practice.builder_url, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert response.headers["Cache-Control"] == "no-store"
        assert shown(response) == {
            "Name": "Second weeks",
            "Introduction": LINES.replace("\r\n", "\n"),
            "Question 1 of 2 · Your question": "What was left unsaid?",
            "Question 1 of 2 · Note": "A note, first.",
            "Question 2 of 2 · Your question": TEXT,
            "Your own questions, one per line": "What came last?",
        }
        assert element(parsed(response), "main a[target=_blank]")["href"] == "/accounts/login/"
        browser.force_login(practice.counselor)
        assert send_again(browser, response).status_code == HTTPStatus.FOUND
        practice.assert_set_is_saved()
        assert_no_trace(caplog)

    def test_keeps_the_notes_to_each_client_and_says_whose_they_are(self, practice: Practice, caplog: pytest.LogCaptureFixture) -> None:
        browser, sent = Client(), practice.assign_fields()

        response = browser.post(NEW, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert shown(response) == {f"{name} · A note for this client": f"{TEXT} for {name}" for name in ("Bente", "Caro")}
        again = form_fields(parsed(response))
        assert again == sent
        browser.force_login(practice.counselor)
        for _twice in range(2):
            assert send_again(browser, response).status_code == HTTPStatus.FOUND
        practice.assert_set_is_given()
        assert Assignment.objects.count() == 2
        assert_no_trace(caplog)

    def test_after_signing_in_elsewhere_the_second_press_saves(self, practice: Practice) -> None:
        """Signing in makes every token new, so that the first press comes with one that is stale."""
        browser, sent = Client(enforce_csrf_checks=True), practice.builder_fields()
        browser.get("/accounts/login/")
        token = browser.cookies["nightlight-csrf"].value
        ended = browser.post(practice.builder_url, {**sent, "csrfmiddlewaretoken": token}, headers=SAME_SITE)
        assert ended.status_code == HTTPStatus.UNAUTHORIZED
        login = browser.get("/accounts/login/")
        fields = {"login": practice.counselor.email, "password": PASSWORD, "csrfmiddlewaretoken": token_of(login)}
        assert browser.post("/accounts/login/", fields).status_code == HTTPStatus.FOUND

        stale = send_again(browser, ended)

        assert stale.status_code == HTTPStatus.FORBIDDEN
        assert shown(stale) == shown(ended)
        assert send_again(browser, stale).status_code == HTTPStatus.FOUND
        practice.assert_set_is_saved()

    def test_keeps_the_small_forms(self, practice: Practice) -> None:
        invitation = make_invitation(practice.other)
        group = ClientGroup.objects.create(counselor=practice.counselor, content=ClientGroupContent(name="Monday"))
        forms: list[tuple[str, User, dict[str, Any], str, Any]] = [
            (
                "/prompts/sets/new/",
                practice.counselor,
                {"name": TEXT},
                "Name",
                lambda: [row.content.name for row in PromptSet.objects.all()],
            ),
            (
                "/accounts/groups/",
                practice.counselor,
                {"name": TEXT},
                "Name",
                lambda: [row.content.name for row in ClientGroup.objects.all()],
            ),
            (
                f"/accounts/groups/{group.pk}/",
                practice.counselor,
                {"name": f"{TEXT} 2", "members": [practice.connections[0].pk, practice.connections[2].pk]},
                "Name",
                lambda: [row.content.name for row in ClientGroup.objects.all() if row.members.count() == 2],
            ),
            (
                "/accounts/workspace/",
                practice.counselor,
                {"practice": TEXT},
                "Your practice",
                lambda: [row.practice for row in Workspace.objects.all()],
            ),
            (
                "/accounts/invitations/",
                practice.counselor,
                {"name": TEXT},
                "Who it’s for",
                lambda: [row.content.name for row in Invitation.objects.filter(counselor=practice.counselor)],
            ),
            (
                f"/accounts/care/{practice.connections[0].pk}/",
                practice.parent,
                {"parent_name": TEXT},
                "What they call you",
                lambda: [row.parent_name for row in Connection.objects.all()],
            ),
            (
                f"/accounts/invitations/{invitation.content.token}/",
                practice.parent,
                {"parent_name": TEXT, "sees_answered": "on", "understood": "on"},
                "What they call you",
                lambda: [row.parent_name for row in Connection.objects.of_counselor(practice.other)],
            ),
        ]
        for url, person, typed, label, stored in forms:
            browser, sent = Client(), {**practice.fields_of(url, person=person), **typed}

            response = browser.post(url, sent, headers=SAME_SITE)

            assert response.status_code == HTTPStatus.UNAUTHORIZED, url
            assert shown(response)[label] == next(iter(typed.values())), url
            browser.force_login(person)
            assert send_again(browser, response).status_code == HTTPStatus.FOUND, url
            assert next(iter(typed.values())) in stored(), url

    def test_keeps_what_was_chosen_where_nothing_was_typed(self, practice: Practice) -> None:
        given = make_assignment(practice.connections[0], practice.set)
        url = f"/prompts/assignments/{given.pk}/"
        browser, sent = (
            Client(),
            {"cadence": "weekdays", "weekdays": ["4", "0"], "every": "3", "end": "none", "ends_on": "", "act": "change"},
        )

        response = browser.post(url, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert shown(response) == {}
        assert form_fields(parsed(response))["weekdays"] == ["4", "0"]
        browser.force_login(practice.counselor)
        send_again(browser, response)
        assert sorted(Assignment.objects.get().weekdays) == [0, 4]

    def test_a_form_with_nothing_filled_in_leads_to_signing_in(self, practice: Practice) -> None:
        for url, sent in (
            (practice.builder_url, {"version": "1"}),
            (f"/prompts/assignments/{practice.set.pk}/", {"act": "end"}),
            (NEW, {}),
        ):
            response = Client().post(url, sent, headers=SAME_SITE)

            assert response.headers["Location"].startswith("/accounts/login/")

    def test_gives_nothing_to_who_signs_in_next(self, practice: Practice) -> None:
        for url, sent in (
            (practice.builder_url, practice.builder_fields()),
            ("/accounts/workspace/", {**practice.fields_of("/accounts/workspace/"), "practice": TEXT}),
        ):
            browser = Client()
            kept = browser.post(url, sent, headers=SAME_SITE)
            browser.force_login(practice.other)

            response = send_again(browser, kept)

            assert response.status_code == HTTPStatus.FORBIDDEN
            assert "Someone else" in response.content.decode()
            assert "Zinnober" not in response.content.decode()
        assert not Workspace.objects.filter(practice=TEXT).exists()

    def test_asks_for_a_file_again_and_shows_nothing_of_it(self, practice: Practice) -> None:
        browser, url = Client(), "/prompts/sets/import/"
        file = SimpleUploadedFile("set.csv", b"question,prompt,note\nWhat of vermilion?,,\n", content_type="text/csv")

        response = browser.post(url, {"name": TEXT, "file": file}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert "vermilion" not in response.content.decode()
        assert "We can’t keep a file here" in response.content.decode()
        browser.force_login(practice.counselor)
        refused = send_again(browser, response)
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert form_fields(parsed(refused))["name"] == [TEXT]


# --- The token is stale.


class StaleTokenTests:
    @pytest.fixture
    def strict(self, practice: Practice) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(practice.counselor)
        return client

    def test_keeps_a_set_and_takes_it_at_the_second_try(self, practice: Practice, strict: Client, caplog: pytest.LogCaptureFixture) -> None:
        sent = practice.builder_fields()

        response = strict.post(practice.builder_url, {**sent, "csrfmiddlewaretoken": "x" * 64}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert form_fields(parsed(response)) == sent
        assert "x" * 64 not in response.content.decode()
        assert send_again(strict, response).status_code == HTTPStatus.FOUND
        practice.assert_set_is_saved()
        assert_no_trace(caplog)

    def test_keeps_what_is_given_and_takes_it_at_the_second_try(self, practice: Practice, strict: Client) -> None:
        response = strict.post(NEW, practice.assign_fields(), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert not Assignment.objects.exists()
        assert send_again(strict, response).status_code == HTTPStatus.FOUND
        practice.assert_set_is_given()

    def test_shows_nothing_to_who_is_signed_in_now(self, practice: Practice, strict: Client) -> None:
        sent = practice.assign_fields()
        strict.force_login(practice.other)

        response = strict.post(NEW, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "Zinnober" not in response.content.decode()

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "http://["}])
    def test_takes_up_nothing_that_another_site_sends(self, practice: Practice, strict: Client, headers: dict[str, str]) -> None:
        response = strict.post(practice.builder_url, practice.builder_fields(), headers=headers)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "Zinnober" not in response.content.decode()

    def test_never_brings_a_password_back(self, practice: Practice, strict: Client) -> None:
        response = strict.post(
            practice.builder_url, {**practice.builder_fields(), "password": "vermilion", "new_password2": "vermilion"}, headers=SAME_SITE
        )

        assert "Second weeks" in response.content.decode()
        assert "vermilion" not in response.content.decode()

    @pytest.mark.parametrize(
        ("url", "sent"),
        [
            ("/accounts/login/", {"login": "zinnober@example.org", "password": PASSWORD, "name": TEXT}),
            ("/accounts/signup/", {"email": "zinnober@example.org", "password1": PASSWORD}),
            ("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "vermilion", "password2": "vermilion"}),
            ("/accounts/2fa/webauthn/add/", {"name": TEXT}),
            ("/accounts/groups/nowhere/", {"name": TEXT}),
        ],
    )
    def test_keeps_nothing_of_any_other_form(self, strict: Client, url: str, sent: dict[str, str]) -> None:
        response = strict.post(url, sent, headers=SAME_SITE)

        assert response.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
        page = response.content.decode()
        assert not [value for value in sent.values() if value and value in page]
        assert "Zinnober" not in page


# --- The database, or the server, fails.


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_file")
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        *faults_of("sqlite", (busy_file, "database is locked"), (read_only_file, "attempt to write a readonly database")),
        *faults_of("postgresql", (read_only_server, "in a read-only transaction")),
    ],
)
class FailingDatabaseTests:
    def test_keeps_a_set(self, fault: Fault, says: str, practice: Practice, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        sent = practice.builder_fields()

        with fault():
            response = client.post(practice.builder_url, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert says in reasons(caplog)
        assert response.headers["Retry-After"] == "5"
        assert "it may be busy" in response.content.decode()
        assert shown(response)["Question 2 of 2 · Your question"] == TEXT
        assert PromptSet.objects.get().content.name == "First weeks"
        assert_no_trace(caplog)
        assert send_again(client, response).status_code == HTTPStatus.FOUND
        practice.assert_set_is_saved()

    def test_keeps_what_is_given(
        self, fault: Fault, says: str, practice: Practice, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        sent = practice.assign_fields()

        with fault():
            response = client.post(NEW, sent, headers=SAME_SITE)

        assert says in reasons(caplog)
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert form_fields(parsed(response)) == sent
        assert not Assignment.objects.exists()
        assert send_again(client, response).status_code == HTTPStatus.FOUND
        practice.assert_set_is_given()


class MissingSessionsTests:
    def test_keeps_both_though_nobody_knows_whose_they_are(
        self, practice: Practice, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        for url, sent, saved in (
            (practice.builder_url, practice.builder_fields(), practice.assert_set_is_saved),
            (NEW, practice.assign_fields(), practice.assert_set_is_given),
        ):
            with missing_sessions():
                response = client.post(url, sent, headers=SAME_SITE)

            assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
            assert "went wrong on our side" in response.content.decode()
            assert send_again(client, response).status_code == HTTPStatus.FOUND
            saved()
        assert_no_trace(caplog)


class OtherErrorTests:
    @pytest.mark.parametrize(
        ("error", "status"),
        [(ValueError("odd"), 500), (KeysUnreadable("the key file cannot be read"), 503)],
    )
    def test_a_fault_of_ours_keeps_what_was_typed(
        self, error: Exception, status: int, practice: Practice, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> NoReturn:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr(sets, "save", fail)
            response = client.post(practice.builder_url, practice.builder_fields(), headers=SAME_SITE)

        assert response.status_code == status
        assert "Traceback" not in response.content.decode()
        assert send_again(client, response).status_code == HTTPStatus.FOUND
        practice.assert_set_is_saved()

    def test_what_cannot_be_taken_is_there_to_copy(self, practice: Practice, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*args: Any, **kwargs: Any) -> NoReturn:
            raise SuspiciousOperation

        monkeypatch.setattr(sets, "save", refuse)
        response = client.post(practice.builder_url, practice.builder_fields(), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert shown(response)["Name"] == "Second weeks"
        assert not parsed(response).select(BUTTON)

    def test_a_set_that_is_gone_is_there_to_copy(self, practice: Practice, client: Client) -> None:
        url, sent = practice.builder_url, practice.builder_fields()
        practice.set.delete()

        response = client.post(url, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response.headers["Cache-Control"] == "no-store"
        assert shown(response)["Introduction"] == LINES.replace("\r\n", "\n")
        assert not parsed(response).select(f"{BUTTON}, main input")
        assert "copy what you’d like to keep" in response.content.decode()

    def test_a_closed_workspace_leaves_the_notes_to_copy(self, practice: Practice, client: Client) -> None:
        sent = practice.assign_fields()
        workspace.close_workspace(practice.counselor, timezone.now())

        response = client.post(NEW, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert [*shown(response)] == ["Bente · A note for this client", "Caro · A note for this client"]
        assert not parsed(response).select(BUTTON)

    def test_where_there_is_nothing_to_copy_it_says_so_as_ever(self, practice: Practice, client: Client) -> None:
        response = client.post(f"/prompts/assignments/{practice.set.pk}/", {"act": "change", "cadence": "at_once"}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert "There’s nothing here" in response.content.decode()

    def test_a_form_opened_for_someone_else_is_refused(self, practice: Practice, client: Client) -> None:
        client.force_login(practice.other)

        for url, sent in (("/prompts/sets/new/", {"name": TEXT}), ("/accounts/groups/", {"name": TEXT})):
            response = client.post(url, {**practice.fields_of(url), **sent}, headers=SAME_SITE)

            assert response.status_code == HTTPStatus.FORBIDDEN
            assert "Zinnober" not in response.content.decode()
        assert not ClientGroup.objects.exists()
        assert PromptSet.objects.get() == practice.set

    def test_a_form_above_the_limit_gets_a_plain_answer(self, practice: Practice) -> None:
        enforcing = Client(enforce_csrf_checks=True)
        enforcing.force_login(practice.counselor)
        sent = practice.builder_fields()

        kept = enforcing.post(practice.builder_url, {**sent, "introduction": "Zinnober " * (LIMIT // 10)}, headers=SAME_SITE)
        not_kept = enforcing.post(practice.builder_url, {**sent, "introduction": "Zinnober " * (LIMIT // 9 + 1)}, headers=SAME_SITE)

        assert (kept.status_code, not_kept.status_code) == (HTTPStatus.FORBIDDEN, HTTPStatus.FORBIDDEN)
        assert "Zinnober" in kept.content.decode()
        assert "Zinnober" not in not_kept.content.decode()

    def test_more_than_can_be_read_is_refused_clearly(self, practice: Practice, client: Client, settings: Settings) -> None:
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

        response = client.post(practice.builder_url, practice.builder_fields(), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert "couldn’t read" in response.content.decode()

    def test_an_invalid_form_stays_on_its_own_page(self, practice: Practice, client: Client) -> None:
        response = client.post(practice.builder_url, {**practice.builder_fields(), "name": ""}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert parsed(response).select("form[data-set]")
