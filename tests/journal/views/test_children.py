"""`/journal/children/`: the names that a parent says a page is about, and what becomes of pages where one is taken off."""

from http import HTTPStatus
from itertools import batched
from typing import Any
from unittest import mock

import time_machine
from django.test import TestCase

from accounts import people
from accounts.models import Child, User
from common.ids import new_id
from journal.entries import about
from journal.models import Entry
from tests.factories import make_entry, make_user
from tests.helpers import DAY, EVENING, TONIGHT, parsed

URL = "/journal/children/"


def make_child(parent: User, name: str = "Mika", born: int | None = None) -> Child:
    child = Child(new_id().hex, name, born)
    people.change_children(parent, lambda rows: rows.add(child))
    return child


@time_machine.travel(EVENING, tick=False)
class ChildrenCase(TestCase):
    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.parent = make_user()

    def setUp(self) -> None:
        self.client.force_login(self.parent)

    @property
    def stored(self) -> tuple[Child, ...]:
        return User.objects.get(pk=self.parent.pk).children.all

    def send(self, act: str = "", **fields: Any) -> Any:
        return self.client.post(f"{URL}{act}", {name: value for name, value in fields.items() if value is not None})

    def add(self, name: str, born: str = "", child_id: str | None = None) -> Any:
        return self.send(id=child_id or new_id().hex, nickname=name, born=born)


class AddingTests(ChildrenCase):
    def test_the_empty_page_says_why_a_nickname_is_enough(self) -> None:
        page = parsed(self.client.get(URL))

        assert "their story, too" in page.get_text()
        assert page.select("ul.children") == []

    def test_a_name_is_kept_with_its_year_and_shown(self) -> None:
        self.assertRedirects(self.add("  Mika  B. ", "2019"), URL)

        (child,) = self.stored
        assert (child.name, child.born, child.is_former) == ("Mika B.", 2019, False)
        assert "Born 2019 · School age" in " ".join(parsed(self.client.get(URL)).get_text().split())

    def test_a_double_press_adds_one(self) -> None:
        child_id = new_id().hex
        for _press in range(2):
            assert self.add("Mika", child_id=child_id).status_code == HTTPStatus.FOUND
        assert len(self.stored) == 1

        # The browser went back to the page, and another name was typed into it.
        for _press in range(2):
            self.add("Juno", child_id=child_id)
        assert [child.name for child in self.stored] == ["Mika", "Juno"]

    def test_what_cannot_be_is_refused_with_a_sentence_and_stays_in_the_form(self) -> None:
        make_child(self.parent, "Mika")
        for name, born, sentence in (
            ("", "", "Enter a nickname or initials first."),
            ("\u200b\u202e", "", "Enter a nickname or initials first."),
            ("m" * 41, "", "at most 40 characters"),
            ("MIKA", "", "This name is already on your list."),
            ("Ida", "2027", "That year hasn’t come yet."),
            ("Ida", "1066", "Enter a year such as 2019"),
            ("Ida", "soon", "Enter a year such as 2019"),
        ):
            response = self.add(name, born)
            self.assertContains(response, sentence, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
            assert parsed(response).select("main input[value]")
        assert [child.name for child in self.stored] == ["Mika"]

    def test_hostile_names_are_kept_as_text(self) -> None:
        for name in ("<b>Mika</b>", "מיקה", "怒" * 40, "👨‍👩‍👧", "J. & Co", "{{ user }}"):
            self.add(name)
            assert self.stored[-1].name == name
        assert parsed(self.client.get(URL)).select(".children b") == []
        self.add("left\u202eright")
        assert self.stored[-1].name == "leftright"

    def test_there_is_room_for_twelve(self) -> None:
        for number in range(12):
            make_child(self.parent, f"Child {number}")
        response = self.add("One more")
        self.assertContains(response, "room for twelve", status_code=HTTPStatus.UNPROCESSABLE_ENTITY)

        former = self.stored[0]
        people.change_children(self.parent, lambda rows: rows.retire(former.id))
        self.add("One more")
        assert len(self.stored) == 13
        self.assertContains(self.client.post(f"{URL}offer/", {"id": former.id}, follow=True), "room for twelve")

    def test_no_name_is_in_title_or_address(self) -> None:
        child = make_child(self.parent, "Zyxw")
        for page in (self.client.get(URL), self.send("remove/", id=child.id)):
            assert "Zyxw" not in parsed(page).title.get_text()  # type: ignore[union-attr]
            assert not [
                link for link in parsed(page).select("[href], [action]") if child.id in str(link.get("href")) + str(link.get("action"))
            ]


class ChangingTests(ChildrenCase):
    def test_a_new_name_is_on_the_pages_that_were_written_before(self) -> None:
        child = make_child(self.parent, "M.")
        entry = make_entry(self.parent, night=TONIGHT, children=(child.id,))

        self.assertRedirects(self.send("edit/", id=child.id, nickname="Mika", born="2020"), URL)

        assert "About Mika" in parsed(self.client.get(f"/journal/{entry.pk}/")).get_text()

    def test_two_tabs_lose_nothing_of_each_other(self) -> None:
        one, other = make_child(self.parent, "M."), make_child(self.parent, "J.")
        stale = User.objects.get(pk=self.parent.pk)
        assert stale.children.all

        self.send("edit/", id=one.id, nickname="Mika", born="")
        people.change_children(stale, lambda rows: rows.rename(other.id, "Juno", None))

        assert [child.name for child in self.stored] == ["Mika", "Juno"]

    def test_a_refused_change_is_shown_where_it_was_typed(self) -> None:
        make_child(self.parent, "Juno")
        child = make_child(self.parent, "M.")

        response = self.send("edit/", id=child.id, nickname="juno", born="")

        self.assertContains(response, "This name is already on your list.", status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
        assert len(parsed(response).select("details[open] input[value=juno]")) == 1
        assert self.stored[1].name == "M."

    def test_one_is_moved_up_and_a_second_press_moves_nothing(self) -> None:
        last = [make_child(self.parent, name) for name in ("A", "B", "C")][-1]
        for _press in range(2):
            self.assertRedirects(self.send("move/", id=last.id, place="1"), URL)
        assert [child.name for child in self.stored] == ["A", "C", "B"]

    def test_one_that_was_removed_in_another_tab_gets_a_sentence(self) -> None:
        for act in ("edit/", "move/", "offer/", "remove/"):
            for child_id in (new_id().hex, "", "\0", "x" * 10_000, None):
                response = self.client.post(f"{URL}{act}", {"id": child_id} if child_id is not None else {}, follow=True)
                self.assertContains(response, "That name is no longer on your list.")


class RemovingTests(ChildrenCase):
    child: Child
    other: Child
    alone: Entry
    both: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.child, cls.other = make_child(cls.parent, "Mika"), make_child(cls.parent, "Juno")
        with time_machine.travel(EVENING, tick=False):
            cls.alone = make_entry(cls.parent, night=TONIGHT, children=(cls.child.id,))
            cls.both = make_entry(cls.parent, night=TONIGHT - DAY, children=tuple(sorted((cls.child.id, cls.other.id))))
            make_entry(cls.parent, night=TONIGHT - 2 * DAY)
        Entry.objects.update(is_unindexed=False)

    def about(self, entry: Entry) -> set[str]:
        return set(Entry.objects.get(pk=entry.pk).summary.children)

    def remove(self, fate: str, **fields: Any) -> Any:
        return self.send("remove/", id=self.child.id, chosen="yes", fate=fate, **fields)

    def test_the_first_press_asks_and_changes_nothing(self) -> None:
        page = parsed(self.send("remove/", id=self.child.id))

        assert "2 pages are about this child." in page.get_text()
        assert "1 page that’s about no one else" in page.get_text()
        assert [box["value"] for box in page.select("input[name=fate]")] == ["keep", "take_off", "put_under", "delete"]
        assert len(self.stored) == 2

    def test_a_name_that_no_page_is_about_is_simply_taken_off(self) -> None:
        unused = make_child(self.parent, "Ida")
        page = parsed(self.send("remove/", id=unused.id))
        assert [box["type"] for box in page.select("input[name=fate]")] == ["hidden"]
        self.send("remove/", id=unused.id, chosen="yes", fate="take_off")
        assert unused not in self.stored

    def test_kept_on_the_pages_it_is_no_longer_offered_and_can_be_offered_again(self) -> None:
        self.assertRedirects(self.remove("keep"), URL)

        assert self.about(self.alone) == {self.child.id}
        assert "About Mika" in parsed(self.client.get(f"/journal/{self.alone.pk}/")).get_text()
        offered = [box["value"] for box in parsed(self.client.get("/journal/new/")).select("[type=checkbox][name=children]")]
        assert offered == [self.other.id]
        on_page = [
            box["value"] for box in parsed(self.client.get(f"/journal/{self.alone.pk}/edit/")).select("[type=checkbox][name=children]")
        ]
        assert on_page == [self.child.id, self.other.id]

        self.send("offer/", id=self.child.id)
        assert not self.stored[0].is_former

    def test_taken_off_the_pages_the_name_is_gone_and_the_pages_stay(self) -> None:
        for _press in range(2):
            self.assertRedirects(self.remove("take_off"), URL)

        assert [child.name for child in self.stored] == ["Juno"]
        assert (self.about(self.alone), self.about(self.both)) == (set(), {self.other.id})
        unindexed = set(Entry.objects.unindexed().values_list("pk", flat=True))
        assert unindexed == {self.alone.pk, self.both.pk}
        assert Entry.objects.get(pk=self.alone.pk).content.text == "We read two chapters."

    def test_pages_are_put_under_another_name(self) -> None:
        self.remove("put_under", other=self.other.id)
        assert (self.about(self.alone), self.about(self.both)) == ({self.other.id}, {self.other.id})
        assert [child.name for child in self.stored] == ["Juno"]

    def test_pages_about_nobody_else_go_to_the_trash(self) -> None:
        self.remove("delete")
        deleted = set(Entry.objects.filter(deleted_at__isnull=False).values_list("pk", flat=True))
        assert deleted == {self.alone.pk}
        assert self.about(self.both) == {self.other.id}
        assert self.about(self.alone) == set()

    def test_a_choice_that_cannot_be_is_refused(self) -> None:
        for fields in ({"fate": ""}, {"fate": "burn"}, {"fate": "put_under"}, {"fate": "put_under", "other": self.child.id}):
            response = self.remove(**fields)
            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert len(self.stored) == 2

    def test_somebody_else_s_pages_stay(self) -> None:
        stranger = make_user(email="stranger@example.org")
        theirs = make_entry(stranger, night=TONIGHT, children=(self.child.id,))
        self.remove("take_off")
        assert self.about(theirs) == {self.child.id}

    def test_a_page_that_another_tab_puts_under_another_name_meanwhile_is_not_deleted(self) -> None:
        def put_under_meanwhile(*args: Any, **options: Any) -> Any:
            with mock.patch("journal.entries.about.batched", batched):
                about.put_under(self.parent, self.child.id, self.other.id)
            return batched(*args, **options)

        with mock.patch("journal.entries.about.batched", put_under_meanwhile):
            self.remove("delete")

        assert not Entry.objects.filter(deleted_at__isnull=False).exists()
        assert self.about(self.alone) == {self.other.id}
