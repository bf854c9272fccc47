"""`journal.views.writing`: two texts of one page, from their conflict until the parent has settled it; and whom a page is about."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import time_machine
from django.test import TestCase
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts import people
from accounts.models import Child, Children, User
from common.ids import new_id
from journal.entries import saving
from journal.entries.submission import submit
from journal.models import Entry, Revision
from tests.factories import make_draft, make_entry, make_user
from tests.helpers import EVENING, JSON, TONIGHT, element, hidden_fields, main_text, parsed, read


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
            self.assertContains(response, "This page was also changed somewhere else.")
            self.assertContains(response, self.address())

    def test_both_are_shown_with_a_suggestion(self) -> None:
        response = self.client.get(self.address())

        self.assertContains(response, "from the phone")
        self.assertContains(response, "from the laptop")
        self.assertContains(response, "Both combined")
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

        self.assertNotContains(self.client.get("/tonight/"), "also changed somewhere else")
        assert self.entry.content.text == "One, from the phone.\n\nTwo."
        self.assertContains(self.client.get(self.address()), "Restore this text")

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


names = st.sets(st.integers(0, 2))


@time_machine.travel(EVENING, tick=False)
class AboutWhomCase(TestCase):
    """A parent of three, signed in."""

    author: User
    ids: list[str]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.ids = [new_id().hex for _name in range(3)]
        rows = Children(tuple(Child(child_id, name) for child_id, name in zip(cls.ids, ("Mika", "J.", "מיקה"), strict=True)))
        people.change_children(cls.author, lambda _before: rows)

    def chosen(self, picked: set[int]) -> list[str]:
        return [self.ids[number] for number in sorted(picked)]

    def fields(self, url: str, **changed: Any) -> dict[str, Any]:
        """What the page at this address sends, opened without scripts."""
        return {
            **hidden_fields(read(self.client, url), "main form#writing"),
            "night": TONIGHT,
            "text": "It rained.",
            "feeling": "",
            **changed,
        }

    def boxes(self, url: str) -> dict[str, bool]:
        """The names that a page offers, and whether each is chosen."""
        boxes = read(self.client, url).select("form#writing [type=checkbox][name=children]")
        return {str(box["value"]): box.has_attr("checked") for box in boxes}

    @staticmethod
    def about() -> set[str]:
        return set(Entry.objects.get().summary.children)


class AboutWhomTests(AboutWhomCase):
    """Whom a page is about is saved by every page that is written on, and kept by those that say nothing of it."""

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def test_each_page_offers_them_and_none_is_chosen(self) -> None:
        for url in ("/tonight/", "/journal/new/", "/prompts/hard-nights/i-lost-my-temper/"):
            assert self.boxes(url) == dict.fromkeys(self.ids, False)
            assert read(self.client, url).select(".about-whom bdi")[2].get_text() == "מיקה"
            self.client.post(url, self.fields(url, children=["", self.ids[1]]) | ({"part": "It rained."} if "hard" in url else {}))
        assert [set(entry.summary.children) for entry in Entry.objects.all()] == [{self.ids[1]}] * 3

    def test_who_has_none_is_asked_for_none(self) -> None:
        self.client.force_login(make_user(email="nobody@example.org"))
        for url in ("/tonight/", "/journal/new/"):
            assert not read(self.client, url).select("[name=children], .about-whom")

    def test_a_page_that_says_nothing_of_them_leaves_them_and_one_with_none_chosen_takes_them_off(self) -> None:
        entry = make_entry(self.author, night=TONIGHT, children=(self.ids[0],))
        address = f"/journal/{entry.pk}/edit/"
        silent = self.fields(address, text="It rained. More.")
        del silent["children"]
        self.client.post(address, silent)
        assert self.about() == {self.ids[0]}

        self.client.post(address, self.fields(address, text="It rained. More and more.", children=""))
        assert self.about() == set()

    def test_one_that_was_taken_off_meanwhile_loses_no_text_and_is_said(self) -> None:
        fields = self.fields("/tonight/", children=["", *self.ids])
        people.change_children(self.author, lambda rows: rows.remove(self.ids[0]))

        answer = self.client.post("/tonight/", fields, headers=JSON).json()
        assert answer["state"] == "saved"
        assert "no longer on your list" in answer["message"]
        assert self.about() == set(self.ids[1:])
        self.assertContains(self.client.post("/tonight/", {**fields, "text": "More.", "seq": 2}, follow=True), "no longer on your list")
        assert Entry.objects.get().content.text == "More."

    def test_whatever_is_sent_there_refuses_no_text(self) -> None:
        for number, sent in enumerate(("\0", "x" * 100_000, self.ids[0].upper(), "' OR 1=1", "\u202e", ["", "<b>"]), start=1):
            fields = self.fields("/tonight/", children=sent, text=f"Text {number}.")
            assert self.client.post("/tonight/", fields, headers=JSON).json()["state"] == "saved"
            assert self.about() == set()

    def test_the_history_says_what_changed_and_an_unknown_one_is_not_brought_back(self) -> None:
        entry = make_entry(self.author, night=TONIGHT, children=(self.ids[0],))
        address = f"/journal/{entry.pk}/edit/"
        self.client.post(address, self.fields(address, children=["", self.ids[1]], text="Another text."))
        revision = f"/journal/{entry.pk}/history/{Revision.objects.get().pk}/"
        shown = main_text(self.client.get(revision))
        assert "About Mika" in shown
        assert "Who it’s about" in shown
        assert "J." in shown

        people.change_children(self.author, lambda rows: rows.remove(self.ids[0]))
        self.client.post(f"{revision}restore/")
        assert self.about() == set()
        assert Entry.objects.get().content.text == "We read two chapters."

    def test_a_text_that_could_not_be_saved_keeps_them(self) -> None:
        fields = self.fields("/tonight/", children=["", *self.ids[:2]])
        self.client.logout()
        page = parsed(self.client.post("/tonight/", fields))
        assert element(page, "#writing [name=children]")["value"].split() == self.ids[:2]  # type: ignore[union-attr]

    def test_leaving_quickly_saves_them(self) -> None:
        self.client.post("/leave/", {**self.fields("/tonight/", children=["", self.ids[2]]), "at": "/tonight/"})
        assert self.about() == {self.ids[2]}


class AnyOfThemTests(PropertyTestCase, AboutWhomCase):
    @settings(max_examples=6)
    @given(first=names, second=names, elsewhere=names)
    def test_any_of_them_survive_saving_editing_a_conflict_and_restoring(
        self, first: set[int], second: set[int], elsewhere: set[int]
    ) -> None:
        self.client.force_login(self.author)  # each example has a browser of its own
        self.client.post("/journal/new/", self.fields("/journal/new/", children=["", *self.chosen(first)]))
        entry = Entry.objects.get()
        address = f"/journal/{entry.pk}/edit/"
        assert self.about() == set(self.chosen(first))
        assert [child for child, is_chosen in self.boxes(address).items() if is_chosen] == self.chosen(first)

        late = self.fields(address, children=["", *self.chosen(elsewhere)], text="It rained. Elsewhere.")
        # As a script sends them.
        edited = self.fields(address, children=" ".join(self.chosen(second)), text="It rained. Then it snowed.")
        assert self.client.post(address, edited, headers=JSON).json()["message"] == "Saved 21:04"
        assert self.about() == set(self.chosen(second))

        conflict = self.client.post(address, late)
        assert conflict.status_code == HTTPStatus.CONFLICT
        both = element(parsed(conflict), "#writing [name=children]")
        assert set(str(both["value"]).split()) == set(self.chosen(second | elsewhere))

        copy = Revision.objects.get(kind="conflict")
        self.client.post(f"/journal/{entry.pk}/history/{copy.pk}/restore/")
        assert self.about() == set(self.chosen(elsewhere))
