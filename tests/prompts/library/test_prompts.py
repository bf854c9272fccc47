"""`prompts.library.prompts`: reading themes and prompts from their files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prompts.library import prompts
from prompts.library.files import LibraryError

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


class ReadingTests:
    def test_takes_the_theme_from_the_files_name(self, folder: Path) -> None:
        library = prompts.read(library=folder)

        assert [(theme.slug, theme.heart, theme.opt_in) for theme in library.themes] == [("calm", False, False)]
        assert [(prompt.slug, prompt.theme, prompt.if_stuck) for prompt in library.prompts] == [("at-the-door", "calm", [])]

    def test_lists_a_path_s_own_prompts_last_and_not_among_the_daily_ones(self, folder: Path) -> None:
        (folder / "en" / "paths").mkdir()
        (folder / "en" / "paths" / "ten-nights.toml").write_text(OWN, encoding="utf-8")

        library = prompts.read(library=folder)

        assert [(prompt.slug, prompt.theme, prompt.daily) for prompt in library.prompts] == [
            ("at-the-door", "calm", True),
            ("on-the-stairs", "calm", False),
        ]
        assert [prompt.slug for prompt in library.daily] == ["at-the-door"]

    @pytest.mark.parametrize(
        ("own", "message"),
        [
            (lambda own: own.replace("calm", "wrath"), "ten-nights.toml: on-the-stairs has no known theme"),
            (lambda own: own.replace('theme = "calm"\n', ""), "ten-nights.toml: on-the-stairs has no known theme"),
            (lambda own: own + "daily = true\n", "ten-nights.toml: on-the-stairs has unknown fields: daily"),
        ],
    )
    def test_names_the_path_whose_own_prompt_is_wrong(self, folder: Path, own: Callable[[str], str], message: str) -> None:
        (folder / "en" / "paths").mkdir()
        (folder / "en" / "paths" / "ten-nights.toml").write_text(own(OWN), encoding="utf-8")

        with pytest.raises(LibraryError) as raised:
            prompts.read(library=folder)

        assert str(raised.value) == message

    @pytest.mark.parametrize(
        ("name", "text", "message"),
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
    def test_names_the_file_and_what_is_wrong(self, folder: Path, name: str, text: str, message: str) -> None:
        (folder / "en" / name).write_text(text, encoding="utf-8")

        with pytest.raises(LibraryError, match=r"\.toml: ") as raised:
            prompts.read(library=folder)

        assert message in str(raised.value)

    def test_names_a_file_that_is_not_text(self, folder: Path) -> None:
        (folder / "en" / "calm.toml").write_bytes(b"\xff\xfe")

        with pytest.raises(LibraryError, match=r"^calm\.toml: "):
            prompts.read(library=folder)

    def test_refuses_a_language_without_files(self, folder: Path) -> None:
        with pytest.raises(LibraryError, match=r"^themes\.toml: "):
            prompts.read("xx", library=folder)
