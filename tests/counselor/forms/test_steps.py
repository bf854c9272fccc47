"""counselor.forms.steps: whatever is done to the steps on the builder's page, nothing is lost and each stands where it was put."""

from hypothesis import example, given
from hypothesis import strategies as st

from common.text import one_line
from counselor.forms.steps import Pasted, moved, pasted, with_again, with_questions, without
from counselor.sets import SetStep, Steps, content_of
from prompts.models import QUESTION_LIMIT

KEYS = [f"{number:032x}" for number in range(6)]
PLACES = st.integers(0, len(KEYS))  # one more than there are: an unknown key
ACTS = st.lists(st.tuples(st.sampled_from(["up", "down", "out", "back"]), PLACES), max_size=20)


def make_steps() -> Steps:
    return tuple(SetStep(key, question=f"Question {number}?", note=f"Note {number}") for number, key in enumerate(KEYS))


def changed(steps: Steps, act: str, place: int) -> Steps:
    key = KEYS[place] if place < len(KEYS) else "f" * 32
    match act:
        case "up":
            return moved(steps, key, -1)
        case "down":
            return moved(steps, key, 1)
        case "out":
            return without(steps, key)
        case _:
            return with_again(steps, key)


def asked(steps: Steps) -> list[str]:
    return [step.key for step in steps if not step.is_out]


class ChangeTests:
    @given(ACTS)
    def test_nothing_is_lost_or_altered(self, acts: list[tuple[str, int]]) -> None:
        steps = make_steps()
        for act in acts:
            steps = changed(steps, *act)

        assert sorted(step.row for step in steps) == sorted(step.row for step in make_steps())
        for key in KEYS:
            steps = with_again(steps, key)
        assert len(content_of("", "", steps).steps) == len(KEYS)

    @given(ACTS)
    def test_what_is_asked_is_a_plain_list_on_which_each_act_does_what_it_says(self, acts: list[tuple[str, int]]) -> None:
        steps = make_steps()
        for act, place in acts:
            before, key = asked(steps), [*KEYS, "f" * 32][place]
            steps = changed(steps, act, place)
            after = asked(steps)
            if act in {"up", "down"} and key in before:
                position = before.index(key)
                target = min(max(position + (1 if act == "down" else -1), 0), len(before) - 1)
                before.insert(target, before.pop(position))
                assert after == before
            elif act == "out":
                assert after == [other for other in before if other != key]
            elif act == "back":
                assert [other for other in after if other != key] == [other for other in before if other != key]
            else:
                assert after == before

    @given(st.lists(PLACES, max_size=8), st.lists(PLACES, max_size=8))
    def test_what_is_put_back_in_any_order_stands_where_it_stood(self, out: list[int], order: list[int]) -> None:
        steps = make_steps()
        for place in out:
            steps = changed(steps, "out", place)
        for place in [*order, *range(len(KEYS))]:
            steps = changed(steps, "back", place)

        assert steps == make_steps()

    @given(st.lists(st.text(min_size=1), max_size=5))
    def test_questions_are_added_last_in_their_order_and_alike_each_time(self, questions: list[str]) -> None:
        added = with_questions(make_steps(), "a" * 32, questions)

        assert added[: len(KEYS)] == make_steps()
        assert [step.question for step in added[len(KEYS) :]] == questions
        assert len({step.key for step in added}) == len(added)
        assert with_questions(make_steps(), "a" * 32, questions) == added


LINES = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\v\f\x85"), max_size=20) | st.just("x" * 400), max_size=12
)


class PasteTests:
    @given(LINES, st.integers(0, 12))
    def test_each_line_is_added_or_stays_as_it_was_and_both_keep_their_order(self, lines: list[str], room: int) -> None:
        result = pasted("\r\n".join(lines), room)

        added: list[str] = []
        kept: list[str] = []
        for line in lines:
            alone = pasted(line, 1)
            if alone.questions and len(added) < room:
                added += alone.questions
            elif alone != Pasted():
                kept.append(line)
        assert (list(result.questions), result.rest) == (added, "\n".join(kept))
        assert len(result.questions) <= room
        assert all(0 < len(question) <= QUESTION_LIMIT and question == one_line(question) for question in result.questions)
        assert len(result.too_long) + result.no_room == len(kept)

    @given(
        st.sampled_from(["1. ", "12) ", "(3) ", "a) ", "- ", "* ", "• ", "– ", "Q4: ", "☐ ", "  2.\t"]),
        st.sampled_from(["Who came?", "3 things?"]),
    )
    def test_numbers_and_bullets_are_left_out(self, mark: str, question: str) -> None:
        assert pasted(mark + question, 1).questions == (question,)

    @given(
        st.sampled_from(
            [
                "3 things that went well?",
                "2026 is over: what of it?",
                "24/7?",
                "-5 degrees?",
                "I. and A.?",
                "A child came.",
                "1.5 hours of what?",
            ]
        )
    )
    def test_what_only_begins_like_one_stays(self, question: str) -> None:
        assert pasted(question, 1).questions == (question,)

    @example("\n \n\t\n1.\n- \n")
    @given(st.text(" \n\t\r", max_size=9))
    def test_blank_lines_are_no_questions(self, text: str) -> None:
        assert pasted(text, 9) == Pasted()
