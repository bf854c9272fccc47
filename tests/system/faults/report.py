"""The results of the runs of each fault: a table at the end of the tests, which `make soak-faults` writes to docs/reliability.md."""

import datetime as dt
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

RUNS = int(os.environ.get("FAULT_RUNS", "0"))  # of each fault; 0 for one of each with short waits, as in `make test-all`
THOROUGH = RUNS > 0
PROPERTY = "fault"

# As the table lists them. Each is the argument of a test's mark `faults`.
FAULTS = (
    "server killed (SIGKILL) while saving",
    "server killed between write and answer",
    "database locked for 10 s",
    "disk full",
    "network cut while typing and back after a minute",
    "network back only after the browser was closed and reopened",
    "browser killed (SIGKILL)",
    "tab closed while a save is under way",
    "session expired",
    "password changed elsewhere",
    "two tabs typing at once",
    "two browsers",
    "stale tab after a week",
    "clock change at night",
    "the night boundary",
    "double click on *done*",
    "the same save sent five times",
    "saves arriving out of order",
    "JavaScript off and the session expired",
    "sign-out with unsent text",
)
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


@dataclass(frozen=True, slots=True)
class Loss:
    """Characters typed and kept in one run, and how many seconds before the fault the first lost one had been typed."""

    typed: int
    kept: int
    seconds: float

    def __add__(self, other: "Loss") -> "Loss":
        return Loss(self.typed + other.typed, self.kept + other.kept, max(self.seconds, other.seconds))


@dataclass(frozen=True, slots=True)
class Row:
    """The line of one fault in the table."""

    fault: str
    runs: int
    typed: int
    kept: int
    worst_characters: int
    worst_seconds: float

    @property
    def worst(self) -> str:
        return f"{self.worst_characters} characters, {self.worst_seconds:.2f} s" if self.worst_characters else "nothing"


def record(request: pytest.FixtureRequest, fault: str, loss: Loss) -> None:
    request.node.user_properties.append((PROPERTY, {"name": fault, **asdict(loss)}))


def rows(reports: Iterable[pytest.TestReport]) -> list[Row]:
    runs: dict[str, list[Loss]] = {}
    for report in reports:
        for name, summary in report.user_properties:
            if name == PROPERTY and report.when == "call" and isinstance(summary, dict):
                runs.setdefault(summary["name"], []).append(Loss(summary["typed"], summary["kept"], summary["seconds"]))
    return [
        Row(
            fault=fault,
            runs=len(losses),
            typed=sum(loss.typed for loss in losses),
            kept=sum(loss.kept for loss in losses),
            worst_characters=max(loss.typed - loss.kept for loss in losses),
            worst_seconds=max(loss.seconds for loss in losses),
        )
        for fault, losses in sorted(runs.items(), key=lambda run: FAULTS.index(run[0]))
    ]


def table(measured: list[Row]) -> str:
    lines = [f"| {row.fault} | {row.runs} | {row.typed:,} | {row.kept:,} | {row.worst} |" for row in measured]
    return "\n".join(["| fault | runs | characters typed | characters kept | worst loss |", "|---|---|---|---|---|", *lines])


def machine() -> str:
    processor = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
        platform.machine(),
    )
    return f"{os.cpu_count()} × {processor}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def write(document: Path, measured: list[Row]) -> None:
    """Replace the table between the marks in the document."""
    text = document.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    today = dt.datetime.now(dt.UTC).date()
    summary = f"`make soak-faults RUNS={RUNS}` on {today}; {machine()}."
    document.write_text(f"{before}{BEGIN}\n{summary}\n\n{table(measured)}\n{END}{after}", encoding="utf-8")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    measured = rows(terminalreporter.stats.get("passed", []))
    if not measured:
        return
    terminalreporter.section("what the faults cost")
    terminalreporter.write_line(table(measured))
    document = os.environ.get("FAULT_REPORT")
    if document and exitstatus == pytest.ExitCode.OK and [row.fault for row in measured] == list(FAULTS):
        write(Path(document), measured)
        terminalreporter.write_line(f"written to {document}")
