"""A worker with a kind of job of its own, in a process: `python -m tests.system.workers.worker start N` or `… work DIARY`.

Each job writes a line to the diary when it begins and one when it ends. What a killed worker held counts as lost after a moment.
"""

import datetime as dt
import os
import sys
import time
from pathlib import Path

import django

django.setup()

from common.values import Values
from journal import jobs
from journal.jobs import Progress
from journal.models import Job, JobReport
from operations import worker
from tests.factories import make_user

STEPS = 12


def start(number: int) -> None:
    """Start a job for each of so many new people."""
    for each in range(number):
        jobs.start(make_user(email=f"parent-{each}@example.org"), Job.Kind.EXPORT, {})


def work(diary: Path) -> None:
    def note(word: str, job: Job) -> None:
        with diary.open("a") as lines:
            lines.write(f"{word} {job.pk} {os.getpid()}\n")

    @jobs.work(Job.Kind.EXPORT)
    def do(job: Job, progress: Progress) -> Values:
        note("began", job)
        progress.begin(STEPS)
        for _ in range(STEPS):
            time.sleep(0.02)
            progress.advance()
        return {}

    end = jobs._end

    def end_and_note(job: Job, state: Job.State, report: JobReport) -> bool:
        """What a diary says has ended is stored."""
        is_done = end(job, state, report)
        if is_done and state == Job.State.DONE:
            note("ended", job)
        return is_done

    jobs._end = end_and_note

    jobs.LOST_AFTER = dt.timedelta(seconds=1.5)
    worker.LOST_EVERY = worker.LOOK_EVERY = 0.1
    worker.run_forever()


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start(int(sys.argv[2]))
    else:
        work(Path(sys.argv[2]))
