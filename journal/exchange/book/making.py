"""Books, as jobs: what is asked for, and the file that comes of it."""

import datetime as dt
import logging
from dataclasses import dataclass
from importlib.util import find_spec

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.values import Values
from journal import files, jobs
from journal.exchange.book.drawings import Drawings
from journal.exchange.book.pages import months, pages
from journal.exchange.book.sizes import Size
from journal.exchange.choosing import Choice
from journal.jobs import Progress
from journal.models import Job

logger = logging.getLogger("nightlight.jobs")

KEPT_FOR = dt.timedelta(days=1)  # after that a file is deleted by itself
TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Wish:
    """Which book is wanted. Without a title it is called a journal."""

    choice: Choice
    size: Size = Size.A5
    title: str = ""

    def to_values(self) -> Values:
        return {"choice": self.choice.to_values(), "size": self.size.value, "title": self.title}

    @classmethod
    def from_values(cls, values: Values) -> "Wish":
        return cls(Choice.from_values(values["choice"]), Size(values["size"]), values["title"])


def is_installed() -> bool:
    """Whether this site can typeset: whether it has the extra `book`."""
    return find_spec("weasyprint") is not None


def start(owner: User, wish: Wish) -> Job:
    """Have a book made. Where one is being made already, that is returned. What it is called is sealed with the job."""
    return jobs.start(owner, Job.Kind.BOOK, wish.to_values())


@jobs.work(Job.Kind.BOOK)
def book(job: Job, progress: Progress) -> Values:
    """Make the book. Begun anew, it makes another: what the first had written is deleted when it expires."""
    try:
        from journal.exchange.book.typesetting import Book
    except (ImportError, OSError) as error:  # the extra, or Pango of the system, is missing
        logger.error("No book can be typeset here", exc_info=error)
        raise jobs.Failed(_("This site can’t make books right now. You can still print your pages.")) from error
    owner, wish, now = job.owner, Wish.from_values(job.request.values), timezone.now()
    of_book, drawings = months(owner, wish.choice), Drawings()
    if not of_book:
        raise jobs.Failed(_("There’s no page for these nights."))
    total = sum(month.number for month in of_book)
    progress.begin(total)
    made = Book(wish.size, wish.title or _("Journal"), of_book)
    for month in of_book:
        made.add(month, pages(owner, wish.choice, month, drawings))
        progress.advance(month.number)
    name = f"nightlight-book-{timezone.localdate(now).isoformat()}.pdf"
    with files.create(owner, name, "application/pdf", expires_at=now + KEPT_FOR) as writer:
        count = made.write(writer)
    job.file = writer.file
    return {"pages": count}
