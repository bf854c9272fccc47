"""What a journal's nights hold, counted from the summaries of its pages in one pass.

`count` is a pure function. Nobody's text is read: no query names the column that holds it.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from accounts.models import User
from common import dates
from journal.models import Entry, EntrySummary, RepairState
from journal.nights import walks
from prompts import questions

NOT_SAID = ""  # where no feeling was chosen


class Page(NamedTuple):
    """What is read of an entry."""

    night: dt.date
    kind: str
    prompt: str | None
    own: uuid.UUID | None
    assigned: uuid.UUID | None
    summary: EntrySummary


class Origin(StrEnum):
    """What led to a page."""

    PROMPT = "prompt"  # a question of the library
    PATH = "path"
    OWN = "own"
    ASSIGNED = "assigned"
    GUIDE = "guide"
    NOTHING = "nothing"  # it asks nothing


@dataclass(slots=True)
class Night:
    """A night on which something was written. `feeling`: that of the night's page, else that of the latest page with one.

    `words`: of all its pages; None where that is not known of one of them.
    """

    feeling: str = NOT_SAID
    words: int | None = 0


class Rupture(NamedTuple):
    """A rupture that was written down, and how many days it took to mend; None where it was not, or no date was given."""

    night: dt.date
    state: str
    days: int | None


@dataclass(slots=True)
class Counts:
    """`nights`: each once. All else counts pages: by theme and feeling, by child and feeling, by what led to them (for a path or a
    guide with its slug).
    """

    nights: dict[dt.date, Night] = field(default_factory=dict)
    themes: Counter[tuple[str, str]] = field(default_factory=Counter)
    children: Counter[tuple[str, str]] = field(default_factory=Counter)
    origins: Counter[tuple[Origin, str]] = field(default_factory=Counter)
    repairs: list[Rupture] = field(default_factory=list)


def _theme_of() -> dict[str, str]:
    """The theme of every prompt, by its slug."""
    return {question.slug: question.theme for question in questions.library()}


def _steps_of(author: User) -> dict[str, list[tuple[str, dt.date]]]:
    """For each prompt of a path that the author began, that path and the night on which it was begun."""
    steps: dict[str, list[tuple[str, dt.date]]] = {}
    paths = walks.all_paths()
    for slug, walk in walks.of_walker(author).items():
        for prompt in paths[slug].prompts if slug in paths else ():  # a later release may no longer have the path
            steps.setdefault(prompt, []).append((slug, walk.started))
    return steps


def read(author: User, first: dt.date | None) -> Counts:
    """Count the author's nights from `first` on, or all of them. At most three queries, however many there are."""
    entries = Entry.objects.by(author).not_deleted().newest_first()
    if first is not None:
        entries = entries.filter(night__gte=first)
    pages = entries.opened(Page, "night", "kind", "prompt", "own", "assigned", "summary", owner=author.pk)
    return count(pages, _theme_of(), _steps_of(author))


def count(pages: Iterable[Page], theme_of: Mapping[str, str], steps_of: Mapping[str, list[tuple[str, dt.date]]]) -> Counts:
    """Count pages, which come with the latest first. `theme_of` and `steps_of` know the library's prompts."""
    counts = Counts()
    nights, themes, children, origins = counts.nights, counts.themes, counts.children, counts.origins
    for page in pages:
        night_date, kind, prompt, _own, _assigned, summary = page
        feeling = summary.feeling
        night = nights.get(night_date)
        if night is None:
            night = nights[night_date] = Night()
        if feeling and (kind == Entry.Kind.NIGHT.value or not night.feeling):
            night.feeling = feeling
        night.words = None if night.words is None or summary.words is None else night.words + summary.words
        if theme := theme_of.get(prompt or ""):
            themes[theme, feeling] += 1
        for child in summary.children:
            children[child, feeling] += 1
        origins[_origin(page, steps_of)] += 1
        if summary.repair:
            counts.repairs.append(Rupture(night_date, summary.repair, _days(night_date, summary)))
    return counts


def _origin(page: Page, steps_of: Mapping[str, list[tuple[str, dt.date]]]) -> tuple[Origin, str]:
    night, _kind, prompt, own, assigned, summary = page
    if summary.guide:
        return Origin.GUIDE, summary.guide
    if assigned is not None:
        return Origin.ASSIGNED, ""
    if own is not None:
        return Origin.OWN, ""
    if prompt is None:
        return Origin.NOTHING, ""
    path = next((path for path, started in steps_of.get(prompt, ()) if started <= night), "")
    return (Origin.PATH, path) if path else (Origin.PROMPT, "")


def _days(night: dt.date, summary: EntrySummary) -> int | None:
    mended = dates.parse(summary.mended) if summary.repair == RepairState.MENDED.value else None
    return max((mended - night).days, 0) if mended else None  # a page's night can be moved past it
