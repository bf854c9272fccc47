"""`journal.views.writing`: two texts of one page, from their conflict until the parent has settled it."""

import datetime as dt
from http import HTTPStatus
from typing import Any

from django.test import TestCase
from django.utils import timezone

from accounts.models import User
from common.ids import new_id
from journal.entries import saving
from journal.entries.submission import submit
from journal.models import Entry, Revision
from tests.factories import make_draft, make_user


class ConflictTests(TestCase):
    author: User
    night: dt.date
    older: dict[str, Any]  # the fields of the page that was in conflict, for another save of it

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.night = cls.author.tonight(timezone.now())
        first = make_draft(night=cls.night, text="One.\n\nTwo.")
        cls.older = {"entry_id": first.entry_id, "night": cls.night, "base": 1, "page": new_id()}
        for draft in (
            first,
            make_draft(night=cls.night, page=new_id(), base=1, text="One, from the phone.\n\nTwo."),
            make_draft(**cls.older, text="One.\n\nTwo, from the laptop."),
        ):
            submit(cls.author, draft, None, timezone.now())

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def save(self, draft: saving.Draft) -> None:
        submit(self.author, draft, None, timezone.now())

    @property
    def entry(self) -> Entry:
        return Entry.objects.get()

    @property
    def conflict_copy(self) -> Revision:
        return Revision.objects.get(kind="conflict")

    def address(self, act: str = "") -> str:
        return f"/journal/{self.entry.pk}/history/{self.conflict_copy.pk}/{act}"

    def suggested(self) -> dict[str, Any]:
        """What the page of the conflict sends where its suggestion is accepted."""
        form = self.client.get(self.address()).context["form"]
        return {**{field.html_name: field.value() or "" for field in form}, "settles": "yes"}

    def test_the_page_and_the_entry_say_so(self) -> None:
        for url in ("/tonight/", f"/journal/{self.entry.pk}/"):
            response = self.client.get(url)
            self.assertContains(response, "This page was also written elsewhere.")
            self.assertContains(response, self.address())

    def test_both_are_shown_with_a_suggestion(self) -> None:
        response = self.client.get(self.address())

        self.assertContains(response, "from the phone")
        self.assertContains(response, "from the laptop")
        self.assertContains(response, "Both, put together")
        assert self.suggested()["text"] == "One, from the phone.\n\nTwo, from the laptop."

    def test_keeping_both_saves_the_text_as_it_was_changed(self) -> None:
        fields = self.suggested() | {"text": "One and two, from everywhere."}

        response = self.client.post(f"/journal/{self.entry.pk}/edit/", fields)

        self.assertRedirects(response, f"/journal/{self.entry.pk}/")
        assert self.entry.content.text == "One and two, from everywhere."
        assert self.entry.conflict_at is None
        texts = {revision.content.text for revision in Revision.objects.all()}
        assert {"One, from the phone.\n\nTwo.", "One.\n\nTwo, from the laptop."} <= texts

    def test_keeping_both_twice_keeps_them_once(self) -> None:
        fields = self.suggested()
        for _ in range(2):
            self.client.post(f"/journal/{self.entry.pk}/edit/", fields)

        assert self.entry.version == 3

    def test_a_third_text_in_the_meantime_is_not_overwritten(self) -> None:
        fields = self.suggested()
        self.save(make_draft(entry_id=self.entry.pk, night=self.night, page=new_id(), base=2, text="A third."))

        response = self.client.post(f"/journal/{self.entry.pk}/edit/", fields)

        assert response.status_code == HTTPStatus.CONFLICT
        assert self.entry.content.text == "A third."
        assert self.entry.conflict_at is not None

    def test_leaving_the_page_as_it_is_settles_it(self) -> None:
        address = self.address("leave/")
        for _ in range(2):
            self.assertRedirects(self.client.post(address), f"/journal/{self.entry.pk}/")

        self.assertNotContains(self.client.get("/tonight/"), "also written elsewhere")
        assert self.entry.content.text == "One, from the phone.\n\nTwo."
        self.assertContains(self.client.get(self.address()), "Bring this text back")

    def test_putting_the_other_one_on_the_page_settles_it(self) -> None:
        self.client.post(self.address("restore/"))

        assert self.entry.content.text == "One.\n\nTwo, from the laptop."
        assert self.entry.conflict_at is None

    def test_a_page_that_goes_on_writing_asks_again(self) -> None:
        self.client.post(self.address("leave/"))

        self.save(make_draft(**self.older, seq=2, text="One.\n\nTwo, and more."))

        assert self.entry.conflict_at is not None
        assert self.conflict_copy.content.text == "One.\n\nTwo, and more."

    def test_texts_that_differ_in_the_same_place_stand_one_below_the_other(self) -> None:
        self.save(make_draft(**self.older, seq=2, text="One, otherwise.\n\nTwo."))

        self.assertContains(self.client.get(self.address()), "Both, one after the other")
        text = self.suggested()["text"]
        assert "One, from the phone." in text
        assert "One, otherwise." in text

    def test_a_page_may_send_the_text_that_both_go_back_to(self) -> None:
        fields = {
            "author": self.author.pk,
            "entry": self.entry.pk,
            "page": new_id(),
            "seq": 1,
            "base": 0,
            "night": self.night,
            "text": "Zero.\n\nTwo.\n\nThree.",
            "mode": "just_write",
            "ancestor": "Zero.\r\n\r\nTwo.",
        }

        response = self.client.post("/tonight/", fields)

        assert response.status_code == HTTPStatus.CONFLICT
        assert response.context["form"].initial["text"] == "One, from the phone.\n\nTwo.\n\nThree."

    def test_strangers_find_nothing(self) -> None:
        self.client.force_login(make_user(email="stranger@example.org"))

        assert self.client.get(self.address()).status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(self.address("leave/")).status_code == HTTPStatus.NOT_FOUND
