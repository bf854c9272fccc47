"""Our list in turn with those of linkding, healthchecks and Journiv: `make bench-peers`.

Each is named by an environment variable, as a checkout with its requirements installed in `.venv`:

    LINKDING=~/linkding HEALTHCHECKS=~/healthchecks JOURNIV=~/journiv make bench-peers

What is missing is left out, and said. Figures are to be read: nothing is asserted.
"""

import argparse
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import goals, journals, report, table
from benchmarks.browser import Browser, UnexpectedAnswer
from benchmarks.pages import in_turn, ratio
from benchmarks.peers import healthchecks, journiv, linkding
from benchmarks.peers.checkouts import CannotRun
from benchmarks.site import end_with_servers, site
from tests.installation import manage

PEERS = {"linkding": linkding, "healthchecks": healthchecks, "journiv": journiv}
ENTRIES = 10_000


def measure(folder: Path, entries: int, checkouts: dict[str, Path]) -> None:
    data = folder / "data"
    prepared = manage(data, "prepare")
    if prepared.returncode:
        raise RuntimeError(prepared.stderr)
    made = journals.make(data, entries)
    text = journals.text(1)
    with site(data) as (port, _pid), ExitStack() as servers:
        ours = Browser(port, made.untouched)
        calls = {"ours": partial(ours.get, "/journal/")}
        for name, origin in checkouts.items():
            try:
                theirs = servers.enter_context(PEERS[name].running(origin, folder, entries, text))
                theirs.browser.get(theirs.path)
            except (CannotRun, OSError, UnexpectedAnswer) as error:
                print(f"  {name}: installed, but it does not run: {error}")
                continue
            calls[name] = partial(theirs.browser.get, theirs.path)
        times = in_turn(calls)
        sizes = {name: len(call().body) for name, call in calls.items()}
    table.header(f"Lists of 30 from {entries:,}, one client, signed in, taken in turn")
    for name in calls:
        if name in goals.PEERS:
            table.row(goals.PEERS[name], ratio(times[name], times["ours"]))
    for name in calls:
        compared = PEERS[name].COMPARED if name in PEERS else "the timeline's first page of 30 entries; granian, 2 workers, as we ship it"
        table.note(f"{name}: {statistics.median(times[name]):.1f} ms, {sizes[name] / 1000:.0f} kB on the wire: {compared}")
    table.note(table.noise("ours", times["ours"], "ms"))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make bench-peers ARGS=…", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("entries", type=int, nargs="?", default=ENTRIES, help="of each list (%(default)s)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the values into the table of this document, too")
    chosen = parser.parse_args()
    end_with_servers()
    print(table.machine())
    checkouts = {}
    for name in PEERS:
        place = os.environ.get(name.upper(), "")
        if place and Path(place).expanduser().is_dir():
            checkouts[name] = Path(place).expanduser()
        else:
            print(f"  {name}: missing. Set {name.upper()} to a checkout" + (f"; {place} is no folder." if place else "."))
    if checkouts:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), chosen.entries, checkouts)
    if chosen.report:
        report.write(chosen.report, table.RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
