"""Themes and prompts in other languages: the same prompts with other texts. What a language lacks is shown in English."""

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
    slug: str
    question: str
    if_stuck: tuple[str, ...] = ()
    tomorrow: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """What is translated into one language, by slug."""

    themes: dict[str, ThemeTranslation]
    prompts: dict[str, PromptTranslation]


EMPTY = Translation({}, {})


def languages(library: Path = LIBRARY) -> list[str]:
    """The codes of the languages that the library is translated into, sorted."""
    return sorted(folder.name for folder in library.iterdir() if folder.is_dir() and folder.name != ENGLISH)


@cache
def read(language: str, library: Path = LIBRARY) -> Translation:
    """What is translated into a language; `EMPTY` for English and for a language without a folder. Raises `LibraryError`."""
    folder = library / language
    if language == ENGLISH or not folder.is_dir():
        return EMPTY
    themes: dict[str, ThemeTranslation] = {}
    prompts: dict[str, PromptTranslation] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem == "themes":
            theme_translations = [files.make(ThemeTranslation, path, row) for row in files.rows(path, "theme")]
            themes = {theme.slug: theme for theme in theme_translations}
        elif path.stem not in {"where-to-start", "help", "welcome", "first-nights", "letters", "follow-ups"}:
            prompts |= _prompts(path, files.rows(path, "prompt"))
    for path in files.with_own_prompts(folder):
        prompts |= _prompts(path, files.tables(path, files.load(path), "prompt"))
    return Translation(themes, prompts)


def _prompts(path: Path, rows: list[dict[str, object]]) -> dict[str, PromptTranslation]:
    translations = [files.make(PromptTranslation, path, {**row, "if_stuck": tuple(row.get("if_stuck", ()))}) for row in rows]  # type: ignore[arg-type]
    by_slug = {translation.slug: translation for translation in translations}
    if len(by_slug) < len(translations):
        raise LibraryError(f"{path.name}: a prompt is translated twice")
    return by_slug
