"""Within an installation: journals to be searched, and how long that takes in process, beside the yardsticks of benchmarks/search.py."""

import datetime as dt
import gc
import json
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import wordlist
from benchmarks.journals import BATCH, NIGHTS, TEXT_LENGTH, session

if TYPE_CHECKING:
    from accounts.models import User
    from journal.models import EntryContent

ROUNDS = 7
MANY = 50_000  # entries from which on fewer rounds have to do
PER_PAGE = 20
RARE = 20  # entries that hold the rare word: one page of hits
LETTERS = 4  # with which no other word begins than one that is searched for: FTS5 and we cut endings, and not always the same


def fill(sizes: Sequence[int]) -> None:
    """Make a parent with a journal for each of the sizes, and print what `benchmarks.search.Journal` needs."""
    from accounts.keys import keyring
    from accounts.models import User

    made = []
    with keyring.cached():
        for size in sizes:
            person = User.objects.create_user(email=address(size), password=None, knows_leave=True)
            rare, common = _write(person, size)
            made.append({"entries": size, "cookies": session(person), "rare": rare, "common": common})
    print(json.dumps(made))


def address(size: int) -> str:
    return f"parent-of-{size}@example.org"


def _write(author: "User", size: int) -> tuple[str, str]:
    """Returns a rare and a common word. Rows are made as saving makes them, but that the HTML of so plain texts is known."""
    from django.db import transaction
    from django.utils import timezone

    from common.ids import new_id
    from journal import content, markup
    from journal.models import Entry, EntryContent, EntrySummary, Feeling, Mode

    now, holding = timezone.now(), Counter[str]()
    last, feelings = author.tonight(now) - dt.timedelta(days=1), [*Feeling.values, ""]
    with transaction.atomic():
        for some in batched(enumerate(wordlist.texts(size, TEXT_LENGTH)), BATCH):
            entries = []
            for n, text in some:
                age = size - 1 - n  # the oldest first: ids rise with time
                kind = Entry.Kind.NIGHT if age < NIGHTS else Entry.Kind.FREE
                times = {"created_at": now, "saved_at": now, "revised_at": now}
                night = last - dt.timedelta(days=age % NIGHTS)
                entry = Entry(
                    author=author, night=night, kind=kind, mode=Mode.JUST_WRITE, page=new_id(), seq=1, **times, summary=EntrySummary()
                )
                html = "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in text.split("\n\n"))
                rendered = content.Rendered(EntryContent(text=text, html=html, renderer=markup.RENDERER), markup.excerpt(text))
                content.write(entry, rendered, "", feelings[n % len(feelings)])
                entries.append(entry)
                holding.update(set(wordlist.WORD.findall(text.lower())))
            Entry.objects.bulk_create(entries)
    beginnings = Counter(word[:LETTERS] for word in holding)
    apart = [word for word in holding if len(word) >= LETTERS and beginnings[word[:LETTERS]] == 1]
    return (
        min(apart, key=lambda word: (abs(holding[word] - RARE), word)),
        min(apart, key=lambda word: (abs(holding[word] - size // 2), word)),
    )


# --- Measuring.


def milliseconds(calls: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """The CPU time of each call in every round; in each all are measured one after the other."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    repeats = {}
    for name, call in calls.items():
        repeats[name] = max(1, min(50, int(0.05 / max(_seconds(call, 1), 1e-6))))
    for _round in range(rounds):
        for name, call in calls.items():
            times[name].append(_seconds(call, repeats[name]) * 1000)
    return times


def _seconds(call: Callable[[], object], repeats: int) -> float:
    start = time.process_time()
    for _repeat in range(repeats):
        call()
    return (time.process_time() - start) / repeats


class Plain:
    """Y2: SQLite's own full-text index and the texts themselves, in memory and not sealed."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.database = sqlite3.connect(":memory:")
        self.database.execute("CREATE VIRTUAL TABLE found USING fts5(text, content='', tokenize='porter unicode61 remove_diacritics 2')")
        self.database.execute("CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT)")
        self.database.executemany("INSERT INTO found (rowid, text) VALUES (?, ?)", enumerate(texts, 1))
        self.database.executemany("INSERT INTO texts VALUES (?, ?)", enumerate(texts, 1))

    def find(self, word: str, *, by_rank: bool = False) -> int:
        """Find a page of texts and make their excerpts. Returns how many there are altogether."""
        from journal.finding.index import marks, queries

        [(total,)] = self.database.execute("SELECT count(*) FROM found WHERE found MATCH ?", [word])
        order = "rank" if by_rank else "rowid DESC"
        ids = self.database.execute(f"SELECT rowid FROM found WHERE found MATCH ? ORDER BY {order} LIMIT {PER_PAGE}", [word])  # noqa: S608
        rows = [self.database.execute("SELECT text FROM texts WHERE id = ?", row).fetchone() for row in ids.fetchall()]
        query = queries.read(word)
        for (text,) in rows:
            marks.excerpt(text, query)
        return int(total)


def open_and_scan(author: "User", word: str) -> int:
    """Y3: open every entry and look into it, as cheaply as can be; make the excerpts of the first page. Returns how many it finds."""
    from accounts.keys import keyring
    from journal.finding.index import marks, queries
    from journal.models import Entry

    with keyring.cached():
        contents = Entry.objects.by(author).not_deleted().newest_first().opened(_text, "content", owner=author.pk)
        found = [text for text in contents if word in text.lower()]
    query = queries.read(word)
    for text in found[:PER_PAGE]:
        marks.excerpt(text, query)
    return len(found)


def _text(content: "EntryContent") -> str:
    return content.text


def search(author: "User", word: str, *, is_cold: bool = False, by_rank: bool = False) -> int:
    """The search itself, as a request does it. `is_cold`: with no index that was opened before. Returns how many there are."""
    from accounts.keys import keyring
    from journal.finding.filters import Filters
    from journal.finding.index import memory
    from journal.finding.search import Order, find

    if is_cold:
        memory.clear()
    with keyring.cached():
        return find(author, word, Filters(), order=Order.BEST if by_rank else Order.NEWEST).total


def figures(size: int, rare: str, common: str) -> None:
    """Build the index of this journal, search it in every way in turn with the yardsticks, and print what that took."""
    from accounts.keys import keyring
    from accounts.models import User
    from journal.models import Entry, SearchIndex

    author = User.objects.get(email=address(size))
    found: dict[str, object] = {"slice": max(_build(author, is_awaited=True)) * 1000}
    found["build"] = sum(_build(author, is_awaited=False)) / size * 1_000_000
    with keyring.cached():
        texts = list(Entry.objects.by(author).order_by("night", "pk").opened(_text, "content", owner=author.pk))
        found["share"] = sum(len(index.data.data) for index in SearchIndex.objects.by(author)) / sum(len(text.encode()) for text in texts)
    plain = Plain(texts)
    del texts
    for word in (rare, common):
        totals = {plain.find(word), search(author, word)}
        if len(totals) > 1:
            raise RuntimeError(f"{word}: FTS5 and the search find different numbers of entries, {totals}")
    found["hits"] = {"rare": search(author, rare), "common": search(author, common)}
    ways: dict[str, Callable[..., object]] = {
        "": partial(search, author),
        " cold": partial(search, author, is_cold=True),
        " by rank": partial(search, author, by_rank=True),
        " Y2": plain.find,
        " Y2 by rank": partial(plain.find, by_rank=True),
        " Y3": partial(open_and_scan, author),
    }
    calls: dict[str, Callable[[], object]] = {
        f"{kind}{name}": partial(way, word) for kind, word in (("rare", rare), ("common", common)) for name, way in ways.items()
    }
    found["times"] = milliseconds(calls, ROUNDS if size < MANY else 3)
    found["tail"] = _tail(author, size, rare)
    print(json.dumps(found))


def _build(author: "User", *, is_awaited: bool) -> list[float]:
    """Seconds of CPU time of each slice in which the index is made from nothing: as by the clock, or while somebody searches."""
    from accounts.keys import keyring
    from journal.finding.index import building, memory

    slices, is_ready = list[float](), False
    with keyring.cached():
        building.start_anew(author)
        while not is_ready:
            start = time.process_time()
            is_ready = not building.advance(author, is_awaited=is_awaited)
            slices.append(time.process_time() - start)
    memory.clear()
    return slices


def _tail(author: "User", size: int, word: str) -> dict[str, list[float]]:
    """The same search with as many entries that no index knows as a search looks through, in turn with none; in milliseconds.

    One of them was saved a moment ago and holds the word: it has to be found.
    """
    from journal.finding.index.building import TAIL
    from journal.models import Entry

    entries = Entry.objects.by(author)
    newest = list(entries.newest_first().values_list("pk", flat=True)[:TAIL])
    times: dict[str, list[float]] = {"without": [], "with": []}
    before = search(author, word)
    for _round in range(ROUNDS):
        for name, is_unindexed in (("without", False), ("with", True)):
            entries.filter(pk__in=newest).update(is_unindexed=is_unindexed)
            if search(author, word) != before:
                raise RuntimeError("what was just saved is not found, or twice")
            times[name].append(_seconds(partial(search, author, word), 5) * 1000)
    entries.filter(pk__in=newest).update(is_unindexed=False)
    return times


def memory(other: int, size: int, word: str) -> None:
    """Print the MiB that an opened index takes, in a process that has searched another journal before."""
    from accounts.models import User

    authors = [User.objects.get(email=address(number)) for number in (other, size)]
    search(authors[0], word)
    gc.collect()
    before = _resident()
    search(authors[1], word)
    print(json.dumps(_resident() - before))


def _resident() -> float:
    return float(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # type: ignore[index]
