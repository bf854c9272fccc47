"""What a reader makes of a file: entries, what is odd about them, and what could not be read."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.values import Values

ODDITIES: dict[str, "str | Promise"] = {
    "file-missing": _("“%(detail)s” was mentioned, but isn’t in the file."),
    "file-unreadable": _("We couldn’t read “%(detail)s”, so we left it out."),
    "too-many-files": _("There were more than %(detail)s attached files. We kept the first ones."),
    "split": _("The text was too long for one page, so it became %(detail)s."),
    "cut": _("“%(detail)s” was too long, so we shortened it."),
    "date-from-file": _("There was no date, so we used the day the file last changed."),
    "date-unclear": _("The date “%(detail)s” can be read in two ways. We assumed that the day comes first."),
    "zone-unknown": _("We don’t know this time zone (%(detail)s), so we used yours."),
    "future": _("The date is in the future."),
    "raw": _("We don’t know this kind of text (%(detail)s), so we kept it as it is."),
    "link-to-entry": _("The text links to other entries of that journal. Here the links are plain words."),
    "extra-cut": _("The other details were too long to keep in full."),
    "version-unknown": _("We don’t know this version of the file (%(detail)s). Check the result carefully."),
}
PROBLEMS: dict[str, "str | Promise"] = {
    "no-date": _("It has no date we could read."),
    "bad-date": _("We couldn’t read its date: “%(detail)s”."),
    "not-an-entry": _("It isn’t an entry, but something else."),
    "empty": _("It has no words and no files."),
    "too-deep": _("Its values are nested too deeply."),
    "too-long": _("It’s far too long for a page of a journal."),
    "encrypted": _("It’s encrypted."),
    "in-trash": _("It was in the trash."),
    "broken": _("The file is damaged there."),
    "encoding": _("Its text isn’t in UTF-8. Save it as UTF-8, and try again."),
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
