"""A file of JSON as a parser may read it, which remembers the whole way to each value: deep nesting would cost it gigabytes."""

import re
from typing import BinaryIO

from django.utils.translation import gettext as _

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused

# A whole number of more digits than Python turns into one (4,300) ends the whole process in ijson's parser. A number of 2,000 has all of
# one of these blocks, wherever it begins, and of a longer one, half lies in one chunk.
_DIGITS = 1000
_BRACKET = re.compile(rb"[\[{\]}]")


class Guarded:
    """Between two entries lies only so much, and only so many brackets are open at once: those in texts are counted, too, as telling
    them apart would take as long as parsing. Raises `Refused` before the parser sees what is beyond.
    """

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        self._file = file
        self._size = self._open = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._size += len(chunk)
        if self._size > limits.ITEM:
            raise Refused(
                _("An entry in this file is larger than %(limit)s MB. It isn’t a journal.") % {"limit": limits.ITEM // limits.MIB}
            )
        if any(chunk[at : at + _DIGITS].isdigit() for at in range(0, len(chunk) - _DIGITS + 1, _DIGITS)):
            raise Refused(_("This file has a number with thousands of digits. It isn’t a journal."))
        opened = chunk.count(b"[") + chunk.count(b"{")
        if self._open + opened > limits.BRACKETS:
            self._follow(chunk)
        else:
            self._open += opened - chunk.count(b"]") - chunk.count(b"}")
        return chunk

    def begin(self) -> None:
        """The next entry begins."""
        self._size = self._open = 0

    def _follow(self, chunk: bytes) -> None:
        """Bracket by bracket, of the rare chunk that has many of them."""
        for bracket in _BRACKET.findall(chunk):
            self._open += 1 if bracket in b"[{" else -1
            if self._open > limits.BRACKETS:
                raise Refused(_("The values in this file are nested deeper than in any journal, so we didn’t read it."))
