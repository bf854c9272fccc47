"""16 clients at once: requests a second, and how long the slowest take.

They are processes of their own, or for reading wrk, a client in C, where it is installed: it leaves more of the machine to
the server, as a network would. Y1 is measured with the same client.
"""

import math
import multiprocessing
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks import goals, table
from benchmarks.browser import HEADERS, PAGE, Browser, UnexpectedAnswer
from benchmarks.journals import Cookies, Journals
from benchmarks.pages import ROUNDS, Writing, ratio, reading

CLIENTS = 16
SECONDS = 1  # of reading one page in a round
SAVING_SECONDS = 3.0
WRK = shutil.which("wrk")


@dataclass(frozen=True, slots=True)
class Rate:
    """What the clients of one round saw."""

    per_second: float
    slowest: float  # milliseconds within which 99 of 100 requests were answered


def measure_shares(port: int, yardstick: int, journals: Journals) -> None:
    pages = {name: place for name, place in reading(journals).items() if name in goals.SHARES}
    addresses = {"floor": (journals.untouched, "/healthz"), **pages}
    rates: dict[str, list[float]] = {name: [] for name in ("yardstick", *addresses)}
    for _round in range(ROUNDS):
        rates["yardstick"].append(_read(yardstick, "/", {}))
        for name, (cookies, path) in addresses.items():
            rates[name].append(_read(port, path, cookies))
    client = "wrk" if WRK else "processes in Python, which take as much of the machine as Y1 does: install wrk for shares to compare"
    table.header(f"{CLIENTS} clients read ({client})")
    for name, goal in goals.SHARES.items():
        table.row(goal, ratio(rates[name], rates["yardstick"]))
    table.note(table.noise("Y1", rates["yardstick"], "requests/s"))
    table.note("; ".join(f"{name} {statistics.median(rates[name]):.0f}/s" for name in addresses))


def measure_saving(port: int, journals: Journals) -> None:
    """Each client is another person, who goes on typing on a page of their own."""
    rounds = [_save(port, journals.writers[:CLIENTS]) for _round in range(ROUNDS)]
    table.header(f"{CLIENTS} clients save (processes in Python)")
    table.row(goals.SAVES, statistics.median(rate.per_second for rate in rounds))
    table.row(goals.SLOWEST_SAVES, statistics.median(rate.slowest for rate in rounds))
    table.note("rounds: " + ", ".join(f"{rate.per_second:.0f}/s ({rate.slowest:.0f} ms)" for rate in rounds))


def _read(port: int, path: str, cookies: Cookies) -> float:
    """Requests a second of clients that read one page again and again."""
    Browser(port, cookies).get(path)  # it has to be there
    if WRK is None:
        return at_once([(_reader, (port, path, cookies))] * CLIENTS, SECONDS).per_second
    lines = [*HEADERS.strip().split("\r\n"), f"Accept: {PAGE}"]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    headers = [argument for line in lines for argument in ("-H", line)]
    command = [WRK, "-t2", f"-c{CLIENTS}", f"-d{SECONDS}s", *headers, f"http://127.0.0.1:{port}{path}"]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", report)
    if failed:
        raise UnexpectedAnswer(f"{path}, read by {CLIENTS} clients: {failed[0]}.")
    found = re.search(r"Requests/sec:\s+([\d.]+)", report)
    assert found is not None, report
    return float(found[1])


def _save(port: int, people: list[Cookies]) -> Rate:
    return at_once([(_writer, (port, cookies)) for cookies in people], SAVING_SECONDS)


def _reader(port: int, path: str, cookies: Cookies) -> Callable[[], object]:
    browser = Browser(port, cookies)
    browser.get(path)
    return partial(browser.get, path)


def _writer(port: int, cookies: Cookies) -> Callable[[], object]:
    writing = Writing(Browser(port, cookies))
    writing.open_page()
    writing.save()
    return writing.save


# --- Processes that begin and end together.

type Client = tuple[Callable[..., Callable[[], object]], tuple[object, ...]]


def at_once(clients: list[Client], seconds: float) -> Rate:
    """Each client's function returns what it then does again and again, in a process of its own."""
    start = time.monotonic() + 1.0
    with multiprocessing.get_context("fork").Pool(len(clients)) as pool:
        latencies = [
            latency
            for one in pool.starmap(_again_and_again, [(client, start, start + seconds) for client in clients], 1)
            for latency in one
        ]
    latencies.sort()
    return Rate(len(latencies) / seconds, latencies[math.ceil(len(latencies) * 0.99) - 1] * 1000)


def _again_and_again(client: Client, start: float, end: float) -> list[float]:
    prepare, arguments = client
    act = prepare(*arguments)
    time.sleep(max(start - time.monotonic(), 0))
    latencies = []
    began = time.monotonic()
    while began < end:
        act()
        now = time.monotonic()
        latencies.append(now - began)
        began = now
    return latencies
