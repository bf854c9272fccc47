"""The library's words in other languages. What a language lacks is shown in English; an answered prompt stays the same prompt."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeTranslation:
    slug: str
    name: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTranslation:
    """The words of a prompt in another language."""

    slug: str
    question: str
    if_stuck: tuple[str, ...] = ()
    tomorrow: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    themes: dict[str, ThemeTranslation]
    prompts: dict[str, PromptTranslation]


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
    themes: dict[str, ThemeTranslation] = {}
    prompts: dict[str, PromptTranslation] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem == "themes":
            made = [files.make(ThemeTranslation, path, row) for row in files.rows(path, "theme")]
            themes = {theme.slug: theme for theme in made}
        elif path.stem != "where-to-start":
            prompts |= _prompts(path, files.rows(path, "prompt"))
    for path in sorted((folder / "paths").glob("*.toml")):
        prompts |= _prompts(path, files.tables(path, files.load(path), "prompt"))
    return Translation(themes, prompts)


def _prompts(path: Path, rows: list[dict[str, object]]) -> dict[str, PromptTranslation]:
    made = [files.make(PromptTranslation, path, {**row, "if_stuck": tuple(row.get("if_stuck", ()))}) for row in rows]  # type: ignore[arg-type]
    found = {words.slug: words for words in made}
    if len(found) < len(made):
        raise LibraryError(f"{path.name}: a prompt is translated twice")
    return found
