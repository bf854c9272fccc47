"""What Lighthouse makes of the main pages on a phone: `make lighthouse`.

It runs from npm, in the version below, in the Chromium that the tests use, on a site with the demo family; nothing of it stays in
the repository. Each page is loaded a few times with an empty cache, over a slow mobile network that Lighthouse simulates; the figures are
medians, and are to be read: nothing is asserted.
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM, MISSING, QUIET
from tests.installation import Visitor, free_port, manage, running

VERSION = "12.8.2"  # the last for Node 18 and 20
RUNS = 3
CATEGORIES = ("performance", "accessibility", "best-practices")
TIMES = {"first-contentful-paint": "FCP", "largest-contentful-paint": "LCP", "total-blocking-time": "TBT"}
GOALS = "must 97 / 100 / 100; the timeline's FCP 1.3 s"


def missing() -> str:
    """What this machine lacks, and where it comes from; nothing where it lacks nothing."""
    if not CHROMIUM:
        return MISSING
    if not shutil.which("npx"):
        return "no npm was found: Lighthouse needs Node 18 or newer with npm (Debian: apt install nodejs npm)"
    return ""


def report(url: str, port: int) -> dict[str, Any]:
    """One run, in the browser that listens on this port. Raises `subprocess.CalledProcessError` where it cannot be carried out."""
    command = [
        "npx", "--yes", f"lighthouse@{VERSION}", url, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}",
        f"--port={port}", "--no-enable-error-reporting",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def reports(visitor: Visitor, path: str, *, is_signed_in: bool) -> list[dict[str, Any]]:
    """`RUNS` runs in one browser, whose caches Lighthouse empties before each; what it is signed in by stays."""
    port = free_port()
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=[*QUIET, f"--remote-debugging-port={port}"]
        )
        if is_signed_in:
            context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": visitor.site} for cookie in visitor.cookies])
        try:
            return [report(visitor.site + path, port) for _ in range(RUNS)]
        finally:
            context.close()


def pages(visitor: Visitor) -> Iterator[tuple[str, str, bool]]:
    """Name, path, and whether it is seen signed in."""
    yield "landing", "/", False
    yield "tonight", "/tonight/", True
    yield "timeline", "/journal/", True
    found = re.search(r'href="(/journal/[0-9a-f-]{36}/)"', visitor.get("/journal/"))
    assert found
    yield "an entry", found[1], True


def tell(name: str, runs: list[dict[str, Any]]) -> None:
    """Print the medians, and what was not passed."""
    scores = [round(100 * statistics.median(run["categories"][category]["score"] for run in runs)) for category in CATEGORIES]
    times = [
        f"{short} {statistics.median(run['audits'][key]['numericValue'] for run in runs) / 1000:.2f} s" for key, short in TIMES.items()
    ]
    shift = statistics.median(run["audits"]["cumulative-layout-shift"]["numericValue"] for run in runs)
    print(f"{name:10} {' / '.join(map(str, scores)):16} {', '.join(times)}, CLS {shift:.3f}", flush=True)
    audits = {
        (reference["id"], run["audits"][reference["id"]]["title"])
        for run in runs
        for category in CATEGORIES[1:]
        for reference in run["categories"][category]["auditRefs"]
        if reference["weight"] and run["audits"][reference["id"]]["score"] not in (1, None)
    }
    for _id, title in sorted(audits):
        print(f"{'':10} not passed: {title}")


def main() -> int:
    lack = missing()
    if lack:
        print(lack, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        manage(data, "prepare")
        account = next(line.split() for line in manage(data, "load_demo").stdout.splitlines() if "(parent)" in line)
        with running(data) as (visitor, _log):
            visitor.send("/accounts/login/", login=account[0], password=account[1])
            print(f"Lighthouse {VERSION}, phone, medians of {RUNS}: performance / accessibility / best practices ({GOALS})")
            try:
                for name, path, is_signed_in in pages(visitor):
                    tell(name, reports(visitor, path, is_signed_in=is_signed_in))
            except subprocess.CalledProcessError as error:
                print(
                    f"Lighthouse could not run: npm may not reach its registry, or Chromium did not start.\n{error.stderr[-2000:]}",
                    file=sys.stderr,
                )
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
