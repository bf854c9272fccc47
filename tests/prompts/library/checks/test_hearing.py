"""`prompts.library.checks.hearing`: the figures count what they say, and the library that ships keeps their limits."""

from dataclasses import replace

import pytest

from prompts.library import prompts
from prompts.library.checks import hearing
from prompts.library.prompts import PromptText
from tests.prompts.library.checks.good import GOOD


def asking(*questions: str) -> list[PromptText]:
    return [replace(GOOD, slug=f"q-{number}", question=question) for number, question in enumerate(questions)]


def figure(name: str, prompts: list[PromptText]) -> float:
    return next(figure.value for figure in hearing.figures(prompts) if figure.name == name)


def test_the_shipped_library_keeps_every_limit() -> None:
    assert hearing.check(prompts.read().prompts) == []


def test_openings_are_counted_in_percent() -> None:
    prompts = asking("Which song did you sing?", "What’s new?", "What did you sing?", "Whatever did you sing?")

    assert (figure("which", prompts), figure("what", prompts)) == (25, 50)


@pytest.mark.parametrize(
    "question",
    [
        "On the way home, what did you talk about?",
        "Your child’s door: how do you know when to knock?",
        "When they come home, who opens the door?",
        "After a fight, do you go to them first?",
        "A few weeks ago we asked about bedtime. How is it now?",
        "While they talk, where do your eyes go?",
    ],
)
def test_finds_a_clause_in_front(question: str) -> None:
    assert hearing.has_clause_in_front(question)


@pytest.mark.parametrize(
    "question",
    [
        "When did you last laugh, even a little?",
        "Where were you when they called, and for how long?",
        "Did you, for once, get to eat in peace?",
        "How’s your child, really?",
        "Who was there when you came home?",
        "When you were small and nobody listened where did you go?",
    ],
)
def test_knows_a_question_that_asks_at_once(question: str) -> None:
    assert not hearing.has_clause_in_front(question)


@pytest.mark.parametrize(
    ("question", "asks_two"),
    [
        ("When did your hands hurry today, and when did they slow down?", True),
        ("What did they say and how did you answer?", True),
        ("Is it the noise, or is it the mess?", True),
        ("Who was there, and what happened then?", True),
        ("What did you and your child both laugh at?", False),
        ("When did you laugh and cry at once?", False),
    ],
)
def test_finds_a_second_question(question: str, *, asks_two: bool) -> None:
    assert hearing.asks_two_things(question) is asks_two


@pytest.mark.parametrize(
    ("hint", "is_list"),
    [
        ("A look, a sigh, the slam of a door.", True),
        ("Jaw, hands, stomach, throat.", True),
        ("At the buttons, the bath, the car seat.", True),
        ("Was it before or after dinner?", False),
        ("I was about to say …", False),
        ("A sigh counts. So does a hurried goodbye.", False),
        ("Begin with the room you were in.", False),
        ("It may have looked like nothing.", False),
    ],
)
def test_tells_a_way_in_from_a_list(hint: str, *, is_list: bool) -> None:
    assert hearing.is_noun_list(hint) is is_list


def test_the_reading_level_rises_with_longer_words_and_sentences() -> None:
    easy = ["Who made you laugh today?", "When did you last sleep well?"]
    hard = [
        "Which considerations characteristically accompanied your deliberations concerning educational responsibilities this afternoon?"
    ]

    for level in (hearing.flesch_kincaid, hearing.coleman_liau):
        assert level(easy) < 5 < 12 < level(hard)


@pytest.mark.parametrize(("word", "count"), [("day", 1), ("made", 1), ("little", 2), ("asked", 1), ("wanted", 2), ("evening", 3), ("I", 1)])
def test_counts_syllables(word: str, count: int) -> None:
    assert hearing.syllables(word) == count


def test_names_what_is_beyond_its_limit() -> None:
    prompts = asking(*["Which song did you sing tonight, and who heard it?"] * 3, " ".join(["When"] * 25) + "?")

    problems = hearing.check(prompts)

    assert "which: 75.0 over the library; at most 8" in problems
    assert "two: 75.0 over the library; at most 3" in problems
    assert "calm/q-3: more than 24 words" in problems
