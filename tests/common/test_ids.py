"""common.ids: rows that a page makes under an id of its own are made once, whatever is sent again."""

import uuid

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.keys import keyring
from accounts.models import User
from common.ids import MAX_REUSES, new_id, parse_id
from prompts import own_questions
from prompts.models import OwnQuestion
from tests.factories import make_user
from tests.helpers import EVENING


def test_an_id_is_read_from_its_text() -> None:
    pk = new_id()

    assert parse_id(str(pk)) == pk
    assert parse_id("x") is parse_id("") is parse_id(None) is None


class CreateOnceTests(TestCase):
    author: User
    other: User
    pk: uuid.UUID

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author, cls.other = make_user(), make_user(email="other@example.org")
        cls.pk = new_id()

    @keyring.cached()
    def create(self, question: str, author: User | None = None) -> OwnQuestion:
        return own_questions.create(author or self.author, self.pk, question, by_turn=True, now=EVENING)

    @given(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=12))
    def test_makes_one_row_for_each_content_however_often_it_is_sent(self, sent: list[str]) -> None:
        rows = {question: self.create(question).pk for question in sent}

        assert OwnQuestion.objects.count() == len(set(sent)) == len(set(rows.values()))
        assert {question: self.create(question).pk for question in sent} == rows

    def test_gives_the_first_row_the_pages_own_id(self) -> None:
        assert self.create("A").pk == self.pk

    def test_gives_a_row_another_id_where_somebody_else_has_it(self) -> None:
        theirs = self.create("Theirs.", self.other)

        mine = self.create("Mine.")

        assert mine.pk != theirs.pk
        assert self.create("Mine.") == mine
        assert OwnQuestion.objects.count() == 2

    def test_takes_a_new_id_after_many(self) -> None:
        for n in range(MAX_REUSES + 3):
            self.create(f"Question {n}.")

        assert OwnQuestion.objects.count() == MAX_REUSES + 3

    @given(st.uuids())
    def test_what_is_sent_later_under_one_id_is_also_sorted_later(self, pk: uuid.UUID) -> None:
        self.pk = pk
        rows = [self.create(question).pk for question in "ABCDE"]

        wraps = pk.int >> 80 >= (1 << 48) - 5  # an id from the year 10889
        assert wraps or rows == sorted(rows)
        assert all(row.version == 7 for row in rows[1:])
