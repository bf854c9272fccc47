"""`prompts.library.checks.editorial`: the library that ships keeps every rule, and each rule catches what breaks it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Age
from counselor import urls as counselor_urls
from journal import urls as journal_urls
from prompts import urls as prompts_urls
from prompts.library import prompts
from prompts.library.checks import editorial
from prompts.library.prompts import Library, PromptText, ThemeText
from tests.prompts.library.checks.good import GOOD

CALM = ThemeText(slug="calm", name="Calm words", line="Saying it early, plainly and kindly.")


def check(*asked: PromptText, theme: ThemeText = CALM) -> list[str]:
    return editorial.check(Library((theme,), asked))


def test_the_shipped_library_keeps_every_rule() -> None:
    assert editorial.check(prompts.read()) == []


def test_the_shipped_library_holds_as_much_as_it_promises() -> None:
    library = prompts.read()

    assert editorial.check_spread(library) == []
    assert {theme.slug for theme in library.themes} == editorial.MIN_PROMPTS.keys()
    assert [theme.slug for theme in library.themes if theme.heart] == ["repair", "presence", "letting-go"]
    assert [theme.slug for theme in library.themes if theme.opt_in] == ["grace"]


def test_a_good_prompt_breaks_no_rule() -> None:
    assert check(GOOD) == []


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"question": "What did you say at the door? And what did they?"}, "asks one thing"),
        ({"question": "Tell about the moment at the door tonight."}, "asks one thing"),
        ({"question": "What did you see? Begin with the shoes."}, "asks one thing"),
        ({"question": "What did you see at the door, " * 6 + "tonight?"}, "has 188 characters"),
        ({"question": "What did you see?"}, "has 17 characters"),
        ({"question": "What should you have message at the door tonight?"}, "holds 'should'"),
        ({"question": "What shouldn’t you have message at the door tonight?"}, "holds 'shouldn’t'"),
        ({"question": "How good a door did you hold open tonight, you good parent?"}, "holds 'good parent'"),
        ({"if_stuck": ["Begin with your Trauma."]}, "holds 'Trauma'"),
        ({"tomorrow": "Try it once more!"}, "holds '!'"),
        ({"question": "What was the child's first word at the door tonight?"}, "straight quotation marks"),
        ({"if_stuck": ['The "hello" counts.']}, "straight quotation marks"),
        ({"tomorrow": "Look up  twice."}, "stray space"),
        ({"question": " What was the first thing you saw at the door tonight?"}, "stray space"),
        ({"slug": "At_the_door"}, "the slug has"),
        ({"slug": "at--the-door"}, "the slug has"),
        ({"slug": "ab"}, "the slug has"),
        ({"slug": "a" * 51}, "the slug has"),
        ({"slug": "choices"}, "another page has the address"),
        ({"slug": "where-to-start"}, "another page has the address"),
        ({"depth": "bottomless"}, "depth 'bottomless' is not one of light, steady, deep"),
        ({"ages": ["small", "ancient"]}, "unknown ages: ancient"),
        ({"if_stuck": ["Shoes count.", "So do coats.", "And umbrellas."]}, "at most two ways in"),
        ({"if_stuck": ["So?"]}, "at most two ways in"),
        ({"if_stuck": ["x" * 140]}, "at most two ways in"),
        ({"tomorrow": "x" * 160}, "at most 159 characters"),
    ],
)
def test_catches_in_a_prompt(broken: dict[str, Any], message: str) -> None:
    problems = check(replace(GOOD, **broken))

    assert len(problems) == 1
    assert message in problems[0]
    assert problems[0].startswith(f"calm/{broken.get('slug', 'at-the-door')}: ")


@pytest.mark.parametrize(
    "question",
    [
        "Whose shoulder did you lean on at the door tonight?",
        "What was mustard-yellow at the door tonight?",
        "What did you set down at the door, a little too loudly, tonight?",
        "What was the child’s first word at the door tonight?",
        "What did you bring home from the wifeless neighbour tonight?",
    ],
)
def test_allows_words_that_only_contain_forbidden_ones(question: str) -> None:
    assert check(replace(GOOD, question=question)) == []


def test_no_slug_takes_the_address_of_another_page() -> None:
    patterns = [*prompts_urls.urlpatterns, *journal_urls.urlpatterns, *counselor_urls.urlpatterns]
    addresses = [str(pattern.pattern) for pattern in patterns]
    segments = {parts[1] for parts in (address.split("/") for address in addresses) if parts[0] == "prompts"}

    fixed = {part for part in segments if part and not part.startswith("<")}

    assert {"choices", "paths", "hard-nights"} <= fixed
    assert fixed <= editorial.RESERVED_SLUGS
    assert [slug for slug in sorted(editorial.RESERVED_SLUGS) if len(check(replace(GOOD, slug=slug))) != 1] == []


class TogetherTests:
    other = replace(GOOD, slug="in-the-kitchen", question="Who sat longest over the soup in the kitchen?")

    def test_two_of_one_slug(self) -> None:
        assert check(GOOD, replace(self.other, slug=GOOD.slug)) == ["at-the-door: 2 prompts have this slug"]

    @pytest.mark.parametrize(
        "question",
        [
            GOOD.question,
            "Tonight at the door, what thing was it that you saw first?",
            "What was it that you saw first at that door?",
            "What was the first thing that you saw at the door tonight, before anybody spoke?",
        ],
    )
    def test_nearly_the_same_in_other_words(self, question: str) -> None:
        problems = check(GOOD, replace(self.other, question=question))

        assert len(problems) == 1
        assert "at-the-door and in-the-kitchen are nearly alike" in problems[0]

    def test_different_questions_about_one_thing_are_fine(self) -> None:
        assert check(GOOD, replace(self.other, question="Who slammed the door hardest this week?")) == []

    def test_too_few_ways_in(self) -> None:
        third = replace(self.other, slug="on-the-stairs", question="How many stairs were quiet?", if_stuck=[])

        assert check(GOOD, self.other, third) == []
        assert check(GOOD, replace(self.other, if_stuck=[]), third) == ["fewer than half of the prompts have a way in"]

    def test_a_path_s_own_prompt_is_compared_with_the_daily_ones(self) -> None:
        own = replace(self.other, question=GOOD.question, daily=False)

        assert [problem.split(" (")[0] for problem in check(GOOD, own)] == ["at-the-door and in-the-kitchen are nearly alike"]

    def test_a_theme_without_prompts(self) -> None:
        assert check() == ["theme calm has no prompts"]

    @pytest.mark.parametrize("line", ["No full stop", "x" * 120 + "."])
    def test_a_line_that_is_no_short_sentence(self, line: str) -> None:
        assert check(GOOD, theme=replace(CALM, line=line)) == ["theme calm: its line is one sentence of at most 120 characters"]


class SpreadTests:
    """A library with just as many prompts of each kind as are wanted."""

    themes = tuple(
        ThemeText(slug=slug, name=slug, line="One line.", heart=slug in {"repair", "presence", "letting-go"})
        for slug in editorial.MIN_PROMPTS
    )

    def spread(self, asked: Sequence[PromptText]) -> list[str]:
        return editorial.check_spread(Library(self.themes, tuple(asked)))

    def just_enough(self) -> list[PromptText]:
        return [
            replace(
                GOOD,
                slug=f"{theme}-{number}",
                theme=theme,
                depth="light" if number % 3 == 0 else "steady",
                ages=list(Age.values) if 0 < number <= editorial.MIN_PER_AGE else [],
            )
            for theme, least in editorial.MIN_PROMPTS.items()
            for number in range(least)
        ]

    def test_just_enough_is_enough(self) -> None:
        assert self.spread(self.just_enough()) == []

    @pytest.mark.parametrize(("theme", "least"), editorial.MIN_PROMPTS.items())
    def test_one_too_few_of_a_theme(self, theme: str, least: int) -> None:
        fewer = [prompt for prompt in self.just_enough() if prompt.slug != f"{theme}-{least - 1}"]

        assert self.spread(fewer) == [f"theme {theme} has {least - 1} prompts; at least {least} are wanted"]

    def test_a_path_s_own_prompts_do_not_count(self) -> None:
        prompts = [replace(prompt, daily=prompt.slug != "calm-29") for prompt in self.just_enough()]

        assert self.spread(prompts) == ["theme calm has 29 prompts; at least 30 are wanted"]

    def test_one_too_few_for_an_age_at_the_heart(self) -> None:
        prompts = [
            replace(prompt, ages=["teen"] if prompt.slug in {"repair-1", "calm-1"} else prompt.ages) for prompt in self.just_enough()
        ]

        assert self.spread(prompts) == [
            f"theme repair has 7 prompts for the age {age}; at least 8 are wanted" for age in ("baby", "small", "school", "grown")
        ]

    def test_one_too_few_that_are_light(self) -> None:
        prompts = self.just_enough()
        light = [prompt.slug for prompt in prompts if prompt.depth == "light"]
        third = -(-len(prompts) // 3)

        def with_light(count: int) -> list[PromptText]:
            return [replace(prompt, depth="light" if prompt.slug in light[:count] else "deep") for prompt in prompts]

        assert self.spread(with_light(third)) == []
        assert self.spread(with_light(third - 1)) == [f"{third - 1} of {len(prompts)} prompts are light; at least a third are wanted"]
