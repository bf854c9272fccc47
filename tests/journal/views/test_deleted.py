"""/journal/: the timeline and one entry, from writing to the trash and back."""

from http import HTTPStatus

import time_machine
from django.urls import reverse

from journal.entries import trash
from journal.history import revisions
from journal.models import Entry, Revision
from tests.helpers import DAY, EVENING
from tests.journal.cases import JournalCase


class TrashTests(JournalCase):
    def setUp(self) -> None:
        super().setUp()
        self.page = self.entry(text="Away with it.")

    def act(self, name: str) -> None:
        response = self.client.post(reverse(f"journal:{name}", args=[self.page.pk]))
        assert response.status_code == HTTPStatus.FOUND

    def listed(self) -> bool:
        return "Away with it." in self.read("/journal/deleted/").get_text()

    def test_addresses_of_before_lead_there_for_good(self) -> None:
        trash.delete(self.author, self.page, EVENING)

        listed = self.client.get("/journal/drawer/")
        put_back = self.client.post(f"/journal/{self.page.pk}/take-out/")

        assert (listed.status_code, listed.headers["Location"]) == (HTTPStatus.MOVED_PERMANENTLY, "/journal/deleted/")
        assert (put_back.status_code, put_back.headers["Location"]) == (
            HTTPStatus.PERMANENT_REDIRECT,
            f"/journal/{self.page.pk}/put-back/",
        )
        assert not Entry.objects.not_deleted().exists()

    def test_is_empty_at_first(self) -> None:
        assert "Nothing was deleted in the last 30 days." in self.read("/journal/deleted/").get_text()

    def test_takes_an_entry_in_and_gives_it_back(self) -> None:
        self.act("entry_delete")
        assert self.listed()

        self.act("entry_put_back")
        assert not self.listed()
        assert Entry.objects.not_deleted().get() == self.page

    def test_put_in_twice_keeps_the_first_day(self) -> None:
        self.act("entry_delete")
        with time_machine.travel(EVENING + 3 * DAY, tick=False):
            self.act("entry_delete")

        assert Entry.objects.get().deleted_at == EVENING

    def test_shows_until_when_it_keeps_a_page(self) -> None:
        self.act("entry_delete")

        assert "until Tuesday, 31 March" in self.read("/journal/deleted/").get_text()

    def test_lets_go_after_thirty_days(self) -> None:
        self.act("entry_delete")

        assert trash.empty(EVENING + 29 * DAY) == 0
        assert trash.empty(EVENING + 30 * DAY) == 1
        assert not Entry.objects.exists()

    def test_no_longer_shows_what_is_overdue(self) -> None:
        self.act("entry_delete")

        with time_machine.travel(EVENING + 31 * DAY, tick=False):
            self.client.force_login(self.author)
            assert not self.listed()

    def test_deletes_for_good_with_the_whole_history(self) -> None:
        revisions.keep_done(self.author, self.page, EVENING)
        self.act("entry_delete")

        for _ in range(2):
            self.act("entry_delete_for_good")

        assert not Entry.objects.exists()
        assert not Revision.objects.exists()

    def test_deletes_nothing_that_was_not_put_away_first(self) -> None:
        self.act("entry_delete_for_good")

        assert Entry.objects.exists()

    def test_a_night_written_anew_meanwhile_keeps_its_page(self) -> None:
        self.act("entry_delete")
        self.entry(text="Written again.")

        self.act("entry_put_back")

        assert {entry.kind for entry in Entry.objects.not_deleted()} == {"night", "free"}
