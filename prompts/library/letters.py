"""The weekly letters: one idea each and a question to carry through the week. Read from their files."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

FILE = "letters.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter in one language. `number` counts from 1, in the order in which letters are sent."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    question: str
    language: str = "en"


@cache
def read(language: str = "en", library: Path = LIBRARY) -> tuple[Letter, ...]:
    """Every letter in its order; in English where a language lacks it. Raises `LibraryError`."""
    english = _read(library / "en" / FILE, "en")
    path = library / language / FILE
    if language == "en" or not path.exists():
        return english
    translated = {letter.number: letter for letter in _read(path, language)}
    if unknown := translated.keys() - {letter.number for letter in english}:
        raise LibraryError(f"{FILE}: there is no letter {', '.join(map(str, sorted(unknown)))} in English")
    return tuple(translated.get(letter.number, letter) for letter in english)


def _read(path: Path, language: str) -> tuple[Letter, ...]:
    """The letters of one file. Their numbers count from 1 without a gap in English, and rise in every language."""
    letters = tuple(_letter(path, row, language) for row in files.rows(path, "letter"))
    numbers = [letter.number for letter in letters]
    if numbers != sorted(set(numbers)) or (language == "en" and numbers != list(range(1, len(numbers) + 1))):
        raise LibraryError(f"{path.name}: letters are numbered from 1, in their order, each number once")
    return letters


def _letter(path: Path, row: dict[str, object], language: str) -> Letter:
    if type(row.get("number")) is not int or not all(isinstance(row.get(field), str) for field in ("title", "text", "question")):
        raise LibraryError(f"{path.name}: each letter has a number, a title, a text and a question")
    words = {name: value for name, value in row.items() if name != "text"}
    return files.make(Letter, path, words, paragraphs=files.paragraphs(str(row["text"])), language=language)
