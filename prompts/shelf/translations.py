"""The library's words in other languages. What a language lacks is shown in English; an answered prompt stays the same prompt."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.shelf import files, guides, paths, quiz
from prompts.shelf.files import LIBRARY, LibraryError
from prompts.shelf.questions import read as read_english

ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeWords:
    slug: str
    name: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptWords:
    """The words of a prompt in another language."""

    slug: str
    question: str
    if_stuck: tuple[str, ...] = ()
    tomorrow: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    themes: dict[str, ThemeWords]
    prompts: dict[str, PromptWords]


NOTHING = Translation({}, {})


def languages(library: Path = LIBRARY) -> list[str]:
    """The codes of the languages that the library has words in, besides English."""
    return sorted(folder.name for folder in library.iterdir() if folder.is_dir() and folder.name != ENGLISH)


@cache
def read(language: str, library: Path = LIBRARY) -> Translation:
    """What there is in a language; nothing for English and for a language without a folder. Raises `LibraryError`."""
    folder = library / language
    if language == ENGLISH or not folder.is_dir():
        return NOTHING
    themes: dict[str, ThemeWords] = {}
    prompts: dict[str, PromptWords] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem == "themes":
            made = [files.make(ThemeWords, path, row) for row in files.rows(path, "theme")]
            themes = {theme.slug: theme for theme in made}
        elif path.stem != "where-to-start":
            prompts |= _prompts(path, files.rows(path, "prompt"))
    for path in sorted((folder / "paths").glob("*.toml")):
        prompts |= _prompts(path, files.tables(path, files.load(path), "prompt"))
    return Translation(themes, prompts)


def _prompts(path: Path, rows: list[dict[str, object]]) -> dict[str, PromptWords]:
    made = [files.make(PromptWords, path, {**row, "if_stuck": tuple(row.get("if_stuck", ()))}) for row in rows]  # type: ignore[arg-type]
    found = {words.slug: words for words in made}
    if len(found) < len(made):
        raise LibraryError(f"{path.name}: a prompt is translated twice")
    return found


@dataclass(frozen=True, slots=True)
class Missing:
    """How much of one part of the library is translated."""

    part: str
    there: int
    of: int


def coverage(language: str, library: Path = LIBRARY) -> list[Missing]:
    """What a language has of each theme's prompts, of the paths, the guides and the quiz."""
    english, words = read_english(library=library), read(language, library)
    report = [Missing("themes", sum(theme.slug in words.themes for theme in english.themes), len(english.themes))]
    for theme in english.themes:
        slugs = [prompt.slug for prompt in english.daily if prompt.theme == theme.slug]
        report.append(Missing(theme.slug, sum(slug in words.prompts for slug in slugs), len(slugs)))
    for slug, path in paths.read(language, library).items():
        there = path.language == language and sum(prompt in words.prompts for prompt in path.prompts)
        report.append(Missing(f"path {slug}", int(there), len(path.prompts)))
    all_guides = guides.read(language, library).values()
    report.append(Missing("guides", sum(guide.language == language for guide in all_guides), len(all_guides)))
    report.append(Missing("quiz", int(quiz.read(language, library).language == language), 1))
    return report


def check(language: str, library: Path = LIBRARY) -> Iterator[str]:
    """One sentence for each place where a language does not fit the English library."""
    english = {prompt.slug: prompt for prompt in read_english(library=library).prompts}
    words = read(language, library)
    for slug, prompt in words.prompts.items():
        if (original := english.get(slug)) is None:
            yield f"{language}/{slug}: there is no such prompt in English"
            continue
        if not 15 <= len(prompt.question) < 180 or prompt.question.count("?") != 1 or not prompt.question.endswith("?"):
            yield f"{language}/{slug}: the question has 15 to 179 characters, asks one thing and ends with its question mark"
        if len(prompt.if_stuck) != len(original.if_stuck) or bool(prompt.tomorrow) != bool(original.tomorrow):
            yield f"{language}/{slug}: has other fields than the English one"
        for text in (prompt.question, *prompt.if_stuck, prompt.tomorrow):
            if "!" in text or text != text.strip() or "  " in text or "'" in text or '"' in text:
                yield f"{language}/{slug}: stray space, straight quotation mark or exclamation mark"
    for slug in words.themes.keys() - {theme.slug for theme in read_english(library=library).themes}:
        yield f"{language}/themes: there is no theme {slug} in English"
    yield from _check_sets(language, library)


def _shape(path: paths.PathText) -> object:
    """All of a path but its words."""
    parts = [[bool(part.note), *((step.prompt, bool(step.note)) for step in part.steps)] for part in path.parts]
    return parts, bool(path.caution), path.instead, path.opt_in


def _check_sets(language: str, library: Path) -> Iterator[str]:
    original = paths.read(library=library)
    for slug, path in paths.read(language, library).items():
        if _shape(path) != _shape(original[slug]):
            yield f"{language}/paths/{slug}: its parts, steps, notes or what is said before them are not those of the English one"
    for slug, guide in guides.read(language, library).items():
        if len(guide.parts) != len(guides.read(library=library)[slug].parts):
            yield f"{language}/guides/{slug}: its questions are not those of the English one"
    try:
        quiz.read(language, library)
    except LibraryError as error:
        yield f"{language}/{error}"
