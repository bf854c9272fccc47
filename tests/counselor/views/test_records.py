"""`/accounts/clients/<id>/records/`: one client's record, on paper and as a ZIP."""

import io
import json
import zipfile

import pytest
import time_machine
from django.test import Client

from accounts import connections
from accounts.models import Connection, User
from common.ids import new_id
from journal.models import Reading, RecordCopy, Share
from journal.sharing import replies, shares
from prompts import received
from prompts.models import AssignedStep
from prompts.received import REMOVED_POSITION
from tests.factories import make_assignment, make_entry, make_note, make_set
from tests.helpers import DAY, EVENING, body, confirm, main_text, signed_in
from tests.sharing import FOUND, NOT_FOUND, SECRET, Sharing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


@pytest.fixture
def client(sharing: Sharing) -> Client:
    return confirm(signed_in(sharing.counselor))


@pytest.fixture
def address(sharing: Sharing) -> str:
    """Of a record with an answer and a reply, one that was taken back, a set and a note."""
    share = sharing.share()
    replies.reply(sharing.parent, share, new_id(), "And then it rained.", EVENING)
    back = sharing.share(night=EVENING.date() - DAY, text="Better not.")
    shares.take_back(sharing.parent, back.pk, EVENING)
    make_assignment(sharing.connection, make_set(sharing.counselor, name="First weeks", steps=["What was said?"]))
    make_note(sharing.connection, "Two *dogs*.")
    shares.share(
        sharing.parent, sharing.other_connection, make_entry(sharing.parent, night=EVENING.date() - 3 * DAY, text="For Olu."), EVENING
    )
    return f"/accounts/clients/{sharing.connection.pk}/records/"


def test_it_says_what_it_holds_once_the_password_was_given(client: Client, sharing: Sharing, address: str) -> None:
    assert "/reauthenticate/" in signed_in(sharing.counselor).get(address).headers["Location"]
    page = main_text(client.get(address))
    assert "1 answer they shared" in page
    assert "1 note of yours" in page
    assert "Mara will see that you took a copy, and when." in page
    assert not RecordCopy.objects.exists()
    for stranger in (sharing.other_counselor, sharing.parent):
        assert confirm(signed_in(stranger)).get(address).status_code in {NOT_FOUND, FOUND}
        assert confirm(signed_in(stranger)).post(address, {"form": "file"}).status_code == NOT_FOUND
    assert not RecordCopy.objects.exists()


def test_the_file_holds_everything_and_names_nobody(client: Client, sharing: Sharing, address: str) -> None:
    response = client.post(address, {"form": "file"})

    assert response.headers["Content-Disposition"] == 'attachment; filename="nightlight-client-record-2026-03-01.zip"'
    with zipfile.ZipFile(io.BytesIO(body(response))) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert SECRET in texts["answers.md"]
    assert "And then it rained." in texts["answers.md"]
    assert "1. What was said?" in texts["assignments.md"]
    assert "Two *dogs*." in texts["notes.md"]
    assert "Sunday, 1 March at 21:04" in texts["reading-log.md"]
    values = json.loads(texts["record.json"])
    assert [answer["text"] for answer in values["answers"]] == [SECRET]
    assert (values["schema"], values["assignments"][0]["name"], values["notes"][0]["text"]) == (1, "First weeks", "Two *dogs*.")
    assert not [name for name, text in texts.items() if "Better not" in text or "For Olu" in text or "Mara" in name]


def test_it_is_on_record_for_the_client_once_a_day(client: Client, sharing: Sharing, address: str, evening: time_machine.Traveller) -> None:
    for form in ("paper", "paper", "file", "neither"):
        client.post(address, {"form": form})
    assert sorted(RecordCopy.objects.values_list("form", flat=True)) == ["file", "paper"]
    assert Reading.objects.count() == 1
    assert User.objects.get(pk=sharing.parent.pk).unread_since == EVENING
    assert Share.objects.get(taken_back_at=None, connection=sharing.connection).read_at == EVENING

    evening.shift(DAY)
    confirm(signed_in(sharing.counselor)).post(address, {"form": "paper"})
    assert RecordCopy.objects.count() == 3


def test_on_paper(client: Client, address: str) -> None:
    page = main_text(client.post(address, {"form": "paper"}))
    for text in (SECRET, "And then it rained.", "First weeks", "What was said?", "Two dogs .", "Read on Sunday, 1 March at 21:04."):
        assert text in page
    assert "Better not" not in page


def test_a_question_that_left_its_set_does_not_tell_that_it_was_answered(client: Client, sharing: Sharing, address: str) -> None:
    step = AssignedStep.objects.get(connection=sharing.connection)
    received.mark_answered(step.pk, EVENING.date())
    AssignedStep.objects.filter(pk=step.pk).update(position=REMOVED_POSITION)
    assert "What was said?" not in main_text(client.post(address, {"form": "paper"}))

    received.mark_done(step.pk, EVENING)
    assert "What was said?" in main_text(client.post(address, {"form": "paper"}))
    Connection.objects.filter(pk=sharing.connection.pk).update(sees_answered=False)
    assert "What was said?" not in main_text(client.post(address, {"form": "paper"}))


def test_after_the_end_there_are_only_the_notes(client: Client, sharing: Sharing, address: str) -> None:
    connections.end(sharing.parent, sharing.connection.pk, EVENING)
    assert "what they shared is no longer here" in main_text(client.get(address))
    page = main_text(client.post(address, {"form": "paper"}))
    assert "Two dogs ." in page
    assert SECRET not in page
    assert not RecordCopy.objects.exists()
