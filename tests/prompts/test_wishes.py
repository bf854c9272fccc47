"""`prompts.wishes`: what a parent wishes to be asked, and not to be asked."""

import pytest
from django.db import connection
from django.test import TestCase

from accounts.keys import keyring
from accounts.keys.crypto import SealBroken
from accounts.models import User
from prompts import questions, wishes
from prompts.models import Mark
from tests.factories import make_own_question, make_prompt, make_user
from tests.helpers import DAY, EVENING


class WishesTests(TestCase):
    parent: User
    other: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.parent = make_user()
        cls.other = make_user(email="other@example.org")
        for number in range(4):
            make_prompt(slug=f"presence-{number}")

    def mark(self, number: int, kind: str, *, days_ago: int = 1, parent: User | None = None) -> None:
        marked_at = EVENING - days_ago * DAY
        Mark.objects.create(parent=parent or self.parent, prompt_id=f"presence-{number}", kind=kind, marked_at=marked_at)

    def test_of_somebody_who_wishes_nothing_are_empty(self) -> None:
        self.mark(0, Mark.Kind.NEVER, parent=self.other)
        make_own_question(self.other)

        with self.assertNumQueries(1):
            found = wishes.of_parent(self.parent)

        assert found == wishes.Wishes(frozenset(), (), ())

    def test_are_read_in_one_query_in_the_order_in_which_prompts_were_marked(self) -> None:
        self.mark(3, Mark.Kind.LATER, days_ago=2)
        self.mark(1, Mark.Kind.NEVER, days_ago=3)
        self.mark(2, Mark.Kind.LATER, days_ago=4)
        first, second = make_own_question(self.parent, "What did the rain say?"), make_own_question(self.parent, "And the snow?")
        make_own_question(self.parent, "Not among the others?", by_turn=False)

        with keyring.cached():
            keyring.data_key(self.parent.pk)  # which pages have
            with self.assertNumQueries(1):
                found = wishes.of_parent(self.parent)

        assert (found.never, found.later) == (frozenset({"presence-1"}), ("presence-2", "presence-3"))
        assert {question.slug: question for question in found.own} == {
            str(row.pk): questions.find(self.parent, str(row.pk)) for row in (first, second)
        }

    def test_marks_are_the_same_with_own_questions_and_without(self) -> None:
        for number, kind in enumerate((Mark.Kind.LATER, Mark.Kind.NEVER, Mark.Kind.LATER)):
            self.mark(number, kind, days_ago=number)
        without = wishes.of_parent(self.parent)

        make_own_question(self.parent)
        with_own = wishes.of_parent(self.parent)

        assert (with_own.never, with_own.later) == (without.never, without.later)
        assert len(with_own.own) == 1

    def test_open_a_question_only_where_it_may_be_asked(self) -> None:
        damaged = make_own_question(self.parent, "What did the rain say?")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE prompts_ownquestion SET content = %s WHERE author_id = %s", [b"damaged", damaged.author_id.hex])
        self.mark(1, Mark.Kind.NEVER)

        with keyring.cached():
            found = wishes.of_parent(self.parent)
            assert found.never == frozenset({"presence-1"})
            with pytest.raises(SealBroken):
                assert found.own
