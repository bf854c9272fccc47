"""One client on one connection: how long each page and act takes, in turn with the yardsticks."""

import itertools
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from uuid_utils import uuid7

from benchmarks import goals, table
from benchmarks.browser import JSON, Browser
from benchmarks.journals import Cookies, Journals

ROUNDS = 6
SECONDS = 0.25  # that a round takes for each page
FEWEST, MOST = 5, 200  # requests of a page in a round


@dataclass
class Writing:
    """A person who saves at /journal/new/, as the page does while somebody types."""

    browser: Browser
    form: dict[str, str] = field(default_factory=dict)
    seq: int = 0
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def open_page(self) -> None:
        night = self.browser.fields("/tonight/")["night"]
        self.form, self.seq = {**self.browser.fields("/journal/new/"), "night": night}, 0

    def save(self) -> None:
        """The next save of the page that is open: its text is three words longer or shorter than in the last."""
        self.seq += 1
        text = f"Save {self.seq}. " + "A word or two. " * (100 + abs(self.seq % 60 - 30))
        self._send({"seq": self.seq, "base": self.seq - 1, "text": text})

    def first_save(self) -> None:
        """The first save of a page that was opened anew: the page's form is the same but for its ids."""
        self._send(
            {"entry": uuid7(), "page": uuid7(), "seq": 1, "base": 0, "text": f"Page {next(self.numbers)}. " + "A word or two. " * 115}
        )

    def _send(self, fields: Mapping[str, object]) -> None:
        self.browser.post("/journal/new/", {**self.form, "feeling": "", **fields}, accept=JSON)


def reading(journals: Journals) -> dict[str, tuple[Cookies, str]]:
    """By page of the table: whose it is, and its address."""
    parent = journals.untouched
    return {
        "entry": (parent, f"/journal/{journals.entry}/"),
        "timeline": (parent, "/journal/"),
        "untouched": (parent, "/tonight/"),
        "written": (journals.written, "/tonight/"),
        "edit": (parent, f"/journal/{journals.revised}/edit/"),
        "history": (parent, f"/journal/{journals.revised}/history/"),
        "questions": (parent, "/prompts/"),
        "path": (parent, "/prompts/paths/mending/"),
        "settings": (parent, "/accounts/settings/"),
    }


def acts(port: int, yardstick: int, journals: Journals) -> dict[str, Callable[[], object]]:
    """By name: what is done once to be measured. The yardsticks come first."""
    bare, parent, other = Browser(yardstick), Browser(port, journals.untouched), Browser(port, journals.written)
    typing, first = (Writing(Browser(port, cookies)) for cookies in journals.writers[:2])
    typing.open_page()
    first.open_page()
    pages = {name: partial((other if whose is journals.written else parent).get, path) for name, (whose, path) in reading(journals).items()}
    return {
        "yardstick": partial(bare.get, "/"),
        "floor": partial(parent.get, "/healthz"),
        **pages,
        "typing": typing.save,
        "first": first.first_save,
    }


def in_turn(calls: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Milliseconds of each call, in every round: in each all are measured one after the other."""
    requests = {}
    for name, call in calls.items():
        call()  # loads templates and the like
        requests[name] = min(max(int(SECONDS / max(_seconds(call, 3), 1e-6)), FEWEST), MOST)
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _round in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(_seconds(call, requests[name]) * 1000)
    return times


def _seconds(call: Callable[[], object], requests: int) -> float:
    start = time.perf_counter()
    for _request in range(requests):
        call()
    return (time.perf_counter() - start) / requests


def ratio(times: list[float], to: list[float]) -> float:
    """The median of what one was as a multiple of the other, round by round."""
    return statistics.median(one / other for one, other in zip(times, to, strict=True))


def measure(port: int, yardstick: int, journals: Journals) -> None:
    times = in_turn(acts(port, yardstick, journals))
    floors = times["floor"]
    table.header(f"One client (medians of {ROUNDS} rounds, taken in turn)")
    table.row(goals.YARDSTICK, statistics.median(times["yardstick"]), ratio(times["yardstick"], floors))
    table.row(goals.FLOOR, statistics.median(floors))
    for name, goal in goals.PAGES.items():
        table.row(goal, statistics.median(times[name]), ratio(times[name], floors))
    table.note(table.noise("Y1", times["yardstick"], "ms") + "; the client’s own work is in it, and in all others")
    table.note(table.noise("Y5", floors, "ms"))


def measure_depth(port: int, journals: Journals) -> None:
    """The same deep page of two journals, one ten times as long."""
    assert journals.deep is not None
    short, long = Browser(port, journals.untouched), Browser(port, journals.deep)
    addresses = journals.oldest
    times = in_turn({"short": partial(short.get, addresses["untouched"]), "long": partial(long.get, addresses["deep"])})
    table.header("A page near the end of the timeline")
    table.row(goals.DEEP, ratio(times["long"], times["short"]))
    table.note(f"{statistics.median(times['short']):.2f} ms and {statistics.median(times['long']):.2f} ms")
