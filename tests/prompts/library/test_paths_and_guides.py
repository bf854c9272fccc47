"""`prompts.library.paths` and `prompts.library.guides`: reading paths and guides from their files."""

from itertools import product
from pathlib import Path

import pytest

from prompts.library import guides, paths
from prompts.library.files import LibraryError

WORDS = 'name = "{name}"\nline = "One line."\n'
PATH_FILE = WORDS + 'introduction = """\nFirst\nline.\n\n\nSecond.\n"""\nclosing = "The end."\n'
STEPS = '[[part]]\nname = "One"\n[[part.step]]\nprompt = "at-the-door"\nnote = "Begin."\n[[part.step]]\nprompt = "on-the-stairs"\n'
OWN_PROMPT = '[[prompt]]\nslug = "on-the-stairs"\n'
GUIDE_FILE = WORDS + 'opening = "Sit."\nclosing = "That is all."\n'
PARTS = '[[part]]\nask = "Who is up?"\nhint = "A cat."\n[[part]]\nask = "Who sleeps?"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two paths and two guides in English, the second of each in French too."""
    for language, kind in product(("en", "fr"), ("paths", "guides")):
        (tmp_path / language / kind).mkdir(parents=True)
    for language, slugs in (("en", ("one", "two")), ("fr", ("two",))):
        for slug in slugs:
            name = f"{slug} in {language}"
            (tmp_path / language / "paths" / f"{slug}.toml").write_text(PATH_FILE.format(name=name) + STEPS + OWN_PROMPT, encoding="utf-8")
            (tmp_path / language / "guides" / f"{slug}.toml").write_text(GUIDE_FILE.format(name=name) + PARTS, encoding="utf-8")
    (tmp_path / "order.toml").write_text('paths = ["two", "one"]\nguides = ["two", "one"]\n', encoding="utf-8")
    return tmp_path


class ReadingTests:
    def test_has_paths_in_their_order_and_in_english_where_a_translation_is_missing(self, folder: Path) -> None:
        def shown(language: str) -> list[tuple[str, str, str]]:
            return [(slug, path.name, path.language) for slug, path in paths.read(language, folder).items()]

        assert shown("en") == [("two", "two in en", "en"), ("one", "one in en", "en")]
        assert shown("fr") == [("two", "two in fr", "fr"), ("one", "one in en", "en")]
        assert shown("xx") == shown("en")

    def test_has_guides_in_their_order_and_in_english_where_a_translation_is_missing(self, folder: Path) -> None:
        def shown(language: str) -> list[tuple[str, str, str]]:
            return [(slug, guide.name, guide.language) for slug, guide in guides.read(language, folder).items()]

        assert shown("en") == [("two", "two in en", "en"), ("one", "one in en", "en")]
        assert shown("fr") == [("two", "two in fr", "fr"), ("one", "one in en", "en")]
        assert shown("xx") == shown("en")

    def test_has_a_path_s_paragraphs_and_steps(self, folder: Path) -> None:
        path = paths.read(library=folder)["one"]

        assert (path.introduction, path.closing, path.caution, path.instead) == (("First line.", "Second."), ("The end.",), (), ())
        assert path.prompts == ("at-the-door", "on-the-stairs")
        assert [step.note for step in path.steps] == ["Begin.", ""]

    def test_has_in_every_language_what_comes_first_in_the_english_one(self, folder: Path) -> None:
        for language, text in (("en", "help_first = true\n"), ("fr", "")):
            words = 'for_whom = "For you."\nnot_for_whom = "Not for you."\n' + text
            (folder / language / "paths" / "two.toml").write_text(PATH_FILE.format(name="Two") + words + STEPS, encoding="utf-8")

        for language in ("en", "fr"):
            path = paths.read(language, folder)["two"]
            assert (path.help_first, path.for_whom, path.not_for_whom, path.language) == (True, "For you.", "Not for you.", language)
        assert not paths.read("en", folder)["one"].help_first

    def test_refuses_what_only_the_english_file_says(self, folder: Path) -> None:
        (folder / "fr" / "paths" / "two.toml").write_text(PATH_FILE.format(name="Two") + "help_first = true\n" + STEPS, encoding="utf-8")

        with pytest.raises(LibraryError, match=r"two\.toml: Two has unknown fields: help_first"):
            paths.read("fr", folder)

    def test_has_a_guide_s_questions(self, folder: Path) -> None:
        guide = guides.read(library=folder)["one"]

        assert [(part.ask, part.hint) for part in guide.parts] == [("Who is up?", "A cat."), ("Who sleeps?", "")]
        assert not guide.repair

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (PATH_FILE + 'mood = "blue"\n' + STEPS, "one.toml: One has unknown fields: mood"),
            (PATH_FILE + 'slug = "two"\n' + STEPS, "one.toml: two has unknown fields: slug"),
            (PATH_FILE + STEPS + 'mood = "blue"\n', "one.toml: on-the-stairs has unknown fields: mood"),
            (PATH_FILE + STEPS.replace("[[part.step]]", 'mood = "blue"\n[[part.step]]', 1), "one.toml: One has unknown fields: mood"),
            (PATH_FILE + STEPS.replace('name = "One"\n', ""), "missing 1 required keyword-only argument: 'name'"),
            (PATH_FILE + STEPS.replace('prompt = "at-the-door"\n', ""), "missing 1 required keyword-only argument: 'prompt'"),
            (WORDS + 'introduction = "Only."\n' + STEPS, "missing 1 required keyword-only argument: 'closing'"),
            (PATH_FILE, "one.toml: has no steps"),
            (PATH_FILE + '[[part]]\nname = "One"\n', "one.toml: has no steps"),
            (PATH_FILE + "[[part]\n", "one.toml: "),
            (PATH_FILE + 'instead = "two"\n' + STEPS, "one.toml: instead is written as a list of texts"),
        ],
    )
    def test_names_the_path_and_what_is_wrong(self, folder: Path, text: str, message: str) -> None:
        (folder / "en" / "paths" / "one.toml").write_text(text.format(name="One"), encoding="utf-8")

        with pytest.raises(LibraryError, match=r"^one\.toml: ") as raised:
            paths.read(library=folder)

        assert message in str(raised.value)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (GUIDE_FILE + 'mood = "blue"\n' + PARTS, "one.toml: One has unknown fields: mood"),
            (GUIDE_FILE + PARTS + 'mood = "blue"\n', "one.toml: an entry has unknown fields: mood"),
            (GUIDE_FILE + PARTS + "[[part]]\n", "missing 1 required keyword-only argument: 'ask'"),
            (GUIDE_FILE.replace("opening", "overture") + PARTS, "one.toml: One has unknown fields: overture"),
            (WORDS + 'opening = "Sit."\n' + PARTS, "missing 1 required keyword-only argument: 'closing'"),
            (GUIDE_FILE + "[[part]\n", "one.toml: "),
            (GUIDE_FILE + "part = 3\n", "one.toml: part is written [[part]], once for each"),
        ],
    )
    def test_names_the_guide_and_what_is_wrong(self, folder: Path, text: str, message: str) -> None:
        (folder / "en" / "guides" / "one.toml").write_text(text.format(name="One"), encoding="utf-8")

        with pytest.raises(LibraryError, match=r"^one\.toml: ") as raised:
            guides.read(library=folder)

        assert message in str(raised.value)

    def test_names_a_translation_that_is_wrong_rather_than_falling_back(self, folder: Path) -> None:
        for kind in ("paths", "guides"):
            (folder / "fr" / kind / "two.toml").write_text('name = "Deux"\nmood = "bleu"\n', encoding="utf-8")

        with pytest.raises(LibraryError, match=r"^two\.toml: Deux has unknown fields: mood$"):
            paths.read("fr", folder)
        with pytest.raises(LibraryError, match=r"^two\.toml: Deux has unknown fields: mood$"):
            guides.read("fr", folder)

    def test_names_a_listed_path_or_guide_without_a_file(self, folder: Path) -> None:
        (folder / "order.toml").write_text('paths = ["three"]\nguides = ["four"]\n', encoding="utf-8")

        with pytest.raises(LibraryError, match=r"^three\.toml: "):
            paths.read(library=folder)
        with pytest.raises(LibraryError, match=r"^four\.toml: "):
            guides.read(library=folder)
