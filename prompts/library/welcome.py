"""What Welcome asks after sign-up: how old the children are, and what brings the parent here. Read from its files."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

FILE = "welcome.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """An answer. It leads to `themes` (slugs), which are chosen for the parent, or to a `path` (its slug), which is offered."""

    slug: str
    says: str
    themes: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The page's words in one language. `ages` and `asks` are its two questions."""

    introduction: str
    ages: str
    asks: str
    reasons: tuple[Reason, ...]
    language: str = "en"

    def reason(self, slug: str) -> Reason | None:
        """The answer with this slug, or None."""
        return next((reason for reason in self.reasons if reason.slug == slug), None)


@cache
def read(language: str = "en", library: Path = LIBRARY) -> Welcome:
    """Welcome: a translation's words with what the English file's answers lead to. Raises `LibraryError`."""
    path = library / "en" / FILE
    translated = library / language / FILE
    english = _read(path, "en")
    if language == "en" or not translated.exists():
        return english
    words = _read(translated, language)
    says = {reason.slug: reason.says for reason in words.reasons}
    try:
        return replace(words, reasons=tuple(replace(reason, says=says[reason.slug]) for reason in english.reasons))
    except KeyError as error:
        raise LibraryError(f"{FILE}: {error.args[0]} is not translated") from error


def _read(path: Path, language: str) -> Welcome:
    data = files.load(path)
    rows = [{**row, "themes": files.texts(path, row, "themes")} for row in files.tables(path, data, "reason")]
    words = {name: value for name, value in data.items() if name != "reason"}
    return files.make(Welcome, path, words, reasons=tuple(files.make(Reason, path, row) for row in rows), language=language)
