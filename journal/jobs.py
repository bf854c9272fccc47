"""Work in the background: started here, done by a worker (operations/worker.py), shown on its owner's page (journal/views/jobs.py).

    @jobs.work(Job.Kind.EXPORT)
    def export(job: Job, progress: Progress) -> Values:
        progress.begin(total)
        ...
        progress.advance()
        return {"pages": 12}  # what the page reports

A job is a row. Its task in the queue (`django.tasks`) holds the row's id and nothing else; what it works on is sealed with its owner's
key. One worker takes it, however many there are and however often it is queued. One that was interrupted is begun again from its
start: it has to be written so that this does no harm.
"""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.db import transaction
from django.db.models import F, Q
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from accounts.keys import keyring
from accounts.models import User
from accounts.people import as_read_by
from common.values import Values
from journal.models import Job, JobReport, JobRequest, SealedFile

logger = logging.getLogger("nightlight.jobs")

WRITE_EVERY = 0.5  # seconds between two notes of how far a job is
LOST_AFTER = dt.timedelta(seconds=60)  # without a sign of life
MOST_ATTEMPTS = 3
KEPT_FOR = dt.timedelta(days=7)  # after their end

type Work = Callable[[Job, "Progress"], Values]
type Watch = Callable[[Job], AbstractContextManager[object]]

_works: dict[str, Work] = {}
_watch: Watch = nullcontext


class Failed(Exception):
    """The job cannot be done. The message says why, to its owner and in their language."""


class Stopped(BaseException):
    """The job's owner stopped it, or it is another worker's by now. Not an `Exception`: nothing on the way takes it for a failure."""


def work(kind: Job.Kind) -> Callable[[Work], Work]:
    """Register the function that does jobs of this kind.

    It returns what the job's page reports, as JSON can hold it, and may set `job.file`. It runs with its owner's key held, and in their
    language and time zone. Raises `Failed` with a sentence for them; whatever else it raises is logged, and they read that it failed.
    """

    def register(function: Work) -> Work:
        _works[kind] = function
        return function

    return register


def watched_by(watch: Watch) -> None:
    """Within the context that `watch` gives for a job, this process does the job."""
    global _watch
    _watch = watch


class Progress:
    """How far a job is. Both methods raise `Stopped` where it is to go no further."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._done = self._total = 0
        self._written_at = 0.0

    def begin(self, total: int) -> None:
        """Say how much there is to do, and that nothing of it is done."""
        self._done, self._total = 0, total
        self._write()

    def advance(self, count: int = 1) -> None:
        """Say that so much more is done. Cheap: it is stored twice a second at most. Call it outside transactions, where it would be lost."""
        self._done += count
        if time.monotonic() - self._written_at >= WRITE_EVERY:
            self._write()

    def _write(self) -> None:
        if not beat(self._job, done=self._done, total=self._total):
            raise Stopped
        self._job.done, self._job.total = self._done, self._total
        self._written_at = time.monotonic()


def beat(job: Job, **fields: int) -> bool:
    """Say that whoever works on the job lives. False where they are to stop: its owner wants it, or it is not theirs any more."""
    own = Job.objects.filter(pk=job.pk, run=job.run, state=Job.State.RUNNING, is_stopping=False)
    return own.update(beat_at=timezone.now(), **fields) == 1


# --- What pages do.


@transaction.atomic
def start(owner: User, kind: Job.Kind, values: Values, *, file: SealedFile | None = None) -> Job:
    """Have a job done. A person has one of each kind at a time: where one is not over, it is returned instead.

    `values` are what it is to do, as JSON can hold it; `file` is what it works on. It waits until the transaction commits.
    """
    User.objects.select_for_update().only("pk").get(pk=owner.pk)  # a form that is sent twice starts one job
    if present := Job.objects.by(owner).unfinished().filter(kind=kind).first():
        return present
    job = Job(owner=owner, kind=kind, created_at=timezone.now(), file=file, request=JobRequest(values), report=JobReport())
    job.save(force_insert=True)
    run.enqueue(str(job.pk))
    return job


def stop(job: Job) -> None:
    """Have a job stopped: at once where it waits, else as soon as its worker looks. Idempotent; nothing happens where it is over."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.WAITING)
    if not waiting.update(state=Job.State.STOPPED, is_stopping=True, ended_at=now):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(is_stopping=True)
    job.refresh_from_db(fields=["state", "is_stopping", "ended_at"])


# --- What workers do.


@task()
def run(job_id: str) -> None:
    """Do a job, unless somebody else does or did. Never raises an `Exception`: the queue would keep its message in the clear."""
    try:
        if (job := _claim(uuid.UUID(job_id))) is not None:
            _run(job)
    except Exception as error:  # the database, most often; the job is found again by `queue_lost`
        logger.error("A job could not be run", exc_info=error)


def _claim(pk: uuid.UUID) -> Job | None:
    now, attempt = timezone.now(), uuid.uuid4()
    waiting = Job.objects.filter(pk=pk, state=Job.State.WAITING)
    fields = {"run": attempt, "started_at": now, "beat_at": now, "done": 0, "total": 0}
    if not waiting.update(state=Job.State.RUNNING, attempts=F("attempts") + 1, **fields):
        return None
    return Job.objects.select_related("owner", "file").filter(pk=pk, run=attempt).first()


@keyring.cached()
def _run(job: Job) -> None:
    with as_read_by(job.owner):
        try:
            with _watch(job):
                values = _works[job.kind](job, Progress(job))
        except Failed as error:
            _end(job, Job.State.FAILED, JobReport(problem=str(error)))
        except Stopped:
            _end(job, Job.State.STOPPED, JobReport())
        except Exception as error:
            if _end(job, Job.State.FAILED, JobReport(problem=_("Something went wrong on our side. Nothing you wrote is lost."))):
                logger.error("A job of the kind %s failed", job.kind, exc_info=error)
        except BaseException:  # the worker is to end: another takes it up
            put_back(job)
            raise
        else:
            _end(job, Job.State.DONE, JobReport(values))


def _end(job: Job, state: Job.State, report: JobReport) -> bool:
    """Note how a job ended; False where it is not this worker's any more, or is gone with its owner."""
    with transaction.atomic():
        if not Job.objects.select_for_update().filter(pk=job.pk, run=job.run, state=Job.State.RUNNING).exists():
            return False
        job.state, job.report, job.ended_at = state, report, timezone.now()
        if state == Job.State.DONE:
            job.done = job.total
        job.save(update_fields=["state", "report", "ended_at", "file", "done"])
    return True


@transaction.atomic
def put_back(job: Job) -> None:
    """Let another worker begin it anew. The attempt does not count."""
    own = Job.objects.filter(pk=job.pk, run=job.run, state=Job.State.RUNNING)
    if own.update(state=Job.State.WAITING, run=None, attempts=F("attempts") - 1):
        run.enqueue(str(job.pk))


def queue_lost(now: dt.datetime) -> int:
    """Queue the jobs anew whose worker was killed, and end those that killed several; returns how many were queued. Idempotent."""
    queued = 0
    silent = Q(beat_at__lte=now - LOST_AFTER) | Q(beat_at__gt=now + LOST_AFTER)  # or set by a machine whose clock was wrong
    for job in Job.objects.select_related("owner").filter(silent, state=Job.State.RUNNING):
        if job.attempts >= MOST_ATTEMPTS or job.is_stopping:
            with keyring.cached(), as_read_by(job.owner):
                problem = "" if job.is_stopping else _("This was interrupted several times, so we stopped it. Nothing you wrote is lost.")
                _end(job, Job.State.STOPPED if job.is_stopping else Job.State.FAILED, JobReport(problem=problem))
            continue
        with transaction.atomic():
            lost = Job.objects.filter(silent, pk=job.pk, run=job.run, state=Job.State.RUNNING)
            if lost.update(state=Job.State.WAITING, run=None):
                run.enqueue(str(job.pk))
                queued += 1
    return queued


def forget_ended(now: dt.datetime) -> None:
    """Delete jobs that ended a week ago. What came of them expires by itself. Idempotent."""
    Job.objects.filter(ended_at__lte=now - KEPT_FOR).delete()


def forget_tasks(owner: User) -> None:
    """Take what the queue holds of somebody's jobs out of it."""
    for pk in Job.objects.by(owner).values_list("pk", flat=True):
        DBTaskResult.objects.filter(args_kwargs={"args": [str(pk)], "kwargs": {}}).delete()
