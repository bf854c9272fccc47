"""The goals of speed are written once, in benchmarks/goals.py: the document's table is made from them."""

from pathlib import Path

import pytest

from benchmarks import goals, report
from benchmarks.goals import Goal

DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"


def test_the_document_has_the_goals_of_the_benchmark() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert report.updated(text, {}) == text


def test_a_report_keeps_what_a_run_did_not_measure() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    once = report.updated(text, {goals.FLOOR.name: 1.2, goals.SAVES.name: 360})
    twice = report.updated(once, {goals.FLOOR.name: 0.9})

    assert f"| {goals.FLOOR.name} | 1.4 ms | 1 ms | 1.2 ms | must |" in once
    assert f"| {goals.FLOOR.name} | 1.4 ms | 1 ms | 0.9 ms | aim |" in twice
    assert f"| {goals.SAVES.name} | 260 /s | 350 /s | 360 /s | aim |" in twice


@pytest.mark.parametrize("goal", goals.ALL, ids=lambda goal: goal.name)
def test_what_is_aimed_at_is_better_than_what_must_be_reached(goal: Goal) -> None:
    assert goal.must is not None
    assert goal.aim is not None
    assert [goal.reached(value) for value in (goal.aim, goal.must)] == ["aim", "must"]
    assert goal.reached(goal.must * (0.9 if goal.more_is_better else 1.1)) == "missed"
    assert goal.share_of_must(goal.must) == 1
