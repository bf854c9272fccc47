"""/tonight/: what counselors gave or changed is announced until the parent says that they saw it."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import pytest
from bs4 import Tag
from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Connection, User
from journal.views.sharing import announcements
from prompts.models import Assignment
from tests.factories import make_assignment, make_connection, make_counselor, make_prompt, make_set, make_user, page_fields
from tests.helpers import DAY, element, main_text, read, signed_in

NOTE = "I thought of your hallway."


class AnnouncedTests(TestCase):
    counselor: User
    parent: User
    connection: Connection
    tonight: dt.date

    @classmethod
    def setUpTestData(cls) -> None:
        make_prompt()
        cls.counselor, cls.parent = make_counselor(), make_user(knows_leave=True)
        cls.connection = make_connection(cls.counselor, cls.parent)
        cls.tonight = cls.parent.tonight(timezone.now())

    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def give(self, *, name: str = "First weeks", **fields: Any) -> Assignment:
        return make_assignment(self.connection, make_set(self.counselor, name=name), **{"starts_on": None, **fields})

    def change(self, given: Assignment) -> None:
        now = timezone.now()
        Assignment.objects.filter(pk=given.pk).update(changed_at=now, acknowledged_at=now - DAY)

    def announced(self) -> list[Tag]:
        return list(read(self.client, "/tonight/").select(".announcement"))

    def words(self) -> list[str]:
        return [" ".join(each.get_text(" ", strip=True).split()) for each in self.announced()]

    def press(self, action: str) -> None:
        """Press a button of the only announcement."""
        (form,) = self.announced()
        fields = {
            str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]") if field["name"] != "csrfmiddlewaretoken"
        }
        response = self.client.post(str(form["action"]), {**fields, "action": action})
        assert (response.status_code, response.headers["Location"]) == (HTTPStatus.FOUND, "/tonight/")

    def write(self) -> None:
        asked = self.client.get("/tonight/").context["page"].question.slug
        sent = page_fields(self.parent, night=self.tonight, prompt=asked, mode="question", text="A long look.", action="close:done")
        assert self.client.post("/tonight/", sent).status_code == HTTPStatus.FOUND

    def test_says_who_gave_what_and_when_it_begins(self) -> None:
        self.give(note=NOTE)

        (words,) = self.words()

        assert ("Ines Holm sent you “ First weeks ” 2 questions, one after another, as you answer. It starts when you choose.") in words
        assert NOTE in words
        assert words.endswith("Begin Take a look Not now")

    def test_one_with_a_date_says_it_and_cannot_be_begun(self) -> None:
        self.give(starts_on=self.tonight + 3 * DAY, ends_on=self.tonight + 9 * DAY)

        (words,) = self.words()

        assert ", until " in words
        assert "The first question comes on " in words
        assert "Begin" not in words

    def test_not_now_puts_it_away_and_leaves_it_to_be_begun(self) -> None:
        given = self.give()

        for _ in range(2):
            self.client.post(f"/prompts/given/{given.pk}/", {"action": "acknowledge", "seen": "", "next": "/tonight/"})

        assert not self.announced()
        assert "Begin" in main_text(self.client.get(f"/prompts/given/{given.pk}/"))

    def test_begun_it_stands_above_its_first_question_until_that_is_answered(self) -> None:
        given = self.give(note=NOTE)

        self.press("begin")

        page = read(self.client, "/tonight/")
        assert not page.select(".announcement")
        assert NOTE in element(page, ".set-opening").get_text()
        self.write()
        given.refresh_from_db()
        assert given.acknowledged_at is not None
        assert not self.announced()

    def test_a_second_set_says_that_another_comes_first(self) -> None:
        self.give(starts_on=self.tonight - DAY, name="Evenings")
        self.give(starts_on=self.tonight)

        (words,) = self.words()

        assert "“ First weeks ”" in words
        assert "Tonight Evenings comes first; this one is next." in words

    def test_a_note_that_was_passed_over_is_announced_beside_the_next_question(self) -> None:
        given, plain = self.give(starts_on=self.tonight - DAY, note=NOTE), self.give(starts_on=self.tonight - DAY)
        for one in (given, plain):
            one.steps.filter(position=0).update(answered_on=self.tonight - DAY)

        (words,) = self.words()

        assert NOTE in words

    def test_a_change_says_what_holds_now_until_it_was_read(self) -> None:
        given = self.give(starts_on=self.tonight - DAY, cadence="every_days", every=2)
        self.change(given)

        (words,) = self.words()

        assert "Ines Holm changed “ First weeks ” 2 questions, every 2 nights." in words
        self.press("acknowledge")
        assert not self.announced()

    def test_what_changed_after_the_page_was_opened_stays_to_be_seen(self) -> None:
        given = self.give()

        self.change(given)
        self.client.post(f"/prompts/given/{given.pk}/", {"action": "acknowledge", "seen": ""})

        assert len(self.announced()) == 1

    def test_what_is_over_or_paused_is_not_announced(self) -> None:
        self.give(paused=True)
        self.give(ended_at=timezone.now())
        self.give(finished_at=timezone.now())
        self.give(starts_on=self.tonight - 3 * DAY, ends_on=self.tonight - DAY)

        assert not self.announced()

    def test_nothing_is_opened_unless_something_is_announced(self) -> None:
        given = self.give()
        self.client.get("/tonight/")  # reads what a process reads once
        with CaptureQueriesContext(database) as announced:
            self.client.get("/tonight/")

        Assignment.objects.filter(pk=given.pk).update(acknowledged_at=timezone.now())
        with CaptureQueriesContext(database) as quiet:
            self.client.get("/tonight/")

        assert len(announced) == len(quiet) + 1
        assert not [
            query for query in quiet if "accounts_keyslot" in query["sql"] and "connection_id" in query["sql"].partition("WHERE")[2]
        ]

    def test_no_one_else_can_say_it_was_seen(self) -> None:
        given = self.give()

        for other in (self.counselor, make_user(email="other@example.org")):
            answer = signed_in(other).post(f"/prompts/given/{given.pk}/", {"action": "acknowledge", "seen": ""})
            assert answer.status_code == HTTPStatus.NOT_FOUND

        assert (
            self.client.post(f"/prompts/given/{given.pk}/", {"action": "acknowledge", "seen": "soon"}).status_code == HTTPStatus.NOT_FOUND
        )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"cadence": "at_once"}, "all at once"),
        ({"cadence": "when_done"}, "one after another, as you answer"),
        ({"cadence": "after_days", "every": 2}, "the next one 2 nights after you answered"),
        ({"cadence": "every_days", "every": 1}, "one a night"),
        ({"cadence": "every_days", "every": 3}, "every 3 nights"),
        ({"cadence": "weekdays", "weekdays": [4, 0]}, "on Monday, Friday"),
    ],
)
def test_says_how_the_questions_come(fields: dict[str, Any], words: str) -> None:
    assert announcements.rhythm(Assignment(**fields)) == words


def test_says_until_when() -> None:
    friday = dt.date(2026, 3, 6)

    assert announcements.until(Assignment()) == ""
    assert announcements.until(Assignment(ends_with_session=True)) == "until your next session"
    assert announcements.until(Assignment(ends_on=friday)).startswith("until Friday, 6 March")
    assert announcements.until(Assignment(ends_on=friday, ends_with_session=True)).startswith("until your next session on Friday, 6 March")
