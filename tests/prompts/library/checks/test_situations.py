"""`prompts.library.checks.situations`: the sets that ship keep every rule, and each rule catches what breaks it."""

from dataclasses import replace
from typing import Any

import pytest

from prompts.library import prompts, sets
from prompts.library.checks import situations
from prompts.library.paths import StepText
from prompts.library.prompts import Library, PromptText, ThemeText
from prompts.library.sets import SetText

THEMES = (
    ThemeText(slug="calm", name="Calm words", line="Saying it early."),
    ThemeText(slug="grace", name="Grace", line="For parents who pray.", opt_in=True),
)
ROOMS = ("hall", "kitchen", "yard", "attic", "cellar", "street", "stairs", "garden")
OWN = tuple(
    PromptText(slug=f"in-the-{room}", theme="calm", question=f"Who sat in the {room} tonight?", depth="light", daily=False)
    for room in ROOMS
)
DAILY = replace(OWN[0], slug="at-the-door", daily=True)
ASKED = (*OWN[:4], DAILY)
GOOD = SetText(
    slug="five-nights",
    name="Five nights",
    line="Five nights in the house.",
    group="families",
    for_whom="Parents with a house.",
    not_for_whom="Parents without one.",
    introduction=("It goes slowly.", "One room a night."),
    caution=("The attic may be dark. Help is at the foot of the page.",),
    steps=tuple(StepText(prompt=prompt.slug) for prompt in ASKED),
)


def check(one: SetText = GOOD, library: tuple[PromptText, ...] = (*OWN, DAILY)) -> list[str]:
    return situations.check(Library(THEMES, library), {one.slug: one})


def asking(*asked: PromptText) -> list[str]:
    """What is wrong with the good set when it asks these."""
    return check(replace(GOOD, steps=tuple(StepText(prompt=prompt.slug) for prompt in asked)), asked)


def with_depths(*depths: str) -> list[str]:
    return asking(*(replace(prompt, depth=depth) for prompt, depth in zip(OWN, depths, strict=False)))


def test_what_ships_keeps_every_rule() -> None:
    assert situations.check(prompts.read(), sets.read()) == []


def test_a_good_set_breaks_no_rule() -> None:
    assert check() == []


class StepRulesTests:
    @pytest.mark.parametrize("nights", [4, 8])
    def test_too_few_or_too_many_nights(self, nights: int) -> None:
        assert asking(*OWN[:nights]) == [f"sets/five-nights: has {nights} nights; 5 to 7 are wanted"]

    @pytest.mark.parametrize("nights", [5, 6, 7])
    def test_as_many_nights_as_are_wanted(self, nights: int) -> None:
        assert asking(*OWN[:nights]) == []

    def test_an_unknown_prompt_and_one_that_is_asked_twice(self) -> None:
        steps = tuple(StepText(prompt=slug) for slug in (*(prompt.slug for prompt in OWN[:4]), "in-the-hall", "on-the-roof"))

        assert check(replace(GOOD, steps=steps)) == [
            "sets/five-nights: in-the-hall is 2 steps",
            "sets/five-nights: there is no prompt on-the-roof",
        ]

    def test_too_few_prompts_of_its_own(self) -> None:
        assert asking(*OWN[:3], DAILY, replace(DAILY, slug="at-the-gate")) == [
            "sets/five-nights: at least 4 prompts written for it are wanted"
        ]

    def test_a_prompt_of_a_theme_that_only_some_parents_chose(self) -> None:
        assert asking(*OWN[:4], replace(DAILY, theme="grace")) == [
            "sets/five-nights: at-the-door: of a theme that is asked only of parents who chose it"
        ]

    @pytest.mark.parametrize(("nights", "most"), [(5, 1), (6, 2), (7, 2)])
    def test_too_many_questions_that_begin_with_what_or_which(self, nights: int, most: int) -> None:
        asked = [replace(prompt, question=prompt.question.replace("Who sat", "Which chair stood")) for prompt in OWN[:nights]]

        assert asking(*asked[:most], *OWN[most:nights]) == []
        assert asking(*asked[: most + 1], *OWN[most + 1 : nights]) == [
            "sets/five-nights: more than a third of its questions begin with What or Which"
        ]

    @pytest.mark.parametrize(
        ("depths", "problem"),
        [
            (("steady", "light", "light", "light", "light"), "its first question is light"),
            (("light", "light", "light", "light", "deep"), "its last question can be put down, so it is not deep"),
            (("light", "deep", "deep", "light", "light"), "at most 2 of its questions are deep, and never two in a row"),
            (("light", "deep", "light", "deep", "light", "deep", "light"), "at most 2 of its questions are deep, and never two in a row"),
        ],
    )
    def test_depths_out_of_place(self, depths: tuple[str, ...], problem: str) -> None:
        assert with_depths(*depths) == [f"sets/five-nights: {problem}"]

    def test_two_deep_questions_apart(self) -> None:
        assert with_depths("light", "deep", "steady", "deep", "steady") == []


class WordRulesTests:
    def test_an_unknown_group(self) -> None:
        assert check(replace(GOOD, group="gardens")) == [
            "sets/five-nights: group 'gardens' is not one of families, first-years, school-and-teens, losses, yourself"
        ]

    @pytest.mark.parametrize(
        ("fitting", "long", "problem"),
        [
            ({"name": "x" * 60}, {"name": "x" * 61}, "its name has at most 60 characters"),
            ({"line": "x" * 119 + "."}, {"line": "x" * 120 + "."}, "its line is one sentence of at most 120 characters"),
            ({"line": "Ends."}, {"line": "Does not end"}, "its line is one sentence of at most 120 characters"),
            (
                {"introduction": ("Word " * 40 + "here.", "Word " * 33 + "here.")},
                {"introduction": ("Word " * 40 + "here.", "Word " * 34 + "here.")},
                "an introduction of one or two paragraphs and at most 75 words is wanted",
            ),
            (
                {"introduction": ("One.", "Two.")},
                {"introduction": ("One.", "Two.", "Three.")},
                "an introduction of one or two paragraphs and at most 75 words is wanted",
            ),
            ({"introduction": ("One.",)}, {"introduction": ()}, "an introduction of one or two paragraphs and at most 75 words is wanted"),
            ({"caution": ("Word " * 59 + "here.",)}, {"caution": ("Word " * 60 + "here.",)}, "a caution of at most 60 words is wanted"),
            ({"caution": ("One.",)}, {"caution": ()}, "a caution of at most 60 words is wanted"),
        ],
    )
    def test_a_text_that_is_missing_or_too_long(self, fitting: dict[str, Any], long: dict[str, Any], problem: str) -> None:
        tidy = {"introduction": tuple(" ".join(text.split()) for text in fitting.get("introduction", GOOD.introduction))}

        assert check(replace(GOOD, **{**fitting, **tidy})) == []
        assert check(replace(GOOD, **long)) == [f"sets/five-nights: {problem}"]

    def test_a_note_that_is_too_long(self) -> None:
        steps = (replace(GOOD.steps[0], note="x" * 300), *GOOD.steps[1:])
        longer = (replace(GOOD.steps[0], note="x" * 301), *GOOD.steps[1:])

        assert check(replace(GOOD, steps=steps)) == []
        assert check(replace(GOOD, steps=longer)) == ["sets/five-nights: a note has at most 300 characters"]

    def test_the_number_first_without_naming_help(self) -> None:
        assert check(replace(GOOD, help_first=True)) == []
        assert check(replace(GOOD, help_first=True, caution=("The attic may be dark.",))) == [
            "sets/five-nights: a set that shows the number to call first names Help in its caution"
        ]

    @pytest.mark.parametrize(
        "broken",
        [
            {"name": "You should walk"},
            {"line": "You should walk."},
            {"for_whom": "You should walk."},
            {"not_for_whom": "You should walk."},
            {"introduction": ("It goes slowly.", "You should walk.")},
            {"caution": ("You should walk.",)},
            {"steps": (replace(GOOD.steps[0], note="You should walk."), *GOOD.steps[1:])},
        ],
    )
    def test_a_scolding_word_anywhere(self, broken: dict[str, Any]) -> None:
        problems = check(replace(GOOD, **broken))

        assert len(problems) == 1
        assert problems[0].startswith("sets/five-nights: holds 'should'")

    def test_names_a_diagnosis_only_where_it_says_what_it_is_about(self) -> None:
        named: dict[str, Any] = dict.fromkeys(("name", "for_whom", "not_for_whom"), "After a diagnosis")

        assert check(replace(GOOD, line="Five nights after a diagnosis.", **named)) == []
        assert len(check(replace(GOOD, caution=("A diagnosis may hurt.",)))) == 1
        assert len(check(replace(GOOD, name="It was diagnosed"))) == 1
