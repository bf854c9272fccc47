"""A look at a file before anything happens: what would come in, by month, what is here already, and what is odd."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import User
from common.values import Values
from journal import jobs
from journal.exchange.formats import Incoming, Problem
from journal.exchange.importing.known import Known, text_of
from journal.exchange.importing.opening import Opened, Refused, opened
from journal.exchange.nightlight import restore
from journal.exchange.nightlight.checked import Row
from journal.exchange.nightlight.identity import derived
from journal.jobs import Progress
from journal.models import TEXT_LIMIT, Entry, Job

MOST_SAID = 40  # problems and kinds of oddities that are named one by one
SAMPLE_LIMIT = 20_000  # characters of a page that is shown as it will look


@dataclass(slots=True)
class Look:
    """What was seen in a file. `months`: pages that would come in, and that are here, by the first day of their month."""

    months: dict[str, list[int]] = field(default_factory=dict)
    files: int = 0
    oddities: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0
    first: Values | None = None
    longest: Values | None = None
    last: Values | None = None

    def note(self, night: dt.date, *, is_here: bool) -> None:
        self.months.setdefault(night.replace(day=1).isoformat(), [0, 0])[is_here] += 1

    def note_problem(self, sentence: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_SAID:
            self.problems.append(sentence)

    def note_sample(self, night: dt.date, text: str, question: str, feeling: str) -> None:
        """Three pages are shown whole: the first, the longest and the last that would come in."""
        sample: Values = {"night": night.isoformat(), "text": text[:SAMPLE_LIMIT], "question": question, "feeling": feeling}
        self.first = self.first or sample
        self.last = sample
        if self.longest is None or len(text) > len(self.longest["text"]):
            self.longest = sample

    def to_values(self) -> Values:
        samples: list[Values] = []
        for sample in (self.first, self.longest, self.last):
            if sample is not None and sample not in samples:
                samples.append(sample)
        return {
            "months": [[month, *counts] for month, counts in sorted(self.months.items())],
            "new": sum(counts[0] for counts in self.months.values()),
            "here": sum(counts[1] for counts in self.months.values()),
            "files": self.files,
            "oddities": self.oddities.most_common(MOST_SAID),
            "problems": self.problems,
            "problem_count": self.problem_count,
            "samples": samples,
        }


def of_problem(problem: Problem) -> str:
    return f"{problem.where}: {problem.sentence}" if problem.where else problem.sentence


def look(owner: User, file: Opened, progress: Progress) -> Look:
    """Read the whole file. Raises `Refused` where it cannot be used."""
    seen = Look()
    for each in _theirs(owner, file, seen) if file.reader else _ours(owner, file, seen):
        progress.advance(each)
    return seen


def _theirs(owner: User, file: Opened, seen: Look) -> Iterator[int]:
    known = Known(owner, file.name)
    for incoming in file.reader.read(file.source) if file.reader else ():
        yield 1
        if isinstance(incoming, Problem):
            seen.note_problem(of_problem(incoming))
            continue
        is_here = incoming in known
        seen.note(incoming.night, is_here=is_here)
        if not is_here:
            known.add(incoming)
            _note_new(incoming, seen)


def _note_new(incoming: Incoming, seen: Look) -> None:
    seen.files += len(incoming.files)
    seen.oddities.update(oddity.sentence for oddity in incoming.oddities)
    seen.note_sample(incoming.night, text_of(incoming), incoming.question, incoming.feeling)


def _ours(owner: User, file: Opened, seen: Look) -> Iterator[int]:
    here = set(Entry.objects.by(owner).values_list("pk", flat=True).iterator())
    for row in restore.rows(file.source.members, "pages"):
        yield 1
        night, key = row.day("night"), row.key("id")
        if night is None or key is None:
            seen.note_problem(_("A page with no date we could read."))
            continue
        is_here = key in here or derived(key, owner) in here
        seen.note(night, is_here=is_here)
        if not is_here:
            seen.files += len(list(row.rows("attachments")))
            _sample(row, night, seen)


def _sample(row: Row, night: dt.date, seen: Look) -> None:
    if row.moment("deleted_at") is None:
        seen.note_sample(night, row.text("text", TEXT_LIMIT), row.text("question", 1000), row.text("feeling", 20))


@jobs.work(Job.Kind.PREVIEW)
def preview(job: Job, progress: Progress) -> Values:
    """Look at the file of the job. What was seen is its report."""
    if job.file is None:
        raise jobs.Failed(_("The file is no longer here. Send it again."))
    try:
        with opened(job.owner, job.file) as file:
            progress.begin(0)
            seen = look(job.owner, file, progress)
            return {**seen.to_values(), "source": file.name, "label": file.label}
    except Refused as error:
        raise jobs.Failed(str(error)) from error
