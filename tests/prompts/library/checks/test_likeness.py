"""`prompts.library.checks.likeness`: which questions count as nearly the same."""

import pytest

from prompts.library.checks import likeness
from tests.prompts.library.checks.good import GOOD


class LikenessTests:
    """Two questions among others that are not like them."""

    others = (
        "Who sat longest over the soup in the kitchen?",
        "What did you hear through the wall at noon?",
        "Which song followed you home from work?",
        "Whose coat is still hanging on the wrong hook?",
        "How did the rain sound on the roof of the car?",
        "Where do you keep the drawings that nobody else has seen?",
        "When was the house last quiet enough to hear the clock?",
        "What would your child pack for one night away?",
    )

    def alike(self, one: str, other: str) -> float | None:
        """How alike the two are in letters, where they are nearly alike; None where they are not."""
        pairs = list(likeness.nearly_alike([*self.others, one, other]))
        last = len(self.others)
        assert {(first, second) for first, second, _likeness in pairs} <= {(last, last + 1)}
        return pairs[0][2] if pairs else None

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("What was it like at the breakfast table this morning?", "What was it like at this morning’s breakfasttable?"),
            ("What did the thunderstorm bring out in your child?", "What in your child came out with the thunderstorms?"),
            ("Who is it that you would have with you tonight if you could?", "If you could have them with you tonight, who would it be?"),
            ("What would you do over if you had this day over again?", "If you had this one day over again, what would you do over?"),
        ],
    )
    def test_letters_see_a_compound_or_a_phrase_where_words_see_nothing_in_common(self, one: str, other: str) -> None:
        measure = self.alike(one, other)

        assert len(likeness.content_words(one) & likeness.content_words(other)) < 2
        assert measure is not None
        assert likeness.MIN_COSINE <= measure <= 1

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("What was the first thing you saw at the door tonight?", "Which is the first door?"),
            (
                "Which promise to your brother is still unkept?",
                "Among all that was said between grown people and small ones under your roof, is a promise to a brother lying there unkept?",
            ),
        ],
    )
    def test_words_see_a_short_question_within_a_long_one_where_letters_do_not(self, one: str, other: str) -> None:
        measure = self.alike(one, other)

        assert measure is not None
        assert measure < likeness.MIN_COSINE

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("What did you carry up the stairs today?", "What did you forgive yourself today?"),
            ("What did you hear at breakfast?", "What did you leave at the office?"),
            ("Whose laughter do you miss?", "Whose worries do you carry?"),
        ],
    )
    def test_a_shared_frame_makes_no_likeness(self, one: str, other: str) -> None:
        assert self.alike(one, other) is None

    def test_names_the_pairs_among_many(self) -> None:
        asked = [GOOD.question, *self.others, GOOD.question, self.others[0]]

        assert [(one, other) for one, other, _likeness in likeness.nearly_alike(asked)] == [(0, 9), (1, 10)]

    def test_names_only_the_pairs_with_one_of_the_first_where_it_is_asked_to(self) -> None:
        asked = [GOOD.question, *self.others, GOOD.question, self.others[0], self.others[0]]

        pairs = [(one, other) for one, other, _likeness in likeness.nearly_alike(asked, first=1)]

        assert pairs == [(0, 9)]
