"""Hard-night guides: a few small questions for one hard evening."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY
from prompts.library.paths import order


@dataclass(frozen=True, slots=True, kw_only=True)
class AskText:
    """One small question with room to write under it."""

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
    repair: bool = False  # whether it leads to mending something with a child
    language: str = "en"


@cache
def read(language: str = "en", library: Path = LIBRARY) -> dict[str, GuideText]:
    """Every guide by its slug, in the order of lists; one that is not translated is there in English. Raises `LibraryError`."""
    return {slug: _read(slug, language, library) for slug in order("guides", library)}


def _read(slug: str, language: str, library: Path) -> GuideText:
    path = library / language / "guides" / f"{slug}.toml"
    if not path.exists():
        path, language = library / "en" / "guides" / f"{slug}.toml", "en"
    data = files.load(path)
    parts = tuple(files.make(AskText, path, values) for values in data.pop("part", []))
    return files.make(GuideText, path, data, slug=slug, parts=parts, language=language)
