"""prompts.shelf: the library that ships keeps the editorial rules, and each rule catches what it is for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Age
from counselor import urls as counselor_urls
from journal import urls as journal_urls
from prompts import urls as prompts_urls
from prompts.library import prompts
from prompts.library.checks import editorial, likeness
from prompts.library.files import LibraryError
from prompts.library.prompts import Library, PromptText, ThemeText

CALM = ThemeText(slug="calm", name="Calm words", line="Saying it early, plainly and kindly.")
GOOD = PromptText(
    slug="at-the-door",
    theme="calm",
    question="What was the first thing you saw at the door tonight?",
    if_stuck=["Shoes count."],
    tomorrow="Look up when they come in.",
    depth="light",
    ages=["small", "teen"],
)


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
    ("broken", "said"),
    [
        ({"question": "What did you say at the door? And what did they?"}, "asks one thing"),
        ({"question": "Tell about the moment at the door tonight."}, "asks one thing"),
        ({"question": "What did you see? Begin with the shoes."}, "asks one thing"),
        ({"question": "What did you see at the door, " * 6 + "tonight?"}, "has 188 characters"),
        ({"question": "What did you see?"}, "has 17 characters"),
        ({"question": "What should you have said at the door tonight?"}, "holds 'should'"),
        ({"question": "What shouldn’t you have said at the door tonight?"}, "holds 'shouldn’t'"),
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
def test_catches_in_a_prompt(broken: dict[str, Any], said: str) -> None:
    problems = check(replace(GOOD, **broken))

    assert len(problems) == 1
    assert said in problems[0]
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
def test_lets_words_be_that_only_hold_forbidden_ones(question: str) -> None:
    assert check(replace(GOOD, question=question)) == []


def test_every_page_beside_the_prompts_keeps_its_address_from_them() -> None:
    patterns = [*prompts_urls.urlpatterns, *journal_urls.urlpatterns, *counselor_urls.urlpatterns]
    addresses = [str(pattern.pattern) for pattern in patterns]
    beside = {parts[1] for parts in (address.split("/") for address in addresses) if parts[0] == "prompts"}

    fixed = {part for part in beside if part and not part.startswith("<")}

    assert {"choices", "paths", "hard-nights"} <= fixed
    assert fixed <= editorial.RESERVED_SLUGS
    assert [slug for slug in sorted(editorial.RESERVED_SLUGS) if len(check(replace(GOOD, slug=slug))) != 1] == []


class TestTogether:
    other = replace(GOOD, slug="in-the-kitchen", question="Who sat longest over the soup in the kitchen?")

    def test_two_of_one_slug(self) -> None:
        assert check(GOOD, replace(self.other, slug=GOOD.slug)) == ["at-the-door: 2 prompts have this slug"]

    @pytest.mark.parametrize(
        "question",
        [
            GOOD.question,
            "Tonight at the door, what thing was it that you saw first?",
            "What did you see first at that door?",
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

    def test_a_path_s_own_prompt_is_held_against_the_daily_ones(self) -> None:
        own = replace(self.other, question=GOOD.question, daily=False)

        assert [problem.split(" (")[0] for problem in check(GOOD, own)] == ["at-the-door and in-the-kitchen are nearly alike"]

    def test_a_theme_without_prompts(self) -> None:
        assert check() == ["theme calm has no prompts"]

    @pytest.mark.parametrize("line", ["No full stop", "x" * 120 + "."])
    def test_a_line_that_is_no_short_sentence(self, line: str) -> None:
        assert check(GOOD, theme=replace(CALM, line=line)) == ["theme calm: its line is one sentence of at most 120 characters"]


class TestLikeness:
    """Two questions among others that have nothing to do with them."""

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
        found = list(likeness.nearly_alike([*self.others, one, other]))
        last = len(self.others)
        assert {(first, second) for first, second, _likeness in found} <= {(last, last + 1)}
        return found[0][2] if found else None

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("What was it like at the breakfast table this morning?", "What was it like at this morning’s breakfasttable?"),
            ("How was it to say goodbye at the school gate?", "How was it at the schoolgate, saying your goodbyes?"),
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
            ("What was the first thing you saw at the door tonight?", "Which door comes first?"),
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
    def test_a_shared_frame_says_nothing(self, one: str, other: str) -> None:
        assert self.alike(one, other) is None

    def test_says_which_pairs_of_many(self) -> None:
        asked = [GOOD.question, *self.others, GOOD.question, self.others[0]]

        assert [(one, other) for one, other, _likeness in likeness.nearly_alike(asked)] == [(0, 9), (1, 10)]


class TestSpread:
    """A library that holds just what is wanted."""

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


THEMES = '[[theme]]\nslug = "calm"\nname = "Calm words"\nline = "Saying it early."\n'
OWN = '[[prompt]]\nslug = "on-the-stairs"\ntheme = "calm"\nquestion = "What was on the stairs tonight?"\ndepth = "deep"\n'
PROMPT = '[[prompt]]\nslug = "at-the-door"\nquestion = "What was at the door tonight?"\ndepth = "light"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of one theme and one prompt."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "themes.toml").write_text(THEMES, encoding="utf-8")
    (tmp_path / "en" / "calm.toml").write_text(PROMPT, encoding="utf-8")
    return tmp_path


class TestReading:
    def test_takes_the_theme_from_the_files_name(self, folder: Path) -> None:
        library = prompts.read(library=folder)

        assert [(theme.slug, theme.heart, theme.opt_in) for theme in library.themes] == [("calm", False, False)]
        assert [(prompt.slug, prompt.theme, prompt.if_stuck) for prompt in library.prompts] == [("at-the-door", "calm", [])]

    def test_takes_a_path_s_own_prompts_last_and_keeps_them_from_the_daily_ones(self, folder: Path) -> None:
        (folder / "en" / "paths").mkdir()
        (folder / "en" / "paths" / "ten-nights.toml").write_text(OWN, encoding="utf-8")

        library = prompts.read(library=folder)

        assert [(prompt.slug, prompt.theme, prompt.daily) for prompt in library.prompts] == [
            ("at-the-door", "calm", True),
            ("on-the-stairs", "calm", False),
        ]
        assert [prompt.slug for prompt in library.daily] == ["at-the-door"]

    @pytest.mark.parametrize(
        ("own", "said"),
        [
            (lambda own: own.replace("calm", "wrath"), "ten-nights.toml: on-the-stairs has no known theme"),
            (lambda own: own.replace('theme = "calm"\n', ""), "ten-nights.toml: on-the-stairs has no known theme"),
            (lambda own: own + "daily = true\n", "ten-nights.toml: on-the-stairs has unknown fields: daily"),
        ],
    )
    def test_names_the_path_whose_own_prompt_is_wrong(self, folder: Path, own: Callable[[str], str], said: str) -> None:
        (folder / "en" / "paths").mkdir()
        (folder / "en" / "paths" / "ten-nights.toml").write_text(own(OWN), encoding="utf-8")

        with pytest.raises(LibraryError) as raised:
            prompts.read(library=folder)

        assert str(raised.value) == said

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("calm.toml", PROMPT + 'mood = "blue"\n', "calm.toml: at-the-door has unknown fields: mood"),
            ("calm.toml", PROMPT + 'theme = "repair"\n', "calm.toml: at-the-door has unknown fields: theme"),
            ("calm.toml", PROMPT + "daily = false\n", "calm.toml: at-the-door has unknown fields: daily"),
            ("calm.toml", PROMPT.replace("depth", "depths"), "at-the-door has unknown fields: depths"),
            ("calm.toml", '[[prompt]]\nslug = "at-the-door"\ndepth = "light"\n', "missing 1 required keyword-only argument: 'question'"),
            ("calm.toml", '[[prompt]]\nquestion = "What?"\ndepth = "light"\n', "an entry: "),
            ("calm.toml", PROMPT + "[[prompt]\n", "calm.toml: "),
            ("calm.toml", PROMPT + '[[promt]]\nslug = "x"\n', "calm.toml: holds prompt, promt; only [[prompt]] is known"),
            ("calm.toml", "# still to come\n", "calm.toml: holds nothing; only [[prompt]] is known"),
            ("themes.toml", THEMES.replace("line", "lines"), "themes.toml: calm has unknown fields: lines"),
            ("themes.toml", PROMPT, "themes.toml: holds prompt; only [[theme]] is known"),
        ],
    )
    def test_names_the_file_and_what_is_wrong(self, folder: Path, name: str, text: str, said: str) -> None:
        (folder / "en" / name).write_text(text, encoding="utf-8")

        with pytest.raises(LibraryError, match=r"\.toml: ") as raised:
            prompts.read(library=folder)

        assert said in str(raised.value)

    def test_names_a_file_that_is_no_text(self, folder: Path) -> None:
        (folder / "en" / "calm.toml").write_bytes(b"\xff\xfe")

        with pytest.raises(LibraryError, match=r"^calm\.toml: "):
            prompts.read(library=folder)

    def test_has_no_language_that_is_not_there(self, folder: Path) -> None:
        with pytest.raises(LibraryError, match=r"^themes\.toml: "):
            prompts.read("xx", library=folder)
