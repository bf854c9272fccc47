"""/journal/deleted/, and the acts by which an entry comes into the trash, back out of it, and is deleted for good."""

import uuid
from http import HTTPStatus
from unittest.mock import patch

import time_machine
from django.urls import reverse

from accounts.http import AuthenticatedHttpRequest
from journal.entries import trash
from journal.entries.submission import submit
from journal.history import revisions
from journal.models import Entry, Revision
from journal.sharing import shares
from journal.views import entries
from tests.factories import make_draft, make_entry, page_fields
from tests.helpers import DAY, EVENING, JSON, element, form_fields, main_text, parsed
from tests.journal.cases import JournalCase


class DeletedTests(JournalCase):
    page: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.page = make_entry(cls.author, text="Away with it.")

    def act(self, name: str) -> None:
        response = self.client.post(reverse(f"journal:{name}", args=[self.page.pk]), {"version": shares.mark_of(self.page)})
        assert response.status_code == HTTPStatus.FOUND

    def is_listed(self) -> bool:
        return "Away with it." in self.read("/journal/deleted/").get_text()

    def test_what_is_deleted_for_good_in_that_moment_cannot_be_put_back(self) -> None:
        trash.delete(self.author, self.page, EVENING)
        found = entries.own_entry

        def found_and_then_deleted(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> Entry:
            entry = found(request, pk)
            Entry.objects.filter(pk=pk).delete()
            return entry

        with patch.object(entries, "own_entry", found_and_then_deleted):
            response = self.client.post(reverse("journal:entry_put_back", args=[self.page.pk]))

        assert response.status_code == HTTPStatus.NOT_FOUND

    def test_what_was_put_back_meanwhile_is_not_deleted_for_good(self) -> None:
        entry = self.entry(kind=Entry.Kind.FREE, text="Still here.")

        response = self.client.post(f"/journal/{entry.pk}/delete-for-good/", follow=True)

        assert "is in your journal" in main_text(response)
        assert "Deleted for good" not in main_text(response)
        assert Entry.objects.filter(pk=entry.pk).exists()

    def test_former_addresses_redirect_for_good(self) -> None:
        trash.delete(self.author, self.page, EVENING)

        former_list = self.client.get("/journal/drawer/")
        put_back = self.client.post(f"/journal/{self.page.pk}/take-out/")

        assert (former_list.status_code, former_list.headers["Location"]) == (HTTPStatus.MOVED_PERMANENTLY, "/journal/deleted/")
        assert (put_back.status_code, put_back.headers["Location"]) == (
            HTTPStatus.PERMANENT_REDIRECT,
            f"/journal/{self.page.pk}/put-back/",
        )
        assert not Entry.objects.not_deleted().exists()

    def test_is_empty_at_first(self) -> None:
        assert "You haven’t deleted anything in the last 30 days." in self.read("/journal/deleted/").get_text()

    def test_lists_an_entry_until_it_is_put_back(self) -> None:
        self.act("entry_delete")
        assert self.is_listed()

        self.act("entry_put_back")
        assert not self.is_listed()
        assert Entry.objects.not_deleted().get() == self.page

    def test_deleted_twice_it_counts_from_the_first_time(self) -> None:
        self.act("entry_delete")
        with time_machine.travel(EVENING + 3 * DAY, tick=False):
            self.act("entry_delete")

        assert Entry.objects.get().deleted_at == EVENING

    def test_shows_until_when_it_keeps_a_page(self) -> None:
        self.act("entry_delete")

        assert "until Tuesday, 31 March" in self.read("/journal/deleted/").get_text()

    def test_deletes_for_good_after_thirty_days(self) -> None:
        self.act("entry_delete")

        assert trash.empty(EVENING + 29 * DAY) == 0
        assert trash.empty(EVENING + 30 * DAY) == 1
        assert not Entry.objects.exists()

    def test_no_longer_shows_what_is_overdue(self) -> None:
        self.act("entry_delete")

        with time_machine.travel(EVENING + 31 * DAY, tick=False):
            self.client.force_login(self.author)
            assert not self.is_listed()

    def test_deletes_for_good_with_the_whole_history(self) -> None:
        revisions.keep_done(self.author, self.page, EVENING)
        self.act("entry_delete")

        for _ in range(2):
            self.act("entry_delete_for_good")

        assert not Entry.objects.exists()
        assert not Revision.objects.exists()

    def test_deletes_for_good_no_text_that_its_page_did_not_show(self) -> None:
        self.act("entry_delete")
        address = reverse("journal:entry_delete_for_good", args=[self.page.pk])
        old_page = form_fields(self.read(address))
        trash.put_back(self.author, self.page)
        submit(self.author, make_draft(entry_id=self.page.pk, base=1, night=self.page.night, text="Written on."), None, EVENING)
        self.act("entry_delete")

        for fields in (old_page, {}):
            refused = self.client.post(address, fields)
            assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            assert "Written on." in main_text(refused)
            assert Entry.objects.exists()

        self.client.post(address, form_fields(parsed(refused)))
        assert not Entry.objects.exists()

    def test_deletes_nothing_for_good_that_was_not_deleted_first(self) -> None:
        self.act("entry_delete_for_good")

        assert Entry.objects.exists()

    def test_a_night_written_anew_meanwhile_keeps_its_page(self) -> None:
        self.act("entry_delete")
        self.entry(text="Written again.")

        self.act("entry_put_back")

        assert {entry.kind for entry in Entry.objects.not_deleted()} == {"night", "free"}

    def test_a_tab_left_open_does_not_put_it_back_unasked(self) -> None:
        """A script is told, and without scripts the text is shown, and can be saved as a page of its own."""
        fields = {
            **page_fields(self.author),
            "entry": str(self.page.pk),
            "page": str(self.page.page),
            "base": "1",
            "seq": "2",
            "text": "On.",
        }
        self.act("entry_delete")

        for url in (f"/journal/{self.page.pk}/edit/", "/journal/new/", "/tonight/"):
            answer = self.client.post(url, fields, headers=JSON)
            assert (answer.status_code, answer.json()["state"]) == (HTTPStatus.GONE, "deleted")
            assert "Recently deleted" in answer.json()["message"]
            page = parsed(self.client.post(url, {**fields, "action": "close:done"}))
            assert "if you save it, it becomes a separate page" in page.get_text()
            form = element(page, "form#writing")
            assert (form["action"], element(form, "textarea").get_text().strip()) == ("/journal/new/", "On.")

        assert self.is_listed()
        assert Entry.objects.get().content.text == "Away with it."
