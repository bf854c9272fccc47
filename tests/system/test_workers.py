"""Several workers on one database, one of which is killed: each job ends once, and none is lost."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests import postgres
from tests.installation import CLEAN, ROOT, manage, wait_until

pytestmark = pytest.mark.processes

JOBS = 24


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()
        process.wait()


def three_workers_of_which_one_is_killed(data: Path, **env: str) -> None:
    assert manage(data, "prepare", **env).returncode == 0
    diary = data / "diary"
    diary.touch()
    settings = {**CLEAN, "NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings", **env}
    script = [sys.executable, "-m", "tests.system.workers.worker"]
    subprocess.run([*script, "start", str(JOBS)], cwd=ROOT, env=settings, check=True)

    def lines(word: str) -> list[tuple[str, str]]:
        return [(job, pid) for each in diary.read_text().splitlines() for said, job, pid in [each.split(" ")] if said == word]

    with ExitStack() as stack:
        workers = [subprocess.Popen([*script, "work", str(diary)], cwd=ROOT, env=settings) for _ in range(3)]
        for process in workers:
            stack.enter_context(ended(process))
        wait_until(lambda: {pid for _job, pid in lines("began")} == {str(process.pid) for process in workers})
        killed, asked, last = workers
        os.kill(killed.pid, signal.SIGKILL)
        asked.terminate()
        assert asked.wait(10) == 0, "it puts back what it had under way"
        wait_until(lambda: len({job for job, _pid in lines("ended")}) == JOBS, seconds=40)
        last.terminate()
        assert last.wait(10) == 0

    times = Counter(job for job, _pid in lines("ended"))
    assert set(times.values()) == {1}, "a job ends once, however many workers there are"
    begun = Counter(job for job, _pid in lines("began"))
    assert sum(begun.values()) <= JOBS + 2, "only what the two had under way was begun anew"
    done = "from journal.models import Job; print(sorted(set(Job.objects.values_list('state', flat=True))))"
    assert "['done']" in manage(data, "shell", "-v", "0", "-c", done, **env).stdout


def test_on_sqlite(tmp_path: Path) -> None:
    three_workers_of_which_one_is_killed(tmp_path / "data")


@pytest.mark.postgres
@pytest.mark.skipif(postgres.binaries() is None, reason=postgres.MISSING)
def test_on_postgres(tmp_path: Path) -> None:
    with postgres.server() as url:
        three_workers_of_which_one_is_killed(tmp_path / "data", DATABASE_URL=url)
