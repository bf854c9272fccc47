"""How fast a journal is searched, beside two yardsticks that are taken in turn with it in the same process.

Y2 is SQLite's FTS5 with nothing sealed: an index in memory of the same words, and the texts in plain beside it, with the same code for the
excerpts. Y3 opens every entry and looks into it, as every encrypted journal has to that keeps no index. Both find newest first, twenty a
page, as the search does. Times in process are CPU time; whole requests are what a client waits for.
"""

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import goals, table
from benchmarks.browser import Browser, UnexpectedAnswer
from benchmarks.journals import Cookies
from benchmarks.pages import in_turn, ratio
from benchmarks.site import site
from tests.installation import manage

ADDRESS = "/journal/search/"
SMALL = 10  # entries of somebody else, whose search makes a process close what it had opened
COLD_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal of so many entries: its author's session, and a word that few of them hold, and one that half of them do."""

    entries: int
    cookies: Cookies
    rare: str
    common: str


def measure(data: Path, sizes: Sequence[int]) -> None:
    """In a prepared installation without people."""
    began = time.perf_counter()
    other, *journals = [Journal(**values) for values in _within(data, f"fill({[SMALL, *sizes]})")]
    print(f"\nJournals of {', '.join(f'{size:,}' for size in sizes)} entries to be searched: {time.perf_counter() - began:.0f} s")
    figures = [_within(data, f"figures({each.entries}, {each.rare!r}, {each.common!r})") for each in journals]
    memory = [_within(data, f"memory({SMALL}, {each.entries}, {each.rare!r})") for each in journals]
    with site(data) as (port, _pid):
        for journal, found, taken in zip(journals, figures, memory, strict=True):
            _print(journal, found | {"memory": taken}, _requests(port, journal, other))


def _within(data: Path, call: str) -> Any:
    """What a function of `benchmarks.searched` prints, in a process of its own within the installation."""
    result = manage(data, "shell", "--verbosity", "0", "--no-imports", "--command", f"from benchmarks import searched; searched.{call}")
    if result.returncode:
        raise RuntimeError(result.stderr)
    return json.loads(result.stdout.splitlines()[-1])


class Searching:
    """Somebody who searches from the page of the search, on a connection that others may use, too: so one process answers them all."""

    def __init__(self, browser: Browser, journal: Journal) -> None:
        self.browser, self.journal, self.cookies = browser, journal, dict(journal.cookies)
        self._sign_in()
        self.form = browser.fields(ADDRESS)

    def search(self, words: str, order: str = "newest") -> None:
        answer = self.browser.post(ADDRESS, {**self.form, "words": words, "order": order})
        if "<mark>" not in answer.text:
            raise UnexpectedAnswer(f"{ADDRESS} found nothing: nothing is measured of it.")

    def search_after(self, other: "Searching") -> float:
        """Seconds of a search after somebody else's: the process has closed what it had opened."""
        other._sign_in()
        other.search(other.journal.rare)
        self._sign_in()
        start = time.perf_counter()
        self.search(self.journal.rare)
        return time.perf_counter() - start

    def _sign_in(self) -> None:
        self.browser.cookies = self.cookies


def _requests(port: int, journal: Journal, other: Journal) -> dict[str, list[float]]:
    """Milliseconds of whole requests, in every round, in turn with the floor."""
    browser = Browser(port)
    somebody_else, person = Searching(browser, other), Searching(browser, journal)
    times = in_turn(
        {
            "floor": partial(browser.get, "/healthz"),
            "rare": partial(person.search, journal.rare),
            "common": partial(person.search, journal.common),
            "common by rank": partial(person.search, journal.common, "best"),
        }
    )
    return times | {"cold": [person.search_after(somebody_else) * 1000 for _round in range(COLD_ROUNDS)]}


def _print(journal: Journal, found: dict[str, Any], requests: dict[str, list[float]]) -> None:
    times = found["times"]
    floors = requests["floor"]
    values = {
        **{name: statistics.median(requests[name]) for name in ("rare", "common", "common by rank", "cold")},
        "warm ÷ Y2": ratio(times["rare"], times["rare Y2"]),
        "common ÷ Y2": ratio(times["common"], times["common Y2"]),
        "cold ÷ Y3": ratio(times["rare cold"], times["rare Y3"]),
        "Y3 ÷ rare": ratio(times["rare Y3"], times["rare"]),
        "tail": statistics.median(found["tail"]["with"]) - statistics.median(found["tail"]["without"]),
        **{name: found[name] for name in ("build", "slice", "share", "memory")},
    }
    table.header(
        f"Searching {journal.entries:,} entries: a word that {found['hits']['rare']:,} hold, and one that {found['hits']['common']:,} do"
    )
    for name, goal in goals.SEARCHES.get(journal.entries, {}).items():
        table.row(goal, values[name], values[name] / statistics.median(floors) if name in requests else None)
    medians = {name: f"{statistics.median(each):.2f}" for name, each in times.items()}
    table.note("in process, ms of CPU time, in turn: " + ", ".join(f"{name} {value}" for name, value in medians.items()))
    table.note(table.noise("Y5", floors, "ms"))
    table.note(table.noise("Y3", times["rare Y3"], "ms"))
