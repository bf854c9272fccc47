"""The files of an export that people read: each page as Markdown, and an index and months for a browser."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from accounts.models import User
from common import dates
from journal.exchange.nightlight import reading
from journal.exchange.nightlight.front_matter import Names, front_matter
from journal.exchange.nightlight.pages import Page
from journal.exchange.zipped import Zip
from journal.models import Attachment, Feeling


class Readable:
    """Written as pages are added, by night. One month is in memory."""

    def __init__(self, owner: User, zipped: Zip) -> None:
        self._zipped = zipped
        self._zone = owner.zone
        self._feelings = {"": "", **{feeling.value: str(feeling.label) for feeling in Feeling}}
        self._children = {child.id: child.name for child in owner.children.all}
        self._names = Names()
        self._months = Counter[dt.date]()  # how many pages each has, in order
        self._articles: list[str] = []  # of the latest month
        self._nights: tuple[dt.date, dt.date] | None = None  # the first, and the last
        self._evening = ""  # the last, in words

    @property
    def count(self) -> int:
        """How many pages there are."""
        return self._months.total()

    def add(self, page: Page, attachments: Sequence[Attachment]) -> None:
        month = page.night.replace(day=1)
        if month not in self._months:
            self._write_month(month)
        self._months[month] += 1
        if self._nights is None or page.night != self._nights[1]:
            self._nights = (self._nights[0] if self._nights else page.night, page.night)
            self._evening = dates.evening_always(page.night)
        evening, feeling = self._evening, self._feelings[page.summary.feeling]
        children = [self._children[child] for child in page.summary.children if child in self._children]
        text = f"{front_matter(page, evening, self._zone, children)}\n{page.content.text.rstrip()}\n"
        self._zipped.add(self._names.name(page), text.encode())
        self._articles.append(reading.article(page, evening, feeling, children, attachments))

    def finish(self) -> None:
        """Write the last month, and the index of all."""
        self._write_month(None)
        self._zipped.add("index.html", reading.index(self._months, self._nights).encode())
        self._zipped.add("style.css", reading.STYLE.read_bytes())

    def _write_month(self, following: dt.date | None) -> None:
        """Write the month that is complete, where there is one."""
        *_earlier, before, month = [None, None, *self._months]
        if month is not None:
            self._zipped.add(reading.file_of(month), reading.month(month, self._articles, before, following).encode())
            self._articles = []
