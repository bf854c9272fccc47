"""The table in docs/performance.md: `--report docs/performance.md` writes what a run measured into it."""

import re
from collections.abc import Mapping
from pathlib import Path

from benchmarks import table
from benchmarks.goals import ALL, Goal

BLOCK = re.compile(r"(?<=<!-- bench: begin -->\n).*?(?=<!-- bench: end -->)", re.DOTALL)
NOT_MEASURED = "not measured yet"


def write(document: Path, results: Mapping[str, float]) -> None:
    """What was not measured in this run stays as it is."""
    document.write_text(updated(document.read_text(encoding="utf-8"), results), encoding="utf-8")


def updated(text: str, results: Mapping[str, float]) -> str:
    """The document's text with these results in its table, by the names of their goals."""
    block = BLOCK.search(text)
    assert block is not None, "the document has no place for the table"
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block[0].splitlines()]
    before = {cells[0]: (cells[3], cells[4]) for cells in rows[2:] if len(cells) == 5}
    lines = ["| | must | aim | measured | reached |", "|---|---|---|---|---|"]
    for goal in ALL:
        measured, reached = before.get(goal.name, (NOT_MEASURED, ""))
        if goal.name in results:
            measured, reached = _with_unit(goal, results[goal.name]), goal.reached(results[goal.name])
        lines.append(f"| {goal.name} | {_with_unit(goal, goal.must)} | {_with_unit(goal, goal.aim)} | {measured} | {reached} |")
    return BLOCK.sub(lambda _match: "\n".join(lines) + "\n", text)


def _with_unit(goal: Goal, value: float | None) -> str:
    return "" if value is None else f"{table.number(value)} {goal.unit}".strip()
