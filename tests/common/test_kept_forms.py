"""A form with many fields that cannot be saved: whatever the reason, what was typed comes back and can be sent again."""

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.db import transaction
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
from tests.helpers import form_fields, parsed
from tests.system.test_bad_input import busy_file, faults_of, read_only_file, read_only_server, reasons

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
    tag = parsed(response).select_one("main form input[name=csrfmiddlewaretoken]")
    assert tag is not None
    return str(tag["value"])


def send_again(client: Client, response: Any, **rest: Any) -> Any:
    """Press the button of the page that keeps what was typed, as a browser would: it sends two characters for a line's end."""
    page = parsed(response)
    form = page.select_one("main form")
    assert form is not None
    assert [button.get("name") for button in page.select(BUTTON)] == [None]
    fields = {name: [value.replace("\r\n", "\n").replace("\n", "\r\n") for value in values] for name, values in form_fields(page).items()}
    return client.post(str(form["action"]), {**fields, "csrfmiddlewaretoken": token_of(response), **rest}, headers=SAME_SITE)


@dataclass
class House:
    """A counselor with a set, a group and three clients, one of whom was given the set; and another counselor."""

    counselor: User
    other: User
    parent: User
    connections: list[Connection]
    set: PromptSet

    @property
    def builder(self) -> str:
        return f"/prompts/sets/{self.set.pk}/"

    def opened(self, url: str, form: str = "main form", of: User | None = None) -> Fields:
        client = Client()
        client.force_login(of or self.counselor)
        return form_fields(parsed(client.get(url)), form)

    def built(self) -> Fields:
        """The set builder with something in every field, and the steps the other way round."""
        first, second = (step[0] for step in self.set.content.steps)
        return {
            **self.opened(self.builder, "form[data-set]"),
            "step": [second, first],
            "name": ["Second weeks"],
            "introduction": [LINES],
            f"{first}-question": [TEXT],
            f"{second}-note": ["A note, first."],
            "own": ["What came last?"],
            "action": ["save"],
        }

    def assert_built(self) -> None:
        words = PromptSet.objects.get(pk=self.set.pk).content
        assert (words.name, words.introduction) == ("Second weeks", LINES.replace("\r\n", "\n"))
        assert [(question, note) for _key, _prompt, question, note in words.steps] == [
            ("What was left unsaid?", "A note, first."),
            (TEXT, ""),
            ("What came last?", ""),
        ]

    def reviewed(self) -> Fields:
        """The second page of giving a set, with a note for each of two clients."""
        client = Client()
        client.force_login(self.counselor)
        first = {
            **form_fields(parsed(client.get(NEW))),
            "set": self.set.pk,
            "clients": [connection.pk for connection in self.connections[1:]],
            "cadence": "weekdays",
            "weekdays": ["0", "2", "4"],
        }
        page = client.post(NEW, first)
        assert page.status_code == HTTPStatus.OK
        notes = {f"{connection.pk.hex}-note": [f"{TEXT} for {connection.parent_name}"] for connection in self.connections[1:]}
        return {**form_fields(parsed(page)), **notes, f"{self.connections[2].pk.hex}-starts_on": ["2026-06-01"], "give": ["give"]}

    def assert_given(self) -> None:
        given = {row.connection_id: row for row in Assignment.objects.filter(connection__in=self.connections[1:])}
        assert [getattr(given[connection.pk].content, "note", None) for connection in self.connections[1:]] == [
            f"{TEXT} for {connection.parent_name}" for connection in self.connections[1:]
        ]
        assert [given[connection.pk].starts_on for connection in self.connections[1:]] == [dt.date(2026, 5, 5), dt.date(2026, 6, 1)]
        assert {tuple(row.weekdays) for row in given.values()} == {(0, 2, 4)}


@pytest.fixture
def house() -> House:
    make_prompt()
    counselor, other, parent = make_counselor(), make_counselor(email="other@example.org", name="Olu Berg"), make_user()
    connected = [make_connection(counselor, parent)]
    connected += [make_connection(counselor, make_user(email=f"{name}@example.org"), parent_name=name) for name in ("Bente", "Caro")]
    return House(counselor, other, parent, connected, make_set(counselor))


@pytest.fixture
def client(house: House) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(house.counselor)
    return client


def assert_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    """What was typed is neither in the log nor in a session."""
    assert "Zinnober" not in caplog.text
    assert not [row for row in Session.objects.all() if "Zinnober" in str(row.get_decoded())]


# --- The session has ended.


class ASessionThatEndedTests:
    def test_keeps_a_set_that_was_put_together(self, house: House, caplog: pytest.LogCaptureFixture) -> None:
        nobody, sent = Client(), house.built()

        response = nobody.post(house.builder, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert response.headers["Cache-Control"] == "no-store"
        assert shown(response) == {
            "Name": "Second weeks",
            "Introduction": LINES.replace("\r\n", "\n"),
            "Step 1 of 2 · Your question": "What was left unsaid?",
            "Step 1 of 2 · A note to this step": "A note, first.",
            "Step 2 of 2 · Your question": TEXT,
            "A question of your own": "What came last?",
        }
        link = parsed(response).select_one("main a[target=_blank]")
        assert link is not None
        assert link["href"] == "/accounts/login/"
        nobody.force_login(house.counselor)
        assert send_again(nobody, response).status_code == HTTPStatus.FOUND
        house.assert_built()
        assert_no_trace(caplog)

    def test_keeps_the_notes_to_each_client_and_says_whose_they_are(self, house: House, caplog: pytest.LogCaptureFixture) -> None:
        nobody, sent = Client(), house.reviewed()

        response = nobody.post(NEW, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert shown(response) == {f"{name} · A note for this client": f"{TEXT} for {name}" for name in ("Bente", "Caro")}
        again = form_fields(parsed(response))
        assert again == sent
        nobody.force_login(house.counselor)
        for _twice in range(2):
            assert send_again(nobody, response).status_code == HTTPStatus.FOUND
        house.assert_given()
        assert Assignment.objects.count() == 2
        assert_no_trace(caplog)

    def test_still_says_whose_they_are_after_the_way_back_to_the_first_page(self, house: House, client: Client) -> None:
        sent = house.reviewed()
        del sent["give"]
        first = form_fields(parsed(client.post(NEW, {**sent, "back": "back"})))

        response = Client().post(NEW, first, headers=SAME_SITE)

        assert [*shown(response)] == ["Bente · A note for this client", "Caro · A note for this client"]
        client.force_login(house.counselor)
        second = form_fields(parsed(send_again(client, response)))
        assert client.post(NEW, {**second, "give": "give"}).status_code == HTTPStatus.FOUND
        house.assert_given()

    def test_after_signing_in_elsewhere_the_second_press_saves(self, house: House) -> None:
        """Signing in makes every token new, so that the first press comes with one that is stale."""
        browser, sent = Client(enforce_csrf_checks=True), house.built()
        browser.get("/accounts/login/")
        token = browser.cookies["nightlight-csrf"].value
        ended = browser.post(house.builder, {**sent, "csrfmiddlewaretoken": token}, headers=SAME_SITE)
        assert ended.status_code == HTTPStatus.UNAUTHORIZED
        login = browser.get("/accounts/login/")
        fields = {"login": house.counselor.email, "password": PASSWORD, "csrfmiddlewaretoken": token_of(login)}
        assert browser.post("/accounts/login/", fields).status_code == HTTPStatus.FOUND

        stale = send_again(browser, ended)

        assert stale.status_code == HTTPStatus.FORBIDDEN
        assert shown(stale) == shown(ended)
        assert send_again(browser, stale).status_code == HTTPStatus.FOUND
        house.assert_built()

    def test_keeps_the_small_forms(self, house: House) -> None:
        invitation = make_invitation(house.other)
        group = ClientGroup.objects.create(counselor=house.counselor, content=ClientGroupContent(name="Monday"))
        small: list[tuple[str, User, dict[str, Any], str, Any]] = [
            ("/prompts/sets/new/", house.counselor, {"name": TEXT}, "Name", lambda: [s.content.name for s in PromptSet.objects.all()]),
            ("/accounts/groups/", house.counselor, {"name": TEXT}, "Name", lambda: [g.content.name for g in ClientGroup.objects.all()]),
            (
                f"/accounts/groups/{group.pk}/",
                house.counselor,
                {"name": f"{TEXT} 2", "members": [house.connections[0].pk, house.connections[2].pk]},
                "Name",
                lambda: [g.content.name for g in ClientGroup.objects.all() if g.members.count() == 2],
            ),
            (
                "/accounts/workspace/",
                house.counselor,
                {"practice": TEXT},
                "Your practice",
                lambda: [w.practice for w in Workspace.objects.all()],
            ),
            (
                "/accounts/invitations/",
                house.counselor,
                {"name": TEXT},
                "Whom it is for",
                lambda: [i.content.name for i in Invitation.objects.filter(counselor=house.counselor)],
            ),
            (
                f"/accounts/care/{house.connections[0].pk}/",
                house.parent,
                {"parent_name": TEXT},
                "What they call you",
                lambda: [t.parent_name for t in Connection.objects.all()],
            ),
            (
                f"/accounts/invitations/{invitation.content.token}/",
                house.parent,
                {"parent_name": TEXT, "sees_answered": "on", "understood": "on"},
                "What they call you",
                lambda: [t.parent_name for t in Connection.objects.of_counselor(house.other)],
            ),
        ]
        for url, who, typed, label, kept in small:
            nobody, sent = Client(), {**house.opened(url, of=who), **typed}

            response = nobody.post(url, sent, headers=SAME_SITE)

            assert response.status_code == HTTPStatus.UNAUTHORIZED, url
            assert shown(response)[label] == next(iter(typed.values())), url
            nobody.force_login(who)
            assert send_again(nobody, response).status_code == HTTPStatus.FOUND, url
            assert next(iter(typed.values())) in kept(), url

    def test_keeps_what_was_chosen_where_nothing_was_typed(self, house: House) -> None:
        given = make_assignment(house.connections[0], house.set)
        url = f"/prompts/assignments/{given.pk}/"
        nobody, sent = Client(), {"cadence": "weekdays", "weekdays": ["4", "0"], "every": "3", "ends_on": "", "act": "change"}

        response = nobody.post(url, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert shown(response) == {}
        assert form_fields(parsed(response))["weekdays"] == ["4", "0"]
        nobody.force_login(house.counselor)
        send_again(nobody, response)
        assert sorted(Assignment.objects.get().weekdays) == [0, 4]

    def test_with_nothing_filled_in_one_is_simply_led_to_sign_in(self, house: House) -> None:
        for url, sent in ((house.builder, {"version": "1"}), (f"/prompts/assignments/{house.set.pk}/", {"act": "end"}), (NEW, {})):
            response = Client().post(url, sent, headers=SAME_SITE)

            assert response.headers["Location"].startswith("/accounts/login/")

    def test_gives_nothing_to_who_signs_in_next(self, house: House) -> None:
        for url, sent in (
            (house.builder, house.built()),
            ("/accounts/workspace/", {**house.opened("/accounts/workspace/"), "practice": TEXT}),
        ):
            browser = Client()
            kept = browser.post(url, sent, headers=SAME_SITE)
            browser.force_login(house.other)

            response = send_again(browser, kept)

            assert response.status_code == HTTPStatus.FORBIDDEN
            assert "someone else" in response.content.decode()
            assert "Zinnober" not in response.content.decode()
        assert not Workspace.objects.filter(practice=TEXT).exists()

    def test_asks_for_a_file_again_and_shows_nothing_of_it(self, house: House) -> None:
        nobody, url = Client(), "/prompts/sets/import/"
        file = SimpleUploadedFile("set.csv", b"question,prompt,note\nWhat of vermilion?,,\n", content_type="text/csv")

        response = nobody.post(url, {"name": TEXT, "file": file}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert "vermilion" not in response.content.decode()
        assert "A file is not kept here" in response.content.decode()
        nobody.force_login(house.counselor)
        asked = send_again(nobody, response)
        assert asked.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert form_fields(parsed(asked))["name"] == [TEXT]


# --- The token is stale.


class AStaleTokenTests:
    @pytest.fixture
    def strict(self, house: House) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(house.counselor)
        return client

    def test_keeps_a_set_and_takes_it_at_the_second_try(self, house: House, strict: Client, caplog: pytest.LogCaptureFixture) -> None:
        sent = house.built()

        response = strict.post(house.builder, {**sent, "csrfmiddlewaretoken": "x" * 64}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert form_fields(parsed(response)) == sent
        assert "x" * 64 not in response.content.decode()
        assert send_again(strict, response).status_code == HTTPStatus.FOUND
        house.assert_built()
        assert_no_trace(caplog)

    def test_keeps_what_is_given_and_takes_it_at_the_second_try(self, house: House, strict: Client) -> None:
        response = strict.post(NEW, house.reviewed(), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert not Assignment.objects.exists()
        assert send_again(strict, response).status_code == HTTPStatus.FOUND
        house.assert_given()

    def test_shows_nothing_to_who_is_signed_in_now(self, house: House, strict: Client) -> None:
        sent = house.reviewed()
        strict.force_login(house.other)

        response = strict.post(NEW, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "Zinnober" not in response.content.decode()

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
    def test_takes_up_nothing_that_another_site_sends(self, house: House, strict: Client, headers: dict[str, str]) -> None:
        response = strict.post(house.builder, house.built(), headers=headers)

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "Zinnober" not in response.content.decode()

    def test_never_brings_a_password_back(self, house: House, strict: Client) -> None:
        response = strict.post(house.builder, {**house.built(), "password": "vermilion", "new_password2": "vermilion"}, headers=SAME_SITE)

        assert "Second weeks" in response.content.decode()
        assert "vermilion" not in response.content.decode()

    @pytest.mark.parametrize(
        ("url", "sent"),
        [
            ("/accounts/login/", {"login": "zinnober@example.org", "password": PASSWORD, "name": TEXT}),
            ("/accounts/signup/", {"email": "zinnober@example.org", "password1": PASSWORD}),
            ("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "vermilion", "password2": "vermilion"}),
            ("/accounts/email/", {"email": "zinnober@example.org", "action_add": ""}),
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
class ADatabaseThatFailsTests:
    def test_keeps_a_set(self, fault: Any, says: str, house: House, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        sent = house.built()

        with fault():
            response = client.post(house.builder, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert says in reasons(caplog)
        assert response.headers["Retry-After"] == "5"
        assert "it may be busy" in response.content.decode()
        assert shown(response)["Step 2 of 2 · Your question"] == TEXT
        assert PromptSet.objects.get().content.name == "First weeks"
        assert_no_trace(caplog)
        assert send_again(client, response).status_code == HTTPStatus.FOUND
        house.assert_built()

    def test_keeps_what_is_given(self, fault: Any, says: str, house: House, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        sent = house.reviewed()

        with fault():
            response = client.post(NEW, sent, headers=SAME_SITE)

        assert says in reasons(caplog)
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert form_fields(parsed(response)) == sent
        assert not Assignment.objects.exists()
        assert send_again(client, response).status_code == HTTPStatus.FOUND
        house.assert_given()


@contextmanager
def sessions_away() -> Iterator[None]:
    """The database cannot say who anybody is."""
    with database.cursor() as cursor, transaction.atomic():
        cursor.execute("ALTER TABLE django_session RENAME TO away")
        yield
        transaction.set_rollback(True)


class ADatabaseThatIsGoneTests:
    def test_keeps_both_though_nobody_knows_whose_they_are(self, house: House, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        for url, sent, saved in ((house.builder, house.built(), house.assert_built), (NEW, house.reviewed(), house.assert_given)):
            gone: AbstractContextManager[None] = sessions_away()
            with gone:
                response = client.post(url, sent, headers=SAME_SITE)

            assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
            assert "went wrong at our end" in response.content.decode()
            assert send_again(client, response).status_code == HTTPStatus.FOUND
            saved()
        assert_no_trace(caplog)


class AnythingElseTests:
    @pytest.mark.parametrize(
        ("error", "status"),
        [(ValueError("odd"), 500), (KeysUnreadable("the key file cannot be read"), 503)],
    )
    def test_a_fault_of_ours_keeps_what_was_typed(
        self, error: Exception, status: int, house: House, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> NoReturn:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr(sets, "save", fail)
            response = client.post(house.builder, house.built(), headers=SAME_SITE)

        assert response.status_code == status
        assert "Traceback" not in response.content.decode()
        assert send_again(client, response).status_code == HTTPStatus.FOUND
        house.assert_built()

    def test_what_cannot_be_taken_is_there_to_copy(self, house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*args: Any, **kwargs: Any) -> NoReturn:
            raise SuspiciousOperation

        monkeypatch.setattr(sets, "save", refuse)
        response = client.post(house.builder, house.built(), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert shown(response)["Name"] == "Second weeks"
        assert not parsed(response).select(BUTTON)

    def test_a_set_that_is_gone_is_there_to_copy(self, house: House, client: Client) -> None:
        url, sent = house.builder, house.built()
        house.set.delete()

        response = client.post(url, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response.headers["Cache-Control"] == "no-store"
        assert shown(response)["Introduction"] == LINES.replace("\r\n", "\n")
        assert not parsed(response).select(f"{BUTTON}, main input")
        assert "copy what you want to keep" in response.content.decode()

    def test_a_closed_workspace_leaves_the_notes_to_copy(self, house: House, client: Client) -> None:
        sent = house.reviewed()
        workspace.close_workspace(house.counselor, timezone.now())

        response = client.post(NEW, sent, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert [*shown(response)] == ["Bente · A note for this client", "Caro · A note for this client"]
        assert not parsed(response).select(BUTTON)

    def test_where_there_is_nothing_to_copy_it_says_so_as_ever(self, house: House, client: Client) -> None:
        response = client.post(f"/prompts/assignments/{house.set.pk}/", {"act": "change", "cadence": "at_once"}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert "There is nothing here" in response.content.decode()

    def test_a_form_opened_for_someone_else_is_refused(self, house: House, client: Client) -> None:
        client.force_login(house.other)

        for url, sent in (("/prompts/sets/new/", {"name": TEXT}), ("/accounts/groups/", {"name": TEXT})):
            response = client.post(url, {**house.opened(url), **sent}, headers=SAME_SITE)

            assert response.status_code == HTTPStatus.FORBIDDEN
            assert "Zinnober" not in response.content.decode()
        assert not ClientGroup.objects.exists()
        assert PromptSet.objects.get() == house.set

    def test_a_form_above_the_limit_gets_a_plain_answer(self, house: House) -> None:
        enforcing = Client(enforce_csrf_checks=True)
        enforcing.force_login(house.counselor)
        sent = house.built()

        kept = enforcing.post(house.builder, {**sent, "introduction": "Zinnober " * (LIMIT // 10)}, headers=SAME_SITE)
        not_kept = enforcing.post(house.builder, {**sent, "introduction": "Zinnober " * (LIMIT // 9 + 1)}, headers=SAME_SITE)

        assert (kept.status_code, not_kept.status_code) == (HTTPStatus.FORBIDDEN, HTTPStatus.FORBIDDEN)
        assert "Zinnober" in kept.content.decode()
        assert "Zinnober" not in not_kept.content.decode()

    def test_more_than_can_be_read_is_refused_clearly(self, house: House, client: Client, settings: Settings) -> None:
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

        response = client.post(house.builder, house.built(), headers=SAME_SITE)

        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert "could not be read" in response.content.decode()

    def test_what_has_a_slip_stays_on_its_own_page(self, house: House, client: Client) -> None:
        response = client.post(house.builder, {**house.built(), "name": ""}, headers=SAME_SITE)

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert parsed(response).select("form[data-set]")
