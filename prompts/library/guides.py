"""Hard-night guides: a few small questions for one hard evening, read from their files."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY
from prompts.library.paths import order


@dataclass(frozen=True, slots=True, kw_only=True)
class AskText:
    """One small question of a guide, which is answered in a field of its own."""

    ask: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideText:
    slug: str
    name: str
    line: str
    opening: str
    closing: str
    parts: tuple[AskText, ...]
    repair: bool = False  # whether it leads to a repair with a child
    help_first: bool = False  # whether the number to call stands above its opening
    language: str = "en"


@cache
def read(language: str = "en", library: Path = LIBRARY) -> dict[str, GuideText]:
    """Every guide by its slug, in listing order; in English where it is not translated. Raises `LibraryError`."""
    return {slug: _read(slug, language, library) for slug in order("guides", library)}


def _read(slug: str, language: str, library: Path) -> GuideText:
    path, language = files.in_language(library, language, f"guides/{slug}.toml")
    data = files.load(path)
    parts = tuple(files.make(AskText, path, values) for values in files.tables(path, data, "part"))
    data.pop("part", None)
    return files.make(GuideText, path, data, slug=slug, parts=parts, language=language)
