"""The benchmark goes on filling an installation as the models change, and prints values beside their goals."""

import re
import subprocess
import sys

import pytest

from tests.installation import CLEAN, ROOT


@pytest.mark.processes
def test_a_part_is_measured_and_printed_beside_its_goal() -> None:
    command = [sys.executable, "-m", "benchmarks", "100", "--only", "rows"]
    result = subprocess.run(command, cwd=ROOT, env=CLEAN, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")
    assert "100 entries of 2,000 characters, among 200 people" in result.stdout
    assert re.search(r"read and open all entries: a row +[\d.,]+ µs +25 +15 +[\d.]+ +(aim|must|missed)\n", result.stdout)
