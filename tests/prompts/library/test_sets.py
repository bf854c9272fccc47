"""`prompts.library.sets`: reading ready-made sets from their files."""

from pathlib import Path

import pytest

from prompts.library import prompts, sets, translations
from prompts.library.files import LIBRARY, LibraryError

WORDS = """
name = "{name}"
line = "One line."
for_whom = "Parents."
not_for_whom = "Others."
introduction = "First\\nline.\\n\\nSecond."
caution = "Go slowly."
"""
OF_THE_KIND = 'group = "families"\nhelp_first = true\n'
STEPS = '[[step]]\nprompt = "at-the-door"\nnote = "Begin."\n[[step]]\nprompt = "on-the-stairs"\n'
OWN_PROMPT = '[[prompt]]\nslug = "on-the-stairs"\ntheme = "calm"\nquestion = "Who sat on the stairs tonight?"\ndepth = "light"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sets in English, the second in French too."""
    for language in ("en", "fr"):
        (tmp_path / language / "sets").mkdir(parents=True)
    for slug in ("one", "two"):
        (tmp_path / "en" / "sets" / f"{slug}.toml").write_text(
            WORDS.format(name=f"{slug} in en") + (OF_THE_KIND if slug == "two" else 'group = "losses"\n') + STEPS, encoding="utf-8"
        )
    (tmp_path / "fr" / "sets" / "two.toml").write_text(WORDS.format(name="two in fr") + STEPS, encoding="utf-8")
    (tmp_path / "order.toml").write_text('sets = ["two", "one"]\n', encoding="utf-8")
    return tmp_path


class ReadingTests:
    def test_has_sets_in_their_order_and_in_english_where_a_translation_is_missing(self, folder: Path) -> None:
        def shown(language: str) -> list[tuple[str, str, str]]:
            return [(slug, one.name, one.language) for slug, one in sets.read(language, folder).items()]

        assert shown("en") == [("two", "two in en", "en"), ("one", "one in en", "en")]
        assert shown("fr") == [("two", "two in fr", "fr"), ("one", "one in en", "en")]
        assert shown("xx") == shown("en")

    def test_has_paragraphs_steps_and_nights(self, folder: Path) -> None:
        one = sets.read(library=folder)["one"]

        assert (one.introduction, one.caution) == (("First line.", "Second."), ("Go slowly.",))
        assert (one.line, one.for_whom, one.not_for_whom) == ("One line.", "Parents.", "Others.")
        assert (one.prompts, one.nights) == (("at-the-door", "on-the-stairs"), 2)
        assert [step.note for step in one.steps] == ["Begin.", ""]

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_takes_from_the_english_file_what_is_the_same_in_every_language(self, folder: Path, language: str) -> None:
        found = sets.read(language, folder)

        assert [(one.slug, one.group, one.help_first) for one in found.values()] == [("two", "families", True), ("one", "losses", False)]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (OF_THE_KIND + 'mood = "blue"\n' + STEPS, "one.toml: One has unknown fields: mood"),
            (OF_THE_KIND + STEPS + 'mood = "blue"\n', "one.toml: on-the-stairs has unknown fields: mood"),
            (STEPS, "one.toml: has no group"),
            (OF_THE_KIND + STEPS.replace('prompt = "at-the-door"\n', ""), "missing 1 required keyword-only argument: 'prompt'"),
            (OF_THE_KIND + "step = 3\n", "one.toml: step is written [[step]], once for each"),
            (OF_THE_KIND + "[[step]\n", "one.toml: "),
        ],
    )
    def test_names_the_set_and_what_is_wrong(self, folder: Path, text: str, message: str) -> None:
        (folder / "en" / "sets" / "one.toml").write_text(WORDS.format(name="One") + text, encoding="utf-8")

        with pytest.raises(LibraryError, match=r"^one\.toml: ") as raised:
            sets.read(library=folder)

        assert message in str(raised.value)

    @pytest.mark.parametrize("field", ['group = "losses"', "help_first = true"])
    def test_refuses_a_translation_that_decides_what_english_decides(self, folder: Path, field: str) -> None:
        (folder / "fr" / "sets" / "two.toml").write_text(WORDS.format(name="Deux") + f"{field}\n{STEPS}", encoding="utf-8")

        with pytest.raises(LibraryError, match=rf"^two\.toml: Deux has unknown fields: {field.split()[0]}$"):
            sets.read("fr", folder)

    def test_names_a_listed_set_without_a_file_and_a_library_without_a_list(self, folder: Path) -> None:
        (folder / "order.toml").write_text('sets = ["three"]\n', encoding="utf-8")
        with pytest.raises(LibraryError, match=r"^three\.toml: "):
            sets.read(library=folder)

        (folder / "order.toml").write_text("paths = []\n", encoding="utf-8")
        with pytest.raises(LibraryError, match=r"^order\.toml: has no list of sets$"):
            sets.read("fr", folder)


class OwnPromptTests:
    """A set's own prompts are read as those of paths are."""

    def test_come_last_and_are_not_asked_night_by_night(self, folder: Path) -> None:
        (folder / "en" / "themes.toml").write_text('[[theme]]\nslug = "calm"\nname = "Calm"\nline = "Early."\n', encoding="utf-8")
        with (folder / "en" / "sets" / "one.toml").open("a", encoding="utf-8") as file:
            file.write(OWN_PROMPT)
        (folder / "en" / "paths").mkdir()
        (folder / "en" / "paths" / "zz.toml").write_text(OWN_PROMPT.replace("on-the-stairs", "on-the-roof"), encoding="utf-8")

        library = prompts.read(library=folder)

        assert [(prompt.slug, prompt.theme, prompt.daily) for prompt in library.prompts] == [
            ("on-the-roof", "calm", False),
            ("on-the-stairs", "calm", False),
        ]
        assert sets.read(library=folder)["one"].nights == 2

    def test_have_their_words_in_other_languages(self, folder: Path) -> None:
        with (folder / "fr" / "sets" / "two.toml").open("a", encoding="utf-8") as file:
            file.write('[[prompt]]\nslug = "on-the-stairs"\nquestion = "Qui était sur l’escalier ?"\n')

        assert translations.read("fr", folder).prompts["on-the-stairs"].question == "Qui était sur l’escalier ?"


class WhatShipsTests:
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_is_listed_and_in_every_language(self, language: str) -> None:
        found = sets.read(language)

        assert {file.stem for file in (LIBRARY / language / "sets").glob("*.toml")} == found.keys()
        assert {one.language for one in found.values()} == {language}

    def test_is_listed_group_by_group(self) -> None:
        groups = [one.group for one in sets.read().values()]

        assert groups == sorted(groups, key=sets.GROUPS.index)

    @pytest.mark.parametrize(("language", "page"), [("en", "Help"), ("es", "Ayuda")])
    def test_names_help_before_a_set_on_which_somebody_may_be_hurt(self, language: str, page: str) -> None:
        silent = [one.slug for one in sets.read(language).values() if one.help_first and page not in " ".join(one.caution)]

        assert silent == []
