"""Other journals' files, read. One module a format, each behind the protocol `Format`; which one a file is of is told by the file.

What a file may hold at most is said in `limits`. Nothing here touches the database.
"""

from django.utils.translation import gettext as _

from journal.exchange.formats import locked
from journal.exchange.formats.dailytxt import DailyTxT
from journal.exchange.formats.day_one import Classic, DayOne, PlainText
from journal.exchange.formats.diarium import Diarium, DiariumText
from journal.exchange.formats.diaro import Diaro
from journal.exchange.formats.errors import Refused
from journal.exchange.formats.incoming import Incoming, IncomingFile, Oddity, Problem
from journal.exchange.formats.journey import Journey
from journal.exchange.formats.journiv import Journiv
from journal.exchange.formats.jrnl import Jrnl, JrnlText, JrnlYaml
from journal.exchange.formats.markdown import Markdown
from journal.exchange.formats.memos import Memos
from journal.exchange.formats.mini_diary import MiniDiary
from journal.exchange.formats.protocol import Bounded, Format
from journal.exchange.formats.source import Source
from journal.exchange.formats.standard_notes import StandardNotes
from journal.exchange.formats.tables import Daylio, Penzu

__all__ = ["FORMATS", "Format", "Incoming", "IncomingFile", "Oddity", "Problem", "Refused", "Source", "recognise"]

# In the order in which they are asked: what is told by a name or a place of its own comes before what many files have.
_READERS: tuple[Format, ...] = (
    Journey(),
    DayOne(),
    Classic(),
    Journiv(),
    DailyTxT(),
    StandardNotes(),
    Diaro(),
    Diarium(),
    MiniDiary(),
    Memos(),
    Jrnl(),
    JrnlYaml(),
    PlainText(),
    JrnlText(),
    Daylio(),
    Penzu(),
    Markdown(),
    DiariumText(),
)
FORMATS: tuple[Format, ...] = tuple(Bounded(reader) for reader in _READERS)


def recognise(source: Source) -> Format:
    """The format of a file. Raises `Refused`, with what to do, for one that none of them reads."""
    locked.check(source)
    for reader in FORMATS:
        if reader.recognises(source):
            return reader
    if not source.beginning:
        raise Refused(_("This file is empty."))
    raise Refused(
        _("We can’t read this file as a journal. Most journals export as JSON, ZIP or Markdown: choose one of those, and send that file.")
    )
