"""`journal.nights.guide_pages`: the answers to a hard-night guide joined to one text, and split again."""

from django.http import QueryDict
from django.test import SimpleTestCase
from hypothesis import assume, example, given
from hypothesis import strategies as st

from journal.nights import guide_pages
from prompts.library import guides

GUIDE = guides.read()["i-lost-my-temper"]
ASKS = [part.ask for part in GUIDE.parts]
BOLD = [f"**{ask}**" for ask in ASKS]
LINES = st.one_of(st.sampled_from(["", " ", "Soup.", "**bold**", "**", "****", f"**{ASKS[1]}** ", ASKS[1]]), st.text(max_size=9))
ANSWERS = st.lists(st.lists(LINES, max_size=4).map("\n".join), min_size=len(ASKS), max_size=len(ASKS))
TRICKY = st.lists(st.lists(LINES | st.sampled_from(BOLD), max_size=4).map("\n".join), min_size=len(ASKS), max_size=len(ASKS))


def repeats_a_question(answers: list[str]) -> bool:
    """Whether a line of an answer reads as the heading of another, so that the text does not say which it is."""
    return any(line in BOLD for answer in answers for line in answer.split("\n"))


class GuidePageTests(SimpleTestCase):
    def test_each_answer_stands_under_its_question_and_empty_ones_are_left_out(self) -> None:
        text = guide_pages.join_answers(["One?", "Two?", "Three?"], ["First.\nLine.", " \n", "Third."])

        assert text == "**One?**\n\nFirst.\nLine.\n\n**Three?**\n\nThird."

    @given(ANSWERS)
    @example(["\n\nfirst\n\n", "", "last\n", "\n", ""])
    @example(["", "", "", "", "**only bold**"])
    def test_split_they_are_what_they_were(self, answers: list[str]) -> None:
        assume(not repeats_a_question(answers))

        assert guide_pages.split_answers(guide_pages.join_answers(ASKS, answers), ASKS) == [
            answer if answer.strip() else "" for answer in answers
        ]

    @given(TRICKY)
    @example([f"mine\n\n{BOLD[1]}\n\nyours", "", "", "", ""])
    @example(["", f"mine\n\n{BOLD[0]}\n\nyours", "", "", ""])
    @example([BOLD[0], BOLD[0], "", "", ""])
    def test_whatever_they_hold_splitting_changes_nothing(self, answers: list[str]) -> None:
        text = guide_pages.join_answers(ASKS, answers)

        split = guide_pages.split_answers(text, ASKS)

        if split is None:
            assert repeats_a_question(answers)
        else:
            assert guide_pages.join_answers(ASKS, split) == text

    @given(st.lists(LINES | st.sampled_from(BOLD), max_size=9).map("\n".join))
    def test_splitting_changes_no_text(self, text: str) -> None:
        split = guide_pages.split_answers(text, ASKS)

        assert split is None or guide_pages.join_answers(ASKS, split) == text

    def test_a_text_that_was_changed_into_something_else_is_not_split(self) -> None:
        text = guide_pages.join_answers(ASKS, ["Hands.", "Facts.", "", "", ""])
        for changed in (
            f"Before.\n\n{text}",
            text.replace("**", ""),
            f"{BOLD[1]}\n\nFacts.\n\n{BOLD[0]}\n\nHands.",
            text.replace("Facts.", ""),
            text.replace("\n\nHands.", "\nHands."),
            "A letter.",
            " ",
        ):
            assert guide_pages.split_answers(changed, ASKS) is None, changed

    def test_what_a_page_without_scripts_sends_is_joined(self) -> None:
        sent = QueryDict(mutable=True)
        sent.setlist("ask", ASKS)
        sent.setlist("part", ["Hands.\r\nTwo of them.", "", "Startled.", "", ""])
        sent["text"] = "What was there when the page opened."

        assert guide_pages.sent_text(sent) == f"{BOLD[0]}\n\nHands.\nTwo of them.\n\n{BOLD[2]}\n\nStartled."

    def test_what_a_page_with_scripts_sends_is_its_text(self) -> None:
        assert guide_pages.sent_text(QueryDict("text=One.&ask=Two")) == "One."
        assert guide_pages.sent_text(QueryDict()) == ""
