"""Exports, as jobs: what is asked for, and the file that comes of it."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from common.values import Values
from journal import files, jobs
from journal.exchange import day_one
from journal.exchange.choosing import Choice, chosen
from journal.exchange.nightlight import archive
from journal.jobs import Progress
from journal.models import Job

KEPT_FOR = dt.timedelta(days=1)  # after that a file is deleted by itself


def start(owner: User, choice: Choice, *, for_others: bool = False) -> Job:
    """Have a file made; `for_others`, one that other journals read. Where one is being made already, that is returned."""
    return jobs.start(owner, Job.Kind.EXPORT, {"choice": choice.to_values(), "for_others": for_others})


@jobs.work(Job.Kind.EXPORT)
def export(job: Job, progress: Progress) -> Values:
    """Make the file. Begun anew, it makes another: what the first had written is deleted when it expires."""
    owner, choice = job.owner, Choice.from_values(job.request.values["choice"])
    now = timezone.now()
    if job.request.values.get("for_others"):
        return _export_for_others(job, choice, progress, now)
    part = archive.Part.of(owner, choice)
    progress.begin(len(part.ids))
    name = f"nightlight-{timezone.localdate(now).isoformat()}.zip"
    with files.create(owner, name, "application/zip", expires_at=now + KEPT_FOR) as writer:
        pages = archive.write(owner, part, writer, progress.advance)
    job.file = writer.file
    return {"pages": pages, "is_whole": part.is_whole}


def _export_for_others(job: Job, choice: Choice, progress: Progress, now: dt.datetime) -> Values:
    progress.begin(chosen(job.owner, choice).count())
    name = f"journal-{timezone.localdate(now).isoformat()}.zip"
    with files.create(job.owner, name, "application/zip", expires_at=now + KEPT_FOR) as writer:
        pages = day_one.write(job.owner, choice, writer, progress.advance)
    job.file = writer.file
    return {"pages": pages, "is_whole": False, "for_others": True}
