"""The Makefile: what is up to date is left alone, and two commands at once prepare a checkout one after the other."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.installation import CLEAN, ROOT

# Stands in for Python: what takes time on a fresh clone takes a moment here, and says when it begins and ends.
STAND_IN = """#!/bin/sh
case "$*" in
  *compileall*) echo begins >> log; sleep 0.3; echo ends >> log;;
  *collectstatic*) echo collects >> collected; mkdir -p .static; touch .static/staticfiles.json;;
esac
"""
SOURCES = ("requirements/base.txt", "journal/apps.py", "config/joining.py", "config/static.py", "static/css/base.css", "static/css/old.css")

pytestmark = pytest.mark.skipif(not (shutil.which("make") and shutil.which("flock")), reason="make and flock are not both installed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose Python only says what it was asked for."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    for folder in ("requirements", "static/css", "config", "journal", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    for name in SOURCES:
        (tmp_path / name).touch()
    (tmp_path / ".venv/bin/python").write_text(STAND_IN)
    (tmp_path / ".venv/bin/python").chmod(0o700)
    (tmp_path / ".venv/.base").touch()
    for name in (*SOURCES, "static/css", "static"):
        os.utime(tmp_path / name, (1, 1))
    return tmp_path


def test_run_and_demo_at_once_prepare_the_checkout_one_after_the_other(checkout: Path) -> None:
    commands = [subprocess.Popen(["make", target], cwd=checkout, env=CLEAN, stdout=subprocess.PIPE) for target in ("run", "demo")]

    assert [command.communicate() and command.returncode for command in commands] == [0, 0]
    assert (checkout / "log").read_text().split() == ["begins", "ends"], "who waited found everything ready"


def test_run_compiles_again_only_what_has_changed(checkout: Path) -> None:
    def compiled() -> int:
        subprocess.run(["make", "run"], cwd=checkout, env=CLEAN, check=True, capture_output=True)
        return (checkout / "log").read_text().count("begins")

    assert [compiled(), compiled()] == [1, 1]
    os.utime(checkout / "journal/apps.py")
    assert [compiled(), compiled()] == [2, 2]


@pytest.mark.parametrize("name", ["static/css/base.css", "config/joining.py", "config/static.py", "static/css/old.css"])
def test_run_collects_static_files_again_when_one_is_changed_or_taken_away_or_joined_otherwise(checkout: Path, name: str) -> None:
    def collected() -> int:
        subprocess.run(["make", "run"], cwd=checkout, env=CLEAN, check=True, capture_output=True)
        return (checkout / "collected").read_text().count("collects")

    assert [collected(), collected()] == [1, 1]
    if name == "static/css/old.css":
        (checkout / name).unlink()
    else:
        os.utime(checkout / name)
    assert [collected(), collected()] == [2, 2]
