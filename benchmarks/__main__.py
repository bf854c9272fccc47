"""How fast Nightlight is, beside its goals: `make bench`. docs/performance.md says what is measured, and how to read it.

The site is a temporary installation behind the real server, and its people are invented. Nothing is asserted. What answers
with anything but the page ends the run, since nothing can be said of it.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import crowds, exchange, goals, importing, journals, memory, pages, report, rows, search, starting, table, wire
from benchmarks.browser import UnexpectedAnswer
from benchmarks.site import end_with_servers, site, yardstick
from tests.installation import ROOT, manage

ENTRIES = 10_000
DEEP = 100_000
SEARCHED = [1_000, 10_000]
PARTS = {
    "pages": "one client: each page and act",
    "shares": "16 clients that read, beside the yardstick",
    "saves": "16 clients that save",
    "clients": "a counselor's page of 200 clients",
    "memory": "what all processes hold, fresh and used",
    "start": "`make run` again",
    "wire": "requests and bytes of a first visit",
    "rows": "reading and opening a whole journal",
    "exchange": "taking a whole journal away, and bringing it back",
    "importing": "taking in the journal of another program",
    "search": f"searching journals of {' and '.join(f'{size:,}' for size in SEARCHED)} entries",
    "deep": f"a deep page at {DEEP:,} entries; left out unless it is named, since filling takes a minute",
    "deep-search": f"searching as well at {DEEP:,} entries; left out unless it is named: `make bench-search`",
}
MEASURED = [part for part in PARTS if part not in {"deep", "deep-search"}]


def arguments() -> argparse.Namespace:
    parts = "\n".join(f"  {name:<13}{text}" for name, text in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=…", description=f"The parts:\n{parts}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("entries", type=int, nargs="?", default=ENTRIES, help="of the journal that is measured (%(default)s)")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART", help="measure this part; several may be named")
    parser.add_argument("--deep", action="store_true", help=f"measure journals of {DEEP:,} entries as well")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the values into the table of this document, too")
    chosen = parser.parse_args()
    if chosen.entries < 100:
        parser.error("a journal of fewer than 100 entries has no pages to measure")
    return chosen


def prepare(data: Path) -> None:
    prepared = manage(data, "prepare")
    if prepared.returncode:
        raise RuntimeError(prepared.stderr)


def measure_searching(data: Path, sizes: list[int]) -> None:
    """An installation of its own: its journals have texts in which there is something to search for."""
    prepare(data)
    search.measure(data, sizes)


def measure(data: Path, entries: int, parts: set[str]) -> None:
    prepare(data)
    began = time.perf_counter()
    made = journals.make(data, entries, DEEP if "deep" in parts else 0)
    print(
        f"{entries:,} entries of {journals.TEXT_LENGTH:,} characters, among {journals.PEOPLE} people: {time.perf_counter() - began:.0f} s"
    )
    if "start" in parts:
        starting.measure(data, made)
    if "memory" in parts:
        with site(data) as (port, pid):
            memory.measure(port, pid, made)
    if parts & {"pages", "shares", "saves", "wire", "deep"}:
        with site(data) as (port, _pid):
            measure_served(port, made, parts)
    if "rows" in parts:
        rows.measure(data)
    if "exchange" in parts:
        exchange.measure(data, entries)
    if "importing" in parts:
        importing.measure(data, entries)


def measure_served(port: int, made: journals.Journals, parts: set[str]) -> None:
    if parts & {"pages", "shares"}:
        with yardstick() as bare:
            if "pages" in parts:
                pages.measure(port, bare, made)
            if "shares" in parts:
                crowds.measure_shares(port, bare, made)
    if "saves" in parts:
        crowds.measure_saving(port, made)
    if "wire" in parts:
        wire.measure(port, made)
    if "deep" in parts:
        pages.measure_depth(port, made)


def measure_clients() -> None:
    """The counselor's pages have an installation and a table of their own; its first line is the page of all clients."""
    result = subprocess.run([sys.executable, "-m", "benchmarks.clients"], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(result.stderr)
    table.header("A counselor with 200 clients (in process)")
    line = next((line for line in result.stdout.splitlines() if line.startswith("clients  ")), "")
    try:
        _queries, _in_sql, milliseconds, *_kilobytes = line.removeprefix("clients").split()
        table.row(goals.CLIENTS, float(milliseconds))
    except ValueError:
        table.note("not found among what benchmarks.clients printed:")
    for printed in result.stdout.splitlines():
        table.note(printed)


def main() -> int:
    chosen = arguments()
    parts = set(chosen.only or MEASURED) | ({"deep", "deep-search"} if chosen.deep else set())
    began = time.perf_counter()
    end_with_servers()
    print(table.machine())
    try:
        with tempfile.TemporaryDirectory() as folder:
            if parts - {"clients", "search", "deep-search"}:
                measure(Path(folder) / "data", chosen.entries, parts)
            if parts & {"search", "deep-search"}:
                measure_searching(Path(folder) / "searched", [*SEARCHED, *([DEEP] if "deep-search" in parts else [])])
        if "clients" in parts:
            measure_clients()
    except UnexpectedAnswer as error:
        print(f"\nStopped: {error}", file=sys.stderr)
        return 1
    if chosen.report:
        report.write(chosen.report, table.RESULTS)
    print(f"\nLists beside those of others: make bench-peers. All this took {time.perf_counter() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
