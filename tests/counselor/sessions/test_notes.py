"""`counselor.sessions.notes`: a counselor's dated notes about their clients."""

import datetime as dt

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts import connections, leaving
from accounts.keys import keyring
from common.ids import new_id
from counselor.models import ClientNote
from counselor.sessions import notes
from counselor.sessions.notes import Conflict, Draft, Note
from tests.factories import make_connection, make_note
from tests.helpers import EVENING, MINUTE, sealed_bytes
from tests.sharing import Sharing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]
TODAY = EVENING.date()


def save(sharing: Sharing, note: Note, text: str, *, base: int | None = None, dated: dt.date = TODAY) -> Note | Conflict | None:
    draft = Draft(note.pk, dated, text, note.version if base is None else base)
    return notes.save(sharing.counselor, sharing.connection, draft, EVENING + MINUTE)


class SavingTests:
    def test_it_is_sealed_with_its_html_and_saved_once(self, sharing: Sharing) -> None:
        first = make_note(sharing.connection, "Likes the *rain*.")

        assert save(sharing, first, "Likes the *rain*.", base=0) == first
        row = ClientNote.objects.get()
        assert (row.content.text, row.version, row.dated) == ("Likes the *rain*.", 1, TODAY)
        assert "<em>rain</em>" in row.content.html
        assert b"rain" not in sealed_bytes(row)

    def test_a_save_of_an_older_version_writes_nothing_over(self, sharing: Sharing) -> None:
        first = make_note(sharing.connection)
        second = save(sharing, first, "Two dogs.")
        assert isinstance(second, Note)
        assert second.version == 2

        assert save(sharing, first, "Three.") == Conflict(second)
        assert save(sharing, first, "Two dogs.") == second  # the same again
        moved = save(sharing, second, "Two dogs.", dated=TODAY - dt.timedelta(days=1))
        assert isinstance(moved, Note)
        assert (moved.version, moved.dated) == (3, TODAY - dt.timedelta(days=1))

    def test_nothing_written_is_no_note(self, sharing: Sharing) -> None:
        assert notes.save(sharing.counselor, sharing.connection, Draft(new_id(), TODAY, " \n"), EVENING) is None
        assert not ClientNote.objects.exists()

    def test_the_id_of_anothers_note_changes_nothing(self, sharing: Sharing) -> None:
        theirs = make_note(sharing.other_connection, "Theirs.")

        assert save(sharing, theirs, "Mine.") is None
        assert notes.find(sharing.counselor, theirs.pk) is None
        notes.remove(sharing.counselor, theirs.pk, EVENING)
        assert [note.text for note in notes.of(sharing.other_connection)] == ["Theirs."]

    def test_a_removed_note_can_be_put_back_and_is_deleted_after_a_month(self, sharing: Sharing) -> None:
        note = make_note(sharing.connection)
        for _ in range(2):
            notes.remove(sharing.counselor, note.pk, EVENING)
        assert notes.of(sharing.connection) == []
        assert notes.search(sharing.counselor, "rain", 9) == ([], 0)
        save(sharing, note, "Written on meanwhile.")
        assert notes.forget_removed(EVENING + notes.KEPT_REMOVED) == 0
        notes.put_back(sharing.counselor, note.pk)
        assert [row.text for row in notes.of(sharing.connection)] == ["Written on meanwhile."]

        notes.remove(sharing.counselor, note.pk, EVENING)
        assert notes.forget_removed(EVENING + notes.KEPT_REMOVED + MINUTE) == 1

    def test_it_outlives_the_connection_but_not_the_clients_account(self, sharing: Sharing) -> None:
        make_note(sharing.connection)
        connections.end(sharing.parent, sharing.connection.pk, EVENING)
        assert len(notes.of(sharing.connection)) == 1
        leaving.delete(sharing.parent)
        assert not ClientNote.objects.exists()


class SearchTests:
    def test_finds_all_the_words_whatever_their_accents_and_case(self, sharing: Sharing) -> None:
        second = make_connection(sharing.counselor, sharing.stranger, parent_name="Noor")
        make_note(sharing.connection, "Café on the corner, with the twins.", dated=TODAY - dt.timedelta(days=3))
        make_note(second, "Twins again. No coffee.")
        make_note(sharing.other_connection, "Twins, of another counselor.")

        hits, count = notes.search(sharing.counselor, "TWINS", 9)
        assert [(hit.connection, hit.dated) for hit in hits] == [
            (second.pk, TODAY),
            (sharing.connection.pk, TODAY - dt.timedelta(days=3)),
        ]
        assert count == 2
        [hit], _count = notes.search(sharing.counselor, "cafe twins", 9)
        assert [word for word, matches in hit.excerpt if matches] == ["Café", "twins."]
        assert notes.search(sharing.counselor, "twins", 1)[1] == 2
        assert notes.search(sharing.counselor, " ", 9) == ([], 0)

    def test_many_notes_take_one_query(self, sharing: Sharing) -> None:
        for number in range(7):
            make_note(sharing.connection, f"Note {number}.")

        with keyring.cached(), CaptureQueriesContext(database) as queries:
            assert notes.search(sharing.counselor, "note", 3)[1] == 7

        assert len([query for query in queries if "counselor_clientnote" in query["sql"]]) == 1
