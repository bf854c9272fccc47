"""How results are printed: the table, and how noisy the machine was while they were measured."""

import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.goals import Goal

RESULTS: dict[str, float] = {}  # of this run, by the names of goals
QUIET = 0.10  # the spread of a yardstick over the rounds up to which milliseconds can be compared with others


def header(text: str) -> None:
    print(f"\n{text}")
    print(f"  {'':<42}{'value':>10}{'must':>8}{'aim':>8}{'÷ must':>8}{'÷ Y5':>7}  reached")


def row(goal: Goal, value: float, floors: float | None = None) -> None:
    """One line; `floors` is the value as a multiple of the floor that was measured in turn with it."""
    RESULTS[goal.name] = value
    share = goal.share_of_must(value)
    cells = (
        f"{number(value)} {goal.unit}".strip(),
        number(goal.must) if goal.must is not None else "",
        number(goal.aim) if goal.aim is not None else "",
        f"{share:.2f}" if share is not None else "",
        f"{floors:.1f}" if floors is not None else "",
    )
    print(f"  {goal.name:<42}{cells[0]:>10}{cells[1]:>8}{cells[2]:>8}{cells[3]:>8}{cells[4]:>7}  {goal.reached(value)}", flush=True)


def note(text: str) -> None:
    print(f"  {text}", flush=True)


def number(value: float) -> str:
    """Three digits of it, or all before the point."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}" if value >= 20 else f"{value:.3g}"


def machine() -> str:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False).stdout.strip()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{commit or 'no commit'} on {os.cpu_count()} cores ({model}), Python {platform.python_version()}{load}"


def noise(name: str, rounds: Sequence[float], unit: str) -> str:
    """How much a yardstick, whose work is the same in every round, differed between them."""
    spread = (max(rounds) - min(rounds)) / statistics.median(rounds)
    verdict = "quiet" if spread <= QUIET else "noisy: trust ratios, and repeat the run before milliseconds are compared"
    return f"{name} over {len(rounds)} rounds: {number(min(rounds))} to {number(max(rounds))} {unit}, a spread of {spread:.0%} ({verdict})"
