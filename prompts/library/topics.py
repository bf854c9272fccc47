"""What Help speaks of: topics, each with whom to call first, read from their files. The quiz leads to the same ones."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError
from prompts.library.helplines import KINDS

FIRST = ("police", "ambulance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """`now` says when to call `first` at once; of helplines, those of all its `kinds` are shown, in this order."""

    slug: str
    name: str
    first: str  # one of FIRST
    kinds: tuple[str, ...]
    now: str
    say: str
    source: str = ""  # of a fact in `say`
    language: str = "en"


@cache
def read(language: str = "en", library: Path = LIBRARY) -> dict[str, Topic]:
    """Every topic by its slug, in the order of the English file; in English where it is not translated. Raises `LibraryError`."""
    english = library / "en" / "help.toml"
    translated = library / language / "help.toml"
    has_texts = language != "en" and translated.exists()
    texts = {row.get("slug"): row for row in files.rows(translated, "topic")} if has_texts else {}
    topics = [_topic(english, row, texts.pop(row.get("slug"), None), language) for row in files.rows(english, "topic")]
    if texts:
        raise LibraryError(f"{translated.name}: there is no topic {', '.join(map(str, texts))} in English")
    return {topic.slug: topic for topic in topics}


def _topic(path: Path, row: dict[str, object], texts: dict[str, object] | None, language: str) -> Topic:
    topic = files.make(Topic, path, row | (texts or {}) | {"kinds": files.texts(path, row, "kinds")}, language=language if texts else "en")
    if topic.first not in FIRST or not set(topic.kinds) <= set(KINDS):
        raise LibraryError(f"{path.name}: {topic.slug}: first is one of {', '.join(FIRST)}, and kinds are of {', '.join(KINDS)}")
    return topic
