"""The worker: it does what waits to be done in the background. Any number of them share one database."""

import logging
import signal
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import ClassVar, NoReturn

from django.db import Error, close_old_connections, connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from journal import jobs
from journal.models import Job

logger = logging.getLogger("nightlight.worker")

LOOK_EVERY = 1.0  # seconds between two looks for work
LOST_EVERY = 20.0  # seconds between two looks for jobs whose worker was killed
BEAT_EVERY = 5.0  # seconds between two signs of life
RETRY_AFTER = 10.0  # seconds, while the database cannot be used

STOP_JOB = signal.SIGUSR1


class Ended(BaseException):
    """SIGTERM or SIGINT came."""


_ending = threading.Event()


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """Signal handler: end at once; a second signal does not interrupt that."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    _ending.set()
    raise Ended


class Watch(threading.Thread):
    """Says every few seconds that the job under way lives, also while it is busy in a library, and stops it once it is to stop."""

    current: ClassVar["Watch | None"] = None

    def __init__(self, job: Job) -> None:
        super().__init__(name="watch", daemon=True)
        self.job = job
        self.is_over = threading.Event()

    def run(self) -> None:
        try:
            while not self.is_over.wait(BEAT_EVERY):
                with suppress(Error):  # the job itself will notice
                    if not jobs.beat(self.job):
                        signal.pthread_kill(threading.main_thread().ident or 0, STOP_JOB)
        finally:
            connections.close_all()

    def __enter__(self) -> None:
        Watch.current = self
        self.start()

    def __exit__(self, *error: object) -> None:
        Watch.current = None
        self.is_over.set()
        self.join()


def _stop_job(number: int, frame: FrameType | None) -> None:
    """Signal handler: stop the job under way, if there is one."""
    if Watch.current is not None:
        Watch.current = None  # once
        raise jobs.Stopped


def run_forever(*, ends_after_work: bool = False) -> None:
    """Work until SIGTERM or SIGINT; what is under way then is put back for another worker. Survives a database that is unavailable.

    `ends_after_work`: return once something was done and nothing waits any more. What a large job took of memory ends with the process.
    """
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, _end)
    signal.signal(STOP_JOB, _stop_job)
    jobs.watched_by(Watch)
    looked_for_lost = -LOST_EVERY
    try:
        while True:
            wait = LOOK_EVERY
            try:
                if time.monotonic() - looked_for_lost >= LOST_EVERY:
                    jobs.queue_lost(timezone.now())
                    looked_for_lost = time.monotonic()
                if run_waiting() and ends_after_work:
                    return
            except Error as error:
                logger.error("The worker cannot use the database (%s) and tries again in %g s.", type(error).__name__, RETRY_AFTER)
                wait = RETRY_AFTER
            close_old_connections()
            time.sleep(wait)
    except Ended:
        raise SystemExit from None
    finally:
        connections.close_all()


def run_waiting() -> int:
    """Do what waits, a task at a time; returns how many were done. Raises a database error where the queue cannot be read."""
    done = 0
    while DBTaskResult.objects.ready().exists():  # looked for first: taking a task locks an SQLite database for a moment
        _queue().run()
        if _ending.is_set():  # the queue takes whatever ends a task for its result
            raise Ended
        done += 1
    if done:
        DBTaskResult.objects.finished().delete()  # what came of it is in the job
    return done


def _queue() -> Worker:
    """The library's worker, which takes a single task."""
    return Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id=get_random_string(32),
    )
