"""Taking a file in, and taking that back, in the background."""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.values import Values
from journal import jobs
from journal.entries import trash
from journal.exchange.formats import Incoming, Problem
from journal.exchange.importing.known import Known
from journal.exchange.importing.opening import Opened, Refused, opened
from journal.exchange.importing.preview import MOST_SAID, of_problem
from journal.exchange.importing.storing import Look, Stored, store
from journal.exchange.nightlight import restore
from journal.jobs import Progress
from journal.models import Entry, Import, ImportSummary, Job

AT_ONCE = 200  # pages of one transaction: no save of anybody waits for longer
TAKEN_BACK_WITHIN = dt.timedelta(days=7)


def start(owner: User, looked_at: Job) -> Job:
    """Take in the file that was looked at."""
    values = {"total": looked_at.report.values["new"] + looked_at.report.values["here"] + looked_at.report.values["problem_count"]}
    return jobs.start(owner, Job.Kind.IMPORT, values, file=looked_at.file)


def take_back(owner: User, batch: Import) -> Job:
    """Take an import back: what came in with it, and was not written on since."""
    return jobs.start(owner, Job.Kind.IMPORT, {"take_back": str(batch.pk)})


def can_be_taken_back(batch: Import) -> bool:
    return batch.taken_back_at is None and timezone.now() - batch.created_at < TAKEN_BACK_WITHIN


@jobs.work(Job.Kind.IMPORT)
def take(job: Job, progress: Progress) -> Values:
    """Take the file in, or an import back. Begun anew, it passes over what it has done before."""
    values = job.request.values
    if "take_back" in values:
        return _take_back(job.owner, uuid.UUID(values["take_back"]), progress)
    if job.file is None:
        raise jobs.Failed(_("The file is no longer here. Send it again."))
    progress.begin(values["total"])
    try:
        with opened(job.owner, job.file) as file:
            report = _take(job, file, progress)
    except Refused as error:
        raise jobs.Failed(str(error)) from error
    job.file.delete()  # all of it is here
    job.file = None
    return report


def _take(job: Job, file: Opened, progress: Progress) -> Values:
    # Under the job's own id: begun anew, it is the same import.
    batch, _is_new = Import.objects.get_or_create(
        pk=job.pk, author=job.owner, defaults={"source": file.name, "created_at": timezone.now(), "summary": ImportSummary()}
    )
    report: Values = {"label": file.label, "import": str(batch.pk), "name": job.file.about.name if job.file else ""}
    seen: Values = dict(batch.summary.values)
    try:
        for counted in _theirs(job.owner, batch, file, progress) if file.reader else _ours(job.owner, batch, file, progress):
            report |= counted
    finally:  # what came in until it was stopped stays, and is reported
        report["pages"] = Entry.objects.by(job.owner).filter(origin__batch=batch).count() if file.reader else _new_pages(seen, report)
        with transaction.atomic():
            if (present := Import.objects.select_for_update().filter(pk=batch.pk).first()) is not None:
                present.summary = ImportSummary(report)
                present.save(update_fields=["summary"])
    return report


def _new_pages(seen: Values, report: Values) -> int:
    """Of a file of ours: with what an attempt before this one took in."""
    report["ids"] = [*seen.get("ids", []), *report.get("ids", [])]
    return len(report["ids"])


def _theirs(owner: User, batch: Import, file: Opened, progress: Progress) -> Iterator[Values]:
    """What there is to report, after each step."""
    known, stored = Known(owner, file.name), Stored()
    earlier = Entry.objects.by(owner).filter(origin__batch=batch).count()  # by an attempt that was interrupted: not "here already"
    problems: list[str] = []
    counts = {"here": -earlier, "problem_count": 0}

    def look() -> None:
        progress.advance(0)

    some: list[Incoming] = []
    for incoming in file.reader.read(file.source) if file.reader else ():
        if isinstance(incoming, Problem):
            counts["problem_count"] += 1
            problems += [of_problem(incoming)] if len(problems) < MOST_SAID else []
        elif incoming in known:
            counts["here"] += 1
        else:
            known.add(incoming)
            some.append(incoming)
        if len(some) == AT_ONCE:
            yield _store(owner, batch, some, stored, counts, problems, look)
            some = []
        progress.advance()
    yield _store(owner, batch, some, stored, counts, problems, look)


def _store(
    owner: User, batch: Import, some: list[Incoming], stored: Stored, counts: dict[str, int], problems: list[str], look: Look
) -> Values:
    store(owner, batch, some, stored, look)
    return {
        **counts,
        "here": max(counts["here"], 0),
        "problems": problems,
        "beside": stored.beside,
        "files": stored.files,
        "left_out": stored.left_out[:MOST_SAID],
    }


def _ours(owner: User, batch: Import, file: Opened, progress: Progress) -> Iterator[Values]:
    restored = restore.restore(owner, file.source.members, progress.advance)
    counts = restored.counts
    yield {
        "here": counts["there_already"],
        "problem_count": counts["unusable"],
        "problems": [],
        "beside": counts["beside"],
        "files": counts["attachments"],
        "left_out": [],
        "ids": [str(pk) for pk in restored.pages],
    }


def _take_back(owner: User, pk: uuid.UUID, progress: Progress) -> Values:
    batch = Import.objects.filter(author=owner, pk=pk).first()
    if batch is None:
        raise jobs.Failed(_("This import is no longer here."))
    own = Entry.objects.by(owner)
    pages = own.filter(pk__in=batch.summary.values.get("ids", [])) if batch.source == "nightlight" else own.filter(origin__batch=batch)
    ids = list(pages.order_by("pk").values_list("pk", flat=True))
    progress.begin(len(ids))
    gone = 0
    for start in range(0, len(ids), trash.BATCH):
        some = ids[start : start + trash.BATCH]
        gone += trash.delete_untouched(owner, some)
        progress.advance(len(some))
    Import.objects.filter(pk=batch.pk).update(taken_back_at=timezone.now())
    return {"taken_back": gone, "kept": len(ids) - gone, "import": str(batch.pk)}
