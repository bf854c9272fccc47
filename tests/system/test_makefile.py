"""The Makefile: two commands at once in one checkout prepare it one after the other."""

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
  *collectstatic*) mkdir -p .static; touch .static/staticfiles.json;;
esac
"""


@pytest.mark.skipif(not (shutil.which("make") and shutil.which("flock")), reason="make and flock are not both installed")
def test_run_and_demo_at_once_prepare_the_checkout_one_after_the_other(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for folder in ("requirements", "static", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "requirements/base.txt").touch()
    (tmp_path / ".venv/bin/python").write_text(STAND_IN)
    (tmp_path / ".venv/bin/python").chmod(0o700)
    (tmp_path / ".venv/.base").touch()
    os.utime(tmp_path / "requirements/base.txt", (1, 1))

    commands = [subprocess.Popen(["make", target], cwd=tmp_path, env=CLEAN, stdout=subprocess.PIPE) for target in ("run", "demo")]

    assert [command.communicate() and command.returncode for command in commands] == [0, 0]
    assert (tmp_path / "log").read_text().split() == ["begins", "ends"] * 2
