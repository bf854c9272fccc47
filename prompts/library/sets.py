"""Ready-made sets: a few questions for one situation, which counselors give and clients answer, read from their files."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError
from prompts.library.paths import StepText, order, read_steps

GROUPS = ("families", "first-years", "school-and-teens", "losses", "yourself")  # in the order in which lists show them


@dataclass(frozen=True, slots=True, kw_only=True)
class SetText:
    """A set for one situation. `introduction` and `caution` are what the client reads before it is begun.

    `line`, `for_whom` and `not_for_whom` help a counselor to choose. With `help_first`, the number to call stands above the caution.
    """

    slug: str
    name: str
    line: str
    group: str
    for_whom: str
    not_for_whom: str
    introduction: tuple[str, ...]
    caution: tuple[str, ...]
    steps: tuple[StepText, ...]
    help_first: bool = False
    language: str = "en"

    @property
    def nights(self) -> int:
        return len(self.steps)

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompt slugs of the steps, in order. The editorial checks make sure that none occurs twice."""
        return tuple(step.prompt for step in self.steps)


@cache
def read(language: str = "en", library: Path = LIBRARY) -> dict[str, SetText]:
    """Every set by its slug, in listing order; in English where it is not translated. Raises `LibraryError`."""
    return {slug: _read(slug, language, library) for slug in order("sets", library)}


def _read(slug: str, language: str, library: Path) -> SetText:
    path, language = files.in_language(library, language, f"sets/{slug}.toml")
    data = files.load(path)
    fixed = {"help_first": False} | files.of_english(library, f"sets/{slug}.toml", data, language, "group", "help_first")
    if "group" not in fixed:
        raise LibraryError(f"{path.name}: has no group")
    data.pop("prompt", None)  # the set's own prompts: prompts/library/prompts.py reads them
    steps = read_steps(path, data)
    files.split_paragraphs(data, "introduction", "caution")
    return files.make(SetText, path, data, slug=slug, steps=steps, language=language, **fixed)
