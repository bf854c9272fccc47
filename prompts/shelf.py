"""The library's files, read and checked: prompts/library/<language>/*.toml."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import combinations
from pathlib import Path
from typing import Any

from accounts.models import Age
from prompts.models import Depth

LIBRARY = Path(__file__).parent / "library"


class LibraryError(Exception):
    """A file of the library cannot be read; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeText:
    slug: str
    name: str
    line: str
    heart: bool = False
    opt_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptText:
    """A prompt as its file has it; `theme` is the file's name."""

    slug: str
    theme: str
    question: str
    depth: str
    if_stuck: list[str] = field(default_factory=list)
    tomorrow: str = ""
    ages: list[str] = field(default_factory=list)
    tender: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    themes: tuple[ThemeText, ...]
    prompts: tuple[PromptText, ...]


def _read(path: Path, table: str) -> list[dict[str, Any]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LibraryError(f"{path.name}: {error}") from error
    if set(data) != {table}:
        raise LibraryError(f"{path.name}: holds {', '.join(sorted(data)) or 'nothing'}; only [[{table}]] is known")
    rows: list[dict[str, Any]] = data[table]
    return rows


def _make[T](kind: type[T], path: Path, values: dict[str, Any], **given: str) -> T:
    unknown = values.keys() - {f.name for f in fields(kind) if f.name not in given}  # type: ignore[arg-type]
    if unknown:
        raise LibraryError(f"{path.name}: {values.get('slug', 'an entry')} has unknown fields: {', '.join(sorted(unknown))}")
    try:
        return kind(**values, **given)
    except TypeError as error:
        raise LibraryError(f"{path.name}: {values.get('slug', 'an entry')}: {error}") from error


def read(language: str = "en", library: Path = LIBRARY) -> Shelf:
    """Every theme and prompt of one language, in the files' order. Raises `LibraryError`."""
    folder = library / language
    themes = tuple(_make(ThemeText, folder / "themes.toml", values) for values in _read(folder / "themes.toml", "theme"))
    prompts = []
    for theme in themes:
        path = folder / f"{theme.slug}.toml"
        if path.exists():
            prompts += [_make(PromptText, path, values, theme=theme.slug) for values in _read(path, "prompt")]
    return Shelf(themes, tuple(prompts))


# --- The editorial rules, as far as a machine can hold them.

HEART_AT_LEAST = 25
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Scolding, homework, diagnosis and jargon: see docs/questions.md.
FORBIDDEN = re.compile(
    r"!|\b(should|shouldn.t|must|ought|always|never fail|list (?:two|three|four|five|ten|\d+)|good (?:parent|mother|father|mom|dad)|"
    r"better (?:parent|mother|father)|best (?:parent|mother|father)|failure|trauma\w*|trigger\w*|narcissis\w*|toxic|"
    r"attachment|boundar(?:y|ies)|codependen\w*|inner child|self-care|mindful\w*|diagnos\w*|disorder|dysfunction\w*|"
    r"husband|wife|spouse|your partner|gave birth)\b",
    re.IGNORECASE,
)
SMALL_WORDS = frozenset(
    """
    a about after again all an and any are as at be been before but by can could did do does doing done down each ever for
    from get had has have he her him his how i if in into is it it’s its just like made make me more most much my no not now
    of off on once one or other our out over own she so some still than that the their them then there they they’re thing
    this those to today tonight too up us very was we were what what’s when where which while who whose why will with would
    you you’d your child children day last time tell say said something small part
    """.split()
)
JACCARD = 0.5
OVERLAP = 0.6


def check(shelf: Shelf) -> list[str]:
    """One sentence for each rule that the library breaks; empty when all is well."""
    return [*_check_themes(shelf), *(problem for prompt in shelf.prompts for problem in _check_prompt(prompt)), *_check_together(shelf)]


def _check_themes(shelf: Shelf) -> Iterator[str]:
    counts = Counter(prompt.theme for prompt in shelf.prompts)
    for theme in shelf.themes:
        if not counts[theme.slug]:
            yield f"theme {theme.slug} has no prompts"
        if theme.heart and counts[theme.slug] < HEART_AT_LEAST:
            yield f"theme {theme.slug} has {counts[theme.slug]} prompts; a theme at the heart has at least {HEART_AT_LEAST}"
        if not theme.line.endswith(".") or len(theme.line) > 120:
            yield f"theme {theme.slug}: its line is one sentence of at most 120 characters"


def _check_prompt(prompt: PromptText) -> Iterator[str]:
    for text in (*_check_fields(prompt), *_check_words(prompt)):
        yield f"{prompt.theme}/{prompt.slug}: {text}"


def _check_fields(prompt: PromptText) -> Iterator[str]:

    if not SLUG.fullmatch(prompt.slug) or not 3 <= len(prompt.slug) <= 50:
        yield "the slug has 3 to 50 small letters, digits and single hyphens"
    if not 20 <= len(prompt.question) < 180:
        yield f"the question has {len(prompt.question)} characters; 20 to 179 are wanted"
    if prompt.question.count("?") != 1 or not prompt.question.endswith("?"):
        yield "the question asks one thing and ends with its question mark"
    if prompt.depth not in Depth.values:
        yield f"depth {prompt.depth!r} is not one of {', '.join(Depth.values)}"
    if unknown := set(prompt.ages) - set(Age.values):
        yield f"unknown ages: {', '.join(sorted(unknown))}"
    if len(prompt.if_stuck) > 2 or any(not 5 <= len(way) < 140 for way in prompt.if_stuck):
        yield "at most two ways in, each of 5 to 139 characters"
    if len(prompt.tomorrow) >= 160:
        yield "what to try tomorrow has at most 159 characters"


def _check_words(prompt: PromptText) -> Iterator[str]:
    for text in (prompt.question, *prompt.if_stuck, prompt.tomorrow):
        if text != text.strip() or "  " in text or "'" in text or '"' in text:
            yield "stray space or straight quotation marks"
        if found := FORBIDDEN.search(text):
            yield f"holds {found.group()!r}, which the editorial rules keep out"


def content_words(question: str) -> frozenset[str]:
    """The words that say what a question is about, crudely stemmed."""
    words = re.findall(r"[^\W\d_]+(?:’[^\W\d_]+)?", question.lower())
    return frozenset(re.sub(r"(ing|ed|es|s|’s)$", "", word) if len(word) > 4 else word for word in words if word not in SMALL_WORDS)


def _check_together(shelf: Shelf) -> Iterator[str]:
    for slug, count in Counter(prompt.slug for prompt in shelf.prompts).items():
        if count > 1:
            yield f"{slug}: {count} prompts have this slug"
    if 2 * sum(bool(prompt.if_stuck) for prompt in shelf.prompts) < len(shelf.prompts):
        yield "fewer than half of the prompts have a way in"
    bags = [(prompt, content_words(prompt.question) or {prompt.slug}) for prompt in shelf.prompts]
    for (one, words), (other, others) in combinations(bags, 2):
        shared = words & others
        # Jaccard's index tells questions of one length apart; the overlap coefficient finds a short one within a long.
        overlap, jaccard = len(shared) / min(len(words), len(others)), len(shared) / len(words | others)
        if (len(shared) >= 2 and jaccard >= JACCARD) or (len(shared) >= 3 and overlap >= OVERLAP):
            yield f"{one.slug} and {other.slug} are nearly alike: {one.question} / {other.question}"
