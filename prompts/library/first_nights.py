"""What the first fourteen nights ask, chosen by hand: a list of prompts for each age and one for none, and a line that teaches."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from accounts.models import Age
from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

FILE = "first-nights.toml"
NIGHTS = 14  # on record
NO_AGE = "none"  # the list of parents who gave no age


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A line that stands below the question of the night of this number, counted from 1."""

    night: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    ages: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstNights:
    """`lists`: the prompts of each value of `Age` and of `NO_AGE`, in their order. `hints`: by the number of their night.

    `themes`: what parents who chose no theme are asked about, also when they ask for another question.
    """

    themes: tuple[str, ...]
    lists: Mapping[str, tuple[str, ...]]
    hints: Mapping[int, str]
    language: str = "en"


@cache
def read(language: str = "en", library: Path = LIBRARY) -> FirstNights:
    """The lists, with the hints of a language; in English where they are not translated. Raises `LibraryError`."""
    path = library / "en" / FILE
    data = files.load(path)
    if unknown := data.keys() - {"themes", "list", "hint"}:
        raise LibraryError(f"{path.name}: only themes, [[list]] and [[hint]] are known, not {', '.join(sorted(unknown))}")
    rows = [{**row, "prompts": files.texts(path, row, "prompts")} for row in files.tables(path, data, "list")]
    lists = {one.ages: one.prompts for one in (files.make(_List, path, row) for row in rows)}
    themes, hints = files.texts(path, data, "themes"), _hints(path, data)
    translated = library / language / FILE
    if language == "en" or not translated.exists():
        return FirstNights(themes, lists, hints)
    in_language = _hints(translated, files.load(translated))
    if in_language.keys() != hints.keys():
        raise LibraryError(f"{FILE}: its hints are not for the nights of the English ones")
    return FirstNights(themes, lists, in_language, language)


def _hints(path: Path, data: dict[str, object]) -> dict[int, str]:
    return {hint.night: hint.says for hint in (files.make(Hint, path, row) for row in files.tables(path, data, "hint"))}


@cache
def _of_ages(ages: frozenset[str]) -> tuple[str, ...]:
    lists = read().lists
    own = [lists[age] for age in Age.values if age in ages] or [lists[NO_AGE]]
    chosen: list[str] = []
    for night in range(len(own[0])):
        in_turn = own[night % len(own)]
        chosen.append(next(slug for slug in (*in_turn[night:], *in_turn) if slug not in chosen))
    return tuple(chosen)


def of_ages(ages: Collection[str]) -> tuple[str, ...]:
    """What a parent with children of these ages is asked on the first nights: of several ages' lists, each in turn has a night."""
    return _of_ages(frozenset(ages))
