"""`/accounts/notes/`, `new/` and `<id>/`: a counselor's dated notes."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from accounts import leaving
from common.ids import new_id
from counselor.models import NOTE_LIMIT, ClientNote
from tests.factories import make_note
from tests.helpers import element, form_fields, main_text, parsed, signed_in
from tests.sharing import FOUND, NOT_FOUND, OK, REFUSED, Sharing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]
JSON = {"Accept": "application/json"}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
NOTES = "/accounts/notes/"


@pytest.fixture
def client(sharing: Sharing) -> Client:
    return signed_in(sharing.counselor)


def page_of(sharing: Sharing) -> str:
    return f"/accounts/clients/{sharing.connection.pk}/"


def new_note(client: Client, sharing: Sharing) -> tuple[str, dict[str, Any]]:
    """The address and the fields of the form for a new note on the client's page."""
    page = parsed(client.get(page_of(sharing)))
    fields = {name: value for name, [value] in form_fields(page, ".notes .card form").items()}
    return str(element(page, ".notes .card form")["action"]), fields


def stored() -> list[str]:
    return [row.content.text for row in ClientNote.objects.filter(removed_at=None)]


class WritingTests:
    def test_it_is_dated_today_rendered_and_sent_twice_saved_once(self, client: Client, sharing: Sharing) -> None:
        address, fields = new_note(client, sharing)
        assert fields["dated"] == "2026-03-01"

        for _ in range(2):
            response = client.post(address, {**fields, "text": "  Two *dogs*.\r\n"})
            assert (response.status_code, response.headers["Location"]) == (FOUND, page_of(sharing))

        assert stored() == ["  Two *dogs*.\n"]
        page = parsed(client.get(page_of(sharing)))
        assert element(page, ".note .reading em").get_text() == "dogs"
        assert element(page, ".note textarea").get_text().removeprefix("\n") == "  Two *dogs*.\n"

    def test_while_it_is_typed_it_is_saved_under_its_version(self, client: Client, sharing: Sharing) -> None:
        address, fields = new_note(client, sharing)

        first = client.post(address, {**fields, "text": "Two"}, headers=JSON)
        second = client.post(address, {**fields, "text": "Two dogs", "base": "1"}, headers=JSON)
        late = client.post(address, {**fields, "text": "Twofold", "base": "1"}, headers=JSON)
        empty = client.post(f"{NOTES}{new_id()}/", {**fields, "text": ""}, headers=JSON)
        refused = client.post(address, {**fields, "text": "x" * (NOTE_LIMIT + 2), "base": "2"}, headers=JSON)

        assert first.json() == {"state": "saved", "version": 1, "said": "Saved 21:04"}
        assert second.json()["version"] == 2
        assert (late.status_code, late.json()) == (HTTPStatus.CONFLICT, {"state": "conflict", "stored": "Two dogs", "version": 2})
        assert empty.json()["version"] == 0
        assert (refused.status_code, "2 characters too long" in refused.json()["message"]) == (REFUSED, True)
        assert stored() == ["Two dogs"]
        client.logout()
        assert client.post(address, {**fields, "text": "Three"}, headers=JSON).status_code == HTTPStatus.UNAUTHORIZED

    def test_two_pages_lose_nothing(self, client: Client, sharing: Sharing) -> None:
        note = make_note(sharing.connection)
        address = f"{NOTES}{note.pk}/"
        fields = {name: value for name, [value] in form_fields(parsed(client.get(address)), ".notes form").items()}
        client.post(address, {**fields, "text": "Likes snow."})

        response = client.post(address, {**fields, "text": "Two dogs."})

        assert (response.status_code, stored()) == (HTTPStatus.CONFLICT, ["Likes snow."])
        page = parsed(response)
        assert "Likes snow." in element(page, ".reading").get_text()
        assert [area.get_text().removeprefix("\n") for area in page.select("textarea")] == ["Two dogs.", "Likes snow.\n\nTwo dogs."]
        both = form_fields(page, "main section:last-of-type form")
        assert client.post(address, both).status_code == FOUND
        assert stored() == ["Likes snow.\n\nTwo dogs."]
        assert client.post(address, {**fields, "base": "damaged", "text": "x"}).status_code == HTTPStatus.CONFLICT

    def test_too_long_or_without_a_date_it_comes_back_whole(self, client: Client, sharing: Sharing) -> None:
        address, fields = new_note(client, sharing)
        text = "a\n" * (NOTE_LIMIT // 2) + "bc"

        for sent in ({"text": text}, {"text": text[:-2], "dated": "yesterday"}):
            response = client.post(address, {**fields, **sent})
            assert response.status_code == REFUSED
            assert element(parsed(response), "textarea").get_text().removeprefix("\n").replace("\r\n", "\n") == sent["text"]
        assert stored() == []

    def test_emptied_or_removed_it_can_be_put_back(self, client: Client, sharing: Sharing) -> None:
        note = make_note(sharing.connection)
        address = f"{NOTES}{note.pk}/"
        response = client.post(f"{address}delete/", {"next": page_of(sharing)})
        assert response.headers["Location"] == f"{page_of(sharing)}?removed={note.pk}#notes"
        assert stored() == []
        page = parsed(client.get(response.headers["Location"]))
        undo = element(page, ".notes .notice form")
        client.post(str(undo["action"]))
        assert stored() == ["Likes the rain."]

        emptied = client.post(address, {"text": " ", "dated": "2026-03-01", "base": "1"})
        assert f"removed={note.pk}" in emptied.headers["Location"]
        assert "You can put it back" in main_text(client.get(address))

    def test_letters_that_cannot_be_kept_are_taken_out(self, client: Client, sharing: Sharing) -> None:
        address, fields = new_note(client, sharing)
        assert "removed characters that can’t be saved" in main_text(client.post(address, {**fields, "text": "a\0b"}, follow=True))
        assert stored() == ["ab"]

    def test_of_a_client_who_is_not_theirs_there_is_none(self, client: Client, sharing: Sharing) -> None:
        theirs = make_note(sharing.other_connection, "Theirs.")
        for wrong in (sharing.other_connection.pk, new_id(), "x"):
            assert client.get(NOTES, {"client": str(wrong)}).status_code == NOT_FOUND
            assert client.get(f"{NOTES}new/", {"client": str(wrong)}).status_code == NOT_FOUND
            fields = {"client": str(wrong), "text": "Mine.", "dated": "2026-03-01"}
            assert client.post(f"{NOTES}{new_id()}/", fields).status_code == NOT_FOUND
        for act in ("", "delete/", "put-back/"):
            assert client.post(f"{NOTES}{theirs.pk}/{act}", {"text": "x", "dated": "2026-03-01"}).status_code == NOT_FOUND
        assert stored() == ["Theirs."]


class KeptTests:
    """What was being written is still there after a failure."""

    def test_signed_out_it_waits_on_a_page_of_its_own(self, client: Client, sharing: Sharing) -> None:
        address, fields = new_note(client, sharing)
        client.logout()
        response = client.post(address, {**fields, "text": "Likes the rain."}, headers=SAME_SITE)
        assert response.status_code == HTTPStatus.UNAUTHORIZED
        page = parsed(response)
        client.force_login(sharing.counselor)
        client.post(address, form_fields(page, "main form"))
        assert stored() == ["Likes the rain."]

    def test_when_its_client_is_gone_it_can_be_copied(self, client: Client, sharing: Sharing) -> None:
        address, fields = new_note(client, sharing)
        leaving.delete(sharing.parent)
        response = client.post(address, {**fields, "text": "Likes the rain."}, headers=SAME_SITE)
        assert response.status_code == NOT_FOUND
        assert "Likes the rain." in main_text(response)

    def test_another_person_who_signed_in_meanwhile_does_not_see_it(self, client: Client, sharing: Sharing) -> None:
        address, fields = new_note(client, sharing)
        for visitor in (sharing.other_counselor, sharing.parent):
            client.force_login(visitor)
            response = client.post(address, {**fields, "text": "Likes the rain."}, headers=SAME_SITE)
            assert response.status_code == HTTPStatus.FORBIDDEN
            assert "Likes the rain." not in response.content.decode()
        assert stored() == []


class ListTests:
    def test_finds_words_and_says_whose_and_when(self, client: Client, sharing: Sharing) -> None:
        note = make_note(sharing.connection, "Two dogs, one café.")
        response = client.post(NOTES, {"q": "CAFE"})
        assert response.status_code == OK
        hit = element(parsed(response), ".note-hits a")
        assert (hit["href"], " ".join(hit.get_text(" ").split())) == (f"{NOTES}{note.pk}/", "Mara · 1 March Two dogs, one café.")
        assert "No note has all of these words" in main_text(client.post(NOTES, {"q": "cat"}))
        assert client.post(NOTES, {"q": ""}).status_code == REFUSED

    def test_all_of_one_client_have_pages(self, client: Client, sharing: Sharing) -> None:
        for number in range(31):
            make_note(sharing.connection, f"Note {number}.")
        assert "All notes about this client" in main_text(client.get(page_of(sharing)))
        pages = [parsed(client.get(NOTES, {"client": str(sharing.connection.pk), "page": page})) for page in (1, 2)]
        assert [len(page.select(".note")) for page in pages] == [30, 1]
