"""prompts.shelf: the library that ships keeps the editorial rules, and each rule catches what it is for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prompts import shelf
from prompts.shelf import HEART_AT_LEAST, LibraryError, PromptText, Shelf, ThemeText

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


def check(*prompts: PromptText, theme: ThemeText = CALM) -> list[str]:
    return shelf.check(Shelf((theme,), prompts))


def test_the_shipped_library_keeps_every_rule() -> None:
    assert shelf.check(shelf.read()) == []


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

    def test_too_few_prompts_at_the_heart(self) -> None:
        problems = check(GOOD, self.other, theme=replace(CALM, heart=True))

        assert problems == [f"theme calm has 2 prompts; a theme at the heart has at least {HEART_AT_LEAST}"]

    def test_a_theme_without_prompts(self) -> None:
        assert check() == ["theme calm has no prompts"]

    @pytest.mark.parametrize("line", ["No full stop", "x" * 120 + "."])
    def test_a_line_that_is_no_short_sentence(self, line: str) -> None:
        assert check(GOOD, theme=replace(CALM, line=line)) == ["theme calm: its line is one sentence of at most 120 characters"]


THEMES = '[[theme]]\nslug = "calm"\nname = "Calm words"\nline = "Saying it early."\n'
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
        library = shelf.read(library=folder)

        assert [(theme.slug, theme.heart, theme.opt_in) for theme in library.themes] == [("calm", False, False)]
        assert [(prompt.slug, prompt.theme, prompt.if_stuck) for prompt in library.prompts] == [("at-the-door", "calm", [])]

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("calm.toml", PROMPT + 'mood = "blue"\n', "calm.toml: at-the-door has unknown fields: mood"),
            ("calm.toml", PROMPT + 'theme = "repair"\n', "calm.toml: at-the-door has unknown fields: theme"),
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
            shelf.read(library=folder)

        assert said in str(raised.value)

    def test_names_a_file_that_is_no_text(self, folder: Path) -> None:
        (folder / "en" / "calm.toml").write_bytes(b"\xff\xfe")

        with pytest.raises(LibraryError, match=r"^calm\.toml: "):
            shelf.read(library=folder)

    def test_has_no_language_that_is_not_there(self, folder: Path) -> None:
        with pytest.raises(LibraryError, match=r"^themes\.toml: "):
            shelf.read("xx", library=folder)
