"""/journal/<id>/share/: sharing one entry, and what other pages of the journal say about it."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import connections
from accounts.models import Connection, KeySlot, User
from common.ids import new_id
from journal.entries import trash
from journal.models import Entry, Night, Revision, Share
from journal.sharing import shares
from prompts.models import AssignedStep, Assignment, OwnQuestion
from tests.factories import make_assignment, make_connection, make_entry, make_own_question, make_prompt, make_set, page_fields
from tests.helpers import EVENING, JSON, element, form_fields, main_text, parsed, signed_in
from tests.sharing import FOUND, NOT_FOUND, OK, REFUSED, SECRET, Sharing, edit, share_fields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


class ShareTests:
    def address(self, entry: Entry) -> str:
        return f"/journal/{entry.pk}/share/"

    def test_shows_what_will_be_copied_and_shares_it(self, sharing: Sharing) -> None:
        client, address = signed_in(sharing.parent), self.address(sharing.entry)
        page = client.get(address)
        assert SECRET in main_text(page)
        assert not parsed(page).select("[name=connections][checked]")

        for _ in range(2):
            response = client.post(address, share_fields(sharing.entry, sharing.connection))
            assert response.headers["Location"] == f"/journal/{sharing.entry.pk}/"

        assert Share.objects.get().connection == sharing.connection
        assert "Shared with Ines Holm on Sunday, 1 March at 21:04, not read yet" in main_text(client.get(f"/journal/{sharing.entry.pk}/"))

    def test_with_two_at_once(self, sharing: Sharing) -> None:
        signed_in(sharing.parent).post(
            self.address(sharing.entry), share_fields(sharing.entry, sharing.connection, sharing.other_connection)
        )

        assert {share.connection for share in Share.objects.all()} == {sharing.connection, sharing.other_connection}
        for counselor in (sharing.counselor, sharing.other_counselor):
            assert Share.objects.for_counselor(counselor).count() == 1

    def test_informs_once_before_the_first_share(self, sharing: Sharing) -> None:
        Connection.objects.update(informed_at=None)
        client, address = signed_in(sharing.parent), self.address(sharing.entry)
        page = main_text(client.get(address))
        for sentence in ("to report danger", "notes of their own", "what someone remembers", "No one watches", "isn’t for emergencies"):
            assert sentence in page

        refused = client.post(address, share_fields(sharing.entry, sharing.connection))
        assert refused.status_code == REFUSED
        assert [box["value"] for box in parsed(refused).select("[name=connections][checked]")] == [str(sharing.connection.pk)]
        assert not Share.objects.exists()

        assert client.post(address, share_fields(sharing.entry, sharing.connection, informed="on")).status_code == FOUND
        sharing.connection.refresh_from_db()
        sharing.other_connection.refresh_from_db()
        assert (sharing.connection.informed_at, sharing.other_connection.informed_at) == (EVENING, None)
        assert client.post(address, share_fields(sharing.entry, sharing.connection)).status_code == FOUND
        assert client.post(address, share_fields(sharing.entry, sharing.other_connection)).status_code == REFUSED

    def test_a_text_that_changed_is_shown_before_it_is_shared(self, sharing: Sharing) -> None:
        opened_before = share_fields(sharing.entry, sharing.connection)
        edit(sharing, "It was mended.")

        response = signed_in(sharing.parent).post(self.address(sharing.entry), opened_before)

        assert response.status_code == REFUSED
        assert "It was mended." in main_text(response)
        assert not Share.objects.exists()

    @pytest.mark.parametrize("chosen", [[], ["x"], [str(new_id())]])
    def test_refuses_connections_that_do_not_exist(self, chosen: list[str], sharing: Sharing) -> None:
        response = signed_in(sharing.parent).post(self.address(sharing.entry), {"version": sharing.entry.version, "connections": chosen})

        assert response.status_code == REFUSED
        assert not Share.objects.exists()

    def test_refuses_the_connection_of_another_parent(self, sharing: Sharing) -> None:
        theirs = make_connection(sharing.counselor, sharing.stranger)

        assert signed_in(sharing.parent).post(self.address(sharing.entry), share_fields(sharing.entry, theirs)).status_code == REFUSED
        assert not Share.objects.exists()

    def test_pages_without_words_or_in_the_trash_are_not_found(self, sharing: Sharing) -> None:
        empty = make_entry(sharing.parent, text="", feeling="heavy", night=dt.date(2026, 2, 20))
        trash.delete(sharing.parent, sharing.entry, EVENING)

        for entry in (empty, sharing.entry):
            assert signed_in(sharing.parent).get(self.address(entry)).status_code == NOT_FOUND
            assert signed_in(sharing.parent).post(self.address(entry), share_fields(entry, sharing.connection)).status_code == NOT_FOUND

    def test_without_a_counselor_says_what_is_needed(self, sharing: Sharing) -> None:
        entry = make_entry(sharing.stranger)
        connections.end_all(sharing.parent, EVENING)

        for person, page in ((sharing.stranger, entry), (sharing.parent, sharing.entry)):
            response = signed_in(person).get(self.address(page))
            assert response.status_code == OK
            assert parsed(response).select("a[href='/accounts/care/']")
        assert (
            signed_in(sharing.parent).post(self.address(sharing.entry), share_fields(sharing.entry, sharing.connection)).status_code
            == REFUSED
        )
        assert signed_in(sharing.stranger).get("/journal/shared/nights/").status_code == OK
        assert signed_in(sharing.stranger).post("/journal/shared/nights/").status_code == REFUSED


class WhileWritingTests:
    @pytest.fixture
    def step(self, sharing: Sharing) -> AssignedStep:
        make_assignment(sharing.connection, make_set(sharing.counselor), shares=True)
        return AssignedStep.objects.all()[0]

    def test_done_on_tonight_shares_and_drafts_do_not(self, sharing: Sharing, step: AssignedStep) -> None:
        client = signed_in(sharing.parent)
        fields = page_fields(
            sharing.parent,
            entry=sharing.entry.pk,
            base=1,
            prompt=f"step-{step.pk}",
            mode="question",
            text="A draft.",
            announced=str(step.pk),
        )

        client.post("/tonight/", fields, headers=JSON)
        client.post("/tonight/", {**fields, "action": "save", "seq": 2})
        assert not Share.objects.exists()
        for _ in range(2):
            client.post("/tonight/", {**fields, "text": "Done with it.", "action": "close:done", "seq": 3})

        content = Share.objects.get().content
        assert content
        assert content.text == "Done with it."
        step.refresh_from_db()
        assert step.done_at

    def test_what_is_changed_later_is_offered_and_not_shared(self, sharing: Sharing, step: AssignedStep) -> None:
        client = signed_in(sharing.parent)
        fields = page_fields(
            sharing.parent, entry=sharing.entry.pk, base=1, prompt=f"step-{step.pk}", mode="question", text="First.", announced=str(step.pk)
        )
        client.post("/tonight/", {**fields, "action": "close:done"})
        address = f"/journal/{sharing.entry.pk}/"
        assert "aren’t shared automatically" in main_text(client.get(f"{address}edit/"))

        edit_fields = form_fields(parsed(client.get(f"{address}edit/")), "#writing")
        assert "announced" not in edit_fields
        client.post(f"{address}edit/", {**edit_fields, "text": "Second.", "action": "close:done"})

        content = Share.objects.get().content
        assert content
        assert content.text == "First."
        assert "The text has changed since" in main_text(client.get(address))

    def test_a_first_answer_on_a_page_of_its_own_is_shared_when_done(self, sharing: Sharing, step: AssignedStep) -> None:
        client = signed_in(sharing.parent)
        page = client.get("/journal/new/", {"prompt": f"step-{step.pk}"})
        assert "When you press Done, a copy of this answer goes to Ines Holm." in main_text(page)
        fields = page_fields(sharing.parent, prompt=f"step-{step.pk}", mode="question", text="First.", announced=str(step.pk))

        client.post("/journal/new/", fields, headers=JSON)
        assert not Share.objects.exists()
        for _ in range(2):
            client.post("/journal/new/", {**fields, "action": "close:done"})

        share = Share.objects.get()
        shares.take_back(sharing.parent, share.pk, EVENING)
        client.post("/journal/new/", {**fields, "action": "close:done"})
        assert not Share.objects.active().exists()

    def test_an_answer_that_was_left_before_it_was_done_is_shared_when_it_is_done_later(self, sharing: Sharing, step: AssignedStep) -> None:
        client = signed_in(sharing.parent)
        fields = form_fields(parsed(client.get("/journal/new/", {"prompt": f"step-{step.pk}"})), "#writing")
        client.post("/journal/new/", {**fields, "text": "First."}, headers=JSON)

        self.finish(client, client.get(f"/journal/{fields['entry'][0]}/edit/"))

    def test_a_page_that_is_refused_says_it_again(self, sharing: Sharing, step: AssignedStep) -> None:
        client = signed_in(sharing.parent)
        fields = form_fields(parsed(client.get("/journal/new/", {"prompt": f"step-{step.pk}"})), "#writing")

        response = client.post("/journal/new/", {**fields, "night": "2031-01-01", "text": "First."})

        assert response.status_code == REFUSED
        self.finish(client, response)

    def finish(self, client: Client, page: Any) -> None:
        """Press Done on this page, which says that its answer will be shared, as it then is."""
        assert "a copy of this answer goes to Ines Holm" in main_text(page)
        form = element(parsed(page), "#writing")
        fields = {**form_fields(parsed(page), "#writing"), "night": "2026-03-01", "text": "First, and done.", "action": "close:done"}
        assert client.post(str(form["action"]), fields).status_code == FOUND
        content = Share.objects.get().content
        assert content
        assert content.text == "First, and done."

    def test_the_page_says_where_nothing_is_shared(self, sharing: Sharing, step: AssignedStep) -> None:
        Assignment.objects.update(shares=False)
        client = signed_in(sharing.parent)

        assert "Ines Holm sees it only if you share it yourself." in main_text(client.get("/journal/new/", {"prompt": f"step-{step.pk}"}))
        client.post("/journal/new/", page_fields(sharing.parent, prompt=f"step-{step.pk}", mode="question", action="close:done"))

        assert not Share.objects.exists()

    def test_an_old_page_that_is_changed_is_not_shared_by_itself(self, sharing: Sharing, step: AssignedStep) -> None:
        Assignment.objects.update(shares=False)
        client = signed_in(sharing.parent)
        fields = page_fields(sharing.parent, prompt=f"step-{step.pk}", mode="question", text="First.")
        client.post("/journal/new/", fields)
        Assignment.objects.update(shares=True)

        client.post(f"/journal/{fields['entry']}/edit/", {**fields, "page": new_id(), "base": 1, "text": "Second.", "action": "close:done"})

        assert not Share.objects.exists()


class AnnouncementTests:
    """Nothing is shared of which the page did not say so: the form of the page tells what it said."""

    @pytest.fixture(autouse=True)
    def _untouched(self, sharing: Sharing) -> None:
        Entry.objects.all().delete()
        Night.objects.all().delete()
        make_assignment(sharing.connection, make_set(sharing.counselor), shares=True)

    def press(self, parent: User, action: str, **fields: str) -> BeautifulSoup:
        """Press a button of Tonight as it is, and see Tonight as it is then."""
        client = signed_in(parent)
        sent = form_fields(parsed(client.get("/tonight/")), "#writing")
        assert client.post("/tonight/", {**sent, "action": action, **fields}).status_code == FOUND
        return parsed(client.get("/tonight/"))

    def test_a_page_that_was_begun_without_a_question_announces_it_once_it_asks(self, sharing: Sharing) -> None:
        fields = page_fields(sharing.parent, prompt="", mode="just_write", text="Written on the train.")  # as offline
        signed_in(sharing.parent).post("/tonight/", fields, headers=JSON)

        asked = self.press(sharing.parent, "mode:question")

        assert "a copy of this answer goes to Ines Holm" in element(asked, ".asked").get_text()
        for text in ("An answer.", "A longer answer."):
            again = self.press(sharing.parent, "save", text=text)
            assert "a copy of this answer goes to Ines Holm" in element(again, ".asked").get_text()
            entry = Entry.objects.get()
            assert (entry.assigned_id is not None, entry.summary.question) == (True, "What was said at the door?")

    @pytest.mark.parametrize("gone", ["connection", "own question"])
    def test_where_the_question_of_an_opened_page_is_gone_the_next_one_announces_it(self, gone: str, sharing: Sharing) -> None:
        if gone == "own question":
            Assignment.objects.update(paused=True)
            make_own_question(sharing.parent)
            sharing.parent.refresh_from_db()
        self.press(sharing.parent, "close:not_tonight")
        signed_in(sharing.parent).post("/tonight/", {"action": "reopen", "night": "2026-03-01"})
        if gone == "own question":
            OwnQuestion.objects.all().delete()
            Assignment.objects.update(paused=False)
        else:
            connections.end(sharing.counselor, sharing.connection.pk, EVENING)
            make_assignment(sharing.other_connection, make_set(sharing.other_counselor), shares=True)

        page = parsed(signed_in(sharing.parent).get("/tonight/"))

        assert "When you press Done, a copy of this answer goes to" in element(page, ".asked").get_text()
        self.press(sharing.parent, "close:done", text="Said.")
        assert Share.objects.count() == 1

    def test_a_page_that_was_opened_before_sharing_was_agreed_shares_nothing(self, sharing: Sharing) -> None:
        Assignment.objects.update(shares=False)
        client = signed_in(sharing.parent)
        fields = form_fields(parsed(client.get("/tonight/")), "#writing")
        Assignment.objects.update(shares=True)

        client.post("/tonight/", {**fields, "text": "For me alone.", "action": "close:done"})

        assert Entry.objects.get().assigned_id is not None
        assert not Share.objects.exists()

    def test_an_answer_goes_to_nobody_but_whom_its_page_named(self, sharing: Sharing) -> None:
        client = signed_in(sharing.parent)
        page = client.get("/tonight/")
        assert "goes to Ines Holm" in main_text(page)
        fields = form_fields(parsed(page), "#writing")
        other = make_assignment(sharing.other_connection, make_set(sharing.other_counselor), shares=True)

        client.post("/tonight/", {**fields, "prompt": f"step-{other.steps.all()[0].pk}", "text": "For Ines.", "action": "close:done"})

        assert not Share.objects.exists()

    def test_a_done_that_comes_late_shares_no_text_that_was_typed_after_it(self, sharing: Sharing) -> None:
        client = signed_in(sharing.parent)
        fields = form_fields(parsed(client.get("/tonight/")), "#writing")
        client.post("/tonight/", {**fields, "seq": 3, "text": "Finished. And now for me alone"}, headers=JSON)

        client.post("/tonight/", {**fields, "seq": 2, "text": "Finished.", "action": "close:done"})

        assert not Share.objects.exists()
        assert not Revision.objects.filter(kind=Revision.Kind.DONE).exists()

    def test_what_cannot_be_shared_is_saved_all_the_same(self, sharing: Sharing) -> None:
        Assignment.objects.all().delete()
        make_prompt()
        make_assignment(sharing.connection, make_set(sharing.counselor, steps=("prompt:at-the-door",)), shares=True)
        fields = form_fields(parsed(signed_in(sharing.parent).get("/tonight/")), "#writing")
        KeySlot.objects.filter(connection=sharing.connection).update(wrapped=b"\x01" + b"x" * 60)

        response = signed_in(sharing.parent).post("/tonight/", {**fields, "text": "Written without scripts.", "action": "close:done"})

        assert response.status_code == FOUND
        assert Entry.objects.get().content.text == "Written without scripts."
        assert Night.objects.get().closed == Night.Closed.DONE
        assert not Share.objects.exists()


class EntryTests:
    def test_offers_sharing_only_to_parents_who_have_had_a_counselor(self, sharing: Sharing) -> None:
        theirs = make_entry(sharing.stranger)

        assert parsed(signed_in(sharing.parent).get(f"/journal/{sharing.entry.pk}/")).find("a", string="Share")
        assert not parsed(signed_in(sharing.stranger).get(f"/journal/{theirs.pk}/")).find("a", string="Share")

    @pytest.mark.parametrize("shared", [False, True])
    def test_deleting_says_what_becomes_of_the_copy(self, shared: bool, sharing: Sharing) -> None:
        if shared:
            sharing.share()
        client = signed_in(sharing.parent)

        assert ("stays shared until you take it back" in main_text(client.get(f"/journal/{sharing.entry.pk}/delete/"))) == shared
        client.post(f"/journal/{sharing.entry.pk}/delete/")
        assert ("is taken back" in main_text(client.get(f"/journal/{sharing.entry.pk}/delete-for-good/"))) == shared

    def test_who_never_had_a_counselor_pays_no_query(self, sharing: Sharing) -> None:
        entry = make_entry(sharing.stranger)
        client = signed_in(sharing.stranger)
        with CaptureQueriesContext(database) as queries:
            client.get(f"/journal/{entry.pk}/")

        assert not [query for query in queries if "journal_share" in query["sql"]]
