"""What is measured, and the goals: what must be reached, and what is aimed at. Where a machine is quiet and has two cores."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """`must` and `aim` are None for a figure that is printed for comparison only."""

    name: str
    unit: str = "ms"
    must: float | None = None
    aim: float | None = None
    more_is_better: bool = False

    def share_of_must(self, value: float) -> float | None:
        """At most 1 where `must` is reached, whichever way is better."""
        if self.must is None:
            return None
        return self.must / value if self.more_is_better else value / self.must

    def reached(self, value: float) -> str:
        """`aim`, `must`, `missed`, or nothing where there is no goal."""
        if self.must is None or self.aim is None:
            return ""
        sign = -1 if self.more_is_better else 1
        return "aim" if sign * value <= sign * self.aim else "must" if sign * value <= sign * self.must else "missed"


YARDSTICK = Goal("Y1: a bare view, no middleware")
FLOOR = Goal("Y5: the floor of a signed-in page", "ms", 1.4, 1.0)

# One client on one connection: milliseconds for each page or act.
PAGES = {
    "entry": Goal("entry", "ms", 3.8, 2.8),
    "timeline": Goal("timeline, 30 entries", "ms", 6.0, 4.5),
    "untouched": Goal("Tonight, untouched", "ms", 9.0, 6.5),
    "written": Goal("Tonight, written", "ms", 9.0, 6.5),
    "edit": Goal("edit", "ms", 4.5, 3.5),
    "history": Goal("history of 20", "ms", 4.5, 3.5),
    "questions": Goal("questions", "ms", 6.5, 5.0),
    "path": Goal("a path", "ms", 4.0, 3.0),
    "settings": Goal("Settings", "ms", 9.0, 6.0),
    "typing": Goal("save while typing", "ms", 4.5, 3.5),
    "first": Goal("first save", "ms", 4.5, 3.5),
}

# 16 clients: requests a second as a share of those of Y1 at as many clients.
SHARES = {
    "floor": Goal("Y5, share of Y1’s requests/s", "", more_is_better=True),
    "entry": Goal("entry, share of Y1’s requests/s", "", 0.04, 0.05, more_is_better=True),
    "timeline": Goal("timeline, share of Y1’s requests/s", "", 0.027, 0.035, more_is_better=True),
    "untouched": Goal("Tonight, share of Y1’s requests/s", "", 0.018, 0.025, more_is_better=True),
}

SAVES = Goal("16 clients save: requests a second", "/s", 260, 350, more_is_better=True)
SLOWEST_SAVES = Goal("16 clients save: 99th percentile", "ms", 150, 90)
CLIENTS = Goal("clients page, 200 clients", "ms", 45, 30)
FRESH = Goal("memory of the whole tree, fresh", "MiB", 130, 110)
USED = Goal("memory after 10,000 requests", "MiB", 160, 140)
START = Goal("`make run` again, to the first Tonight", "s", 0.8, 0.6)
VISIT_REQUESTS = Goal("first visit of Tonight, cold: requests", "", 9, 7)
VISIT_BYTES = Goal("first visit of Tonight, cold: on the wire", "kB", 85, 75)
TONIGHT_BYTES = Goal("Tonight’s HTML on the wire", "kB", 5, 4)
TIMELINE_BYTES = Goal("timeline’s HTML on the wire", "kB", 7, 6)
ROW = Goal("read and open all entries: a row", "µs", 25, 15)
BARE_ROW = Goal("  the same with a bare cursor", "µs")
DEEP = Goal("deep timeline page, 100,000 ÷ 10,000", "", 1.1, 1.05)
EXPORT = Goal("export of 10,000 entries: work", "s", 1.5, 1.2)
EXPORT_MEMORY = Goal("export: memory for each page more", "kB", 2, 1.5)
RESTORE = Goal("an export of 10,000 entries taken in: work", "s", 4, 3)
IMPORT = Goal("import: rows a second of work", "/s", 10_000, 12_000, more_is_better=True)
IMPORT_MEMORY = Goal("import: memory for each page more", "kB", 0.5, 0.25)

# Searching a journal: by entries, in the order in which they are printed. Requests are whole ones, of one client.
SEARCHES = {
    1_000: {
        "build": Goal("index of 1,000 entries, made anew: an entry", "µs", 250, 130),
        "share": Goal("index of 1,000 entries ÷ their text", ""),
        "warm ÷ Y2": Goal("search in 1,000: rare word ÷ Y2", ""),
        "cold ÷ Y3": Goal("search in 1,000, index not open: rare word ÷ Y3", ""),
    },
    10_000: {
        "rare": Goal("search in 10,000: rare word", "ms", 15, 6),
        "warm ÷ Y2": Goal("search in 10,000: rare word ÷ Y2", "", 2.5, 1.75),
        "common ÷ Y2": Goal("search in 10,000: common word ÷ Y2", "", 2.5, 1.75),
        "cold": Goal("search in 10,000, index not open", "ms", 60, 25),
        "cold ÷ Y3": Goal("search in 10,000, index not open ÷ Y3", "", 0.5, 0.2),
        "common": Goal("search in 10,000: common word", "ms", 15, 6),
        "common by rank": Goal("search in 10,000: common word, best first", "ms", 40, 15),
        "Y3 ÷ rare": Goal("search in 10,000: Y3 ÷ rare word", "×", 15, 35, more_is_better=True),
        "tail": Goal("search in 10,000: as many just saved as are looked through", "ms", 6, 3),
        "build": Goal("index of 10,000 entries, made anew: an entry", "µs", 250, 130),
        "slice": Goal("index of 10,000 entries: the longest that a search works on it", "ms", 200, 160),
        "share": Goal("index of 10,000 entries ÷ their text", "", 0.6, 0.4),
        "memory": Goal("index of 10,000 entries, open: memory", "MiB"),
    },
    100_000: {
        "rare": Goal("search in 100,000: rare word", "ms", 30, 8),
        "cold": Goal("search in 100,000, index not open", "ms", 600, 250),
        "common": Goal("search in 100,000: common word", "ms"),
        "cold ÷ Y3": Goal("search in 100,000, index not open ÷ Y3", ""),
        "build": Goal("index of 100,000 entries, made anew: an entry", "µs", 250, 130),
        "share": Goal("index of 100,000 entries ÷ their text", ""),
        "memory": Goal("index of 100,000 entries, open: memory", "MiB"),
    },
}

# Beside others: their time for a list as a multiple of ours.
PEERS = {
    "linkding": Goal("list: linkding’s time ÷ ours", "×", 12, 16, more_is_better=True),
    "healthchecks": Goal("list: healthchecks’ time ÷ ours", "×", 4, 5.5, more_is_better=True),
    "journiv": Goal("list: Journiv’s time (JSON, no page) ÷ ours", "×"),
}

ALL = (
    FLOOR,
    *PAGES.values(),
    *(goal for goal in SHARES.values() if goal.must is not None),
    SAVES,
    SLOWEST_SAVES,
    CLIENTS,
    *(goal for goal in PEERS.values() if goal.must is not None),
    FRESH,
    USED,
    START,
    VISIT_REQUESTS,
    VISIT_BYTES,
    TONIGHT_BYTES,
    TIMELINE_BYTES,
    DEEP,
    ROW,
    EXPORT,
    EXPORT_MEMORY,
    RESTORE,
    IMPORT,
    IMPORT_MEMORY,
    *(goal for goals in SEARCHES.values() for goal in goals.values() if goal.must is not None),
)
