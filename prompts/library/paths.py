"""Paths: prompts in an order, one a night, read from their files."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """One night: the slug of its prompt, and a note shown above it."""

    prompt: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartText:
    """A part of a path, with a heading of its own and one line about it."""

    name: str
    steps: tuple[StepText, ...]
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathText:
    """A path. `caution` is shown before it is begun, and a copy brings it along. With `help_first`, the number to call stands above it.

    The paths in `instead` (slugs) are offered in its place on its own page, where `another_way` says so in words, and where
    `for_whom` and `not_for_whom` help to choose.
    """

    slug: str
    name: str
    line: str
    introduction: tuple[str, ...]
    closing: tuple[str, ...]
    parts: tuple[PartText, ...]
    for_whom: str = ""
    not_for_whom: str = ""
    caution: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    another_way: str = ""
    opt_in: bool = False
    help_first: bool = False
    language: str = "en"

    @property
    def steps(self) -> tuple[StepText, ...]:
        return tuple(step for part in self.parts for step in part.steps)

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompt slugs of the steps, in order. The editorial checks make sure that none occurs twice."""
        return tuple(step.prompt for step in self.steps)


def order(table: str, library: Path = LIBRARY) -> list[str]:
    """The slugs of "paths", "guides" or "sets", in the order in which pages list them. Raises `LibraryError`."""
    slugs = files.load(library / "order.toml").get(table)
    if not isinstance(slugs, list):
        raise LibraryError(f"order.toml: has no list of {table}")
    return slugs


@cache
def read(language: str = "en", library: Path = LIBRARY) -> dict[str, PathText]:
    """Every path by its slug, in listing order; in English where it is not translated. Raises `LibraryError`."""
    return {slug: _read(slug, language, library) for slug in order("paths", library)}


def _read(slug: str, language: str, library: Path) -> PathText:
    path, language = files.in_language(library, language, f"paths/{slug}.toml")
    data = files.load(path)
    data.pop("prompt", None)  # the path's own prompts: prompts/library/prompts.py reads them
    parts = tuple(_part(path, values) for values in files.tables(path, data, "part"))
    data.pop("part", None)
    files.split_paragraphs(data, "introduction", "closing", "caution")
    data["instead"] = files.texts(path, data, "instead")
    fixed = {"help_first": False} | files.of_english(library, f"paths/{slug}.toml", data, language, "help_first")
    path_text = files.make(PathText, path, data, slug=slug, parts=parts, language=language, **fixed)
    if not path_text.steps:
        raise LibraryError(f"{path.name}: has no steps")
    return path_text


def _part(path: Path, values: dict[str, object]) -> PartText:
    values = dict(values)
    return files.make(PartText, path, values, steps=read_steps(path, values))


def read_steps(path: Path, values: dict[str, object]) -> tuple[StepText, ...]:
    """The steps in a table that was read from `path`, which are taken out of it. Raises `LibraryError`."""
    steps = tuple(files.make(StepText, path, step) for step in files.tables(path, values, "step"))
    values.pop("step", None)
    return steps
