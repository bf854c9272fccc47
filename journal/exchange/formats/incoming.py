"""What a reader makes of a file: entries, what is odd about them, and what could not be read."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.values import Values

ODDITIES: dict[str, "str | Promise"] = {
    "file-missing": _("“%(detail)s” was named, but is not in the file."),
    "file-unreadable": _("“%(detail)s” could not be read, and was left out."),
    "too-many-files": _("More than %(detail)s files were attached. The first ones were kept."),
    "split": _("The text was too long for one page, and became %(detail)s."),
    "cut": _("“%(detail)s” was too long, and was shortened."),
    "date-from-file": _("No date was given: when the file was last changed was taken."),
    "date-unclear": _("The date “%(detail)s” can be read in two ways. The day was taken to come first."),
    "zone-unknown": _("The time zone “%(detail)s” is not known. Your own was taken."),
    "future": _("The date lies in the future."),
    "raw": _("The text is of a kind that is not known (%(detail)s), and was kept as it is."),
    "link-to-entry": _("The text has links to other entries of that journal. Here they are words alone."),
    "extra-cut": _("What else was noted was too long to keep all of it."),
    "version-unknown": _("The file is of a version that is not known (%(detail)s). Look closely at what came of it."),
}
PROBLEMS: dict[str, "str | Promise"] = {
    "no-date": _("It has no date that could be read."),
    "bad-date": _("Its date could not be read: “%(detail)s”."),
    "not-an-entry": _("It is not an entry, but something else."),
    "empty": _("It holds neither words nor files."),
    "too-deep": _("Its values are nested too deep."),
    "too-long": _("It is far too long for a page of a journal."),
    "encrypted": _("It is encrypted."),
    "in-trash": _("It was in the trash."),
    "broken": _("The file is damaged there."),
    "encoding": _("Its letters are not UTF-8. Save it as UTF-8, and try again."),
}


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something about an entry that its author should know; the entry is taken in. `code` is one of `ODDITIES`."""

    code: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        return str(ODDITIES[self.code]) % {"detail": self.detail}


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry that could not be read. `where` says which: a date, a title or a file's name. `code` is one of `PROBLEMS`."""

    where: str
    code: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        return str(PROBLEMS[self.code]) % {"detail": self.detail}


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file attached to an entry. `open` opens it at its beginning, as often as wanted, while the source is open. What it gives
    is never more than `size` bytes; where the file is damaged, reading raises `OSError`.
    """

    name: str
    media_type: str
    size: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One entry of another journal.

    `source_id` is stable: the same file read again, or a later export of the same journal, gives it again; it is made of the content
    where the source has no id. `night` is the local date in the entry's own zone, by the person's end of day. `text` is Markdown,
    within the limit of a page, and does not hold the `title`. `feeling` is "" or a value of `Feeling`: set where another journal's
    mood says the same for sure, and in `extra` in any case. Moments are aware; None where the source gives none.
    """

    source_id: str
    night: dt.date
    created_at: dt.datetime | None = None
    edited_at: dt.datetime | None = None
    zone: str = ""
    title: str = ""
    text: str = ""
    question: str = ""
    feeling: str = ""
    tags: tuple[str, ...] = ()
    is_starred: bool = False
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    weather: str = ""
    extra: Values = field(default_factory=dict)
    files: tuple[IncomingFile, ...] = ()
    oddities: tuple[Oddity, ...] = ()
