"""What the site holds in memory: the proportional set size of all its processes, fresh and after 10,000 requests."""

import itertools
import multiprocessing
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import goals, table
from benchmarks.browser import Browser
from benchmarks.journals import Cookies, Journals
from benchmarks.pages import Writing, reading
from tests.installation import family

REQUESTS = 10_000
CLIENTS = 16
SETTLED = 0.01  # of its size, by which memory may still change


def of(pid: int) -> dict[str, float]:
    """MiB of each process of the whole tree, by its role and number. Shared pages count in parts: the sum is what the tree takes."""
    sizes: dict[str, float] = {}
    for member in family(pid):
        try:
            found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{member}/smaps_rollup").read_text(), re.MULTILINE)
            role = "supervisor" if member == pid else Path(f"/proc/{member}/comm").read_text().strip()
        except (FileNotFoundError, ProcessLookupError):  # ended meanwhile
            continue
        sizes[f"{role} {member}"] = int(found[1]) / 1024 if found else 0
    return sizes


def settled(pid: int) -> dict[str, float]:
    """The same once it does not change any more: processes that start late have started."""
    time.sleep(5)
    before = of(pid)
    for _attempt in range(15):
        time.sleep(2)
        now = of(pid)
        if len(now) == len(before) and abs(sum(now.values()) - sum(before.values())) < SETTLED * sum(now.values()):
            break
        before = now
    return now


def measure(port: int, pid: int, journals: Journals) -> None:
    """On a site that has answered nothing yet."""
    if not Path(f"/proc/{pid}/smaps_rollup").exists():
        table.header("Memory: not measured, since this system does not tell the proportional set size of a process")
        return
    fresh = settled(pid)
    with multiprocessing.get_context("fork").Pool(CLIENTS) as pool:
        pool.starmap(_use, [(port, journals, cookies, REQUESTS // CLIENTS) for cookies in journals.writers[:CLIENTS]], 1)
    used = of(pid)
    table.header("Memory (proportional set size of all processes)")
    table.row(goals.FRESH, sum(fresh.values()))
    table.row(goals.USED, sum(used.values()))
    for name, sizes in (("fresh", fresh), ("used", used)):
        table.note(f"{name}: " + ", ".join(f"{process.split()[0]} {size:.0f}" for process, size in sorted(sizes.items())))


def _use(port: int, journals: Journals, cookies: Cookies, requests: int) -> None:
    """So many requests of one person, who reads and writes; what belongs to somebody else is read as they do."""
    own, other = Browser(port, cookies), Browser(port, journals.untouched)
    writing = Writing(own)
    writing.open_page()
    pages = reading(journals)
    mixed: list[Callable[[], object]] = [
        *(partial(other.get, path) for _cookies, path in pages.values()),
        *(partial(own.get, path) for path in ("/tonight/", "/journal/", "/journal/new/")),
        *[writing.save] * 5,
        writing.first_save,
    ]
    for act, _number in zip(itertools.cycle(mixed), range(requests - 2), strict=False):
        act()
