"""journal.json as a parser may read it, whatever is written in its texts: all that people wrote here has to come back."""

import re
from typing import BinaryIO

from django.utils.translation import gettext as _

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused

ROW_LIMIT = 256 * limits.MIB  # bytes of one row: a page with hundreds of long versions, or all that was shared with one counselor
DEPTH_LIMIT = 24

# A string; where the data ends within it, group 1 is the backslash that it may end with.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|(\\?+)\Z)', re.DOTALL)
_DIGITS = re.compile(rb"[0-9]{1000}")
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class Guarded:
    """Raises `Refused` before the parser sees what would cost it gigabytes: see `formats.reading.guarded`, which counts the brackets and
    digits of texts as well, and so would refuse a page with a thousand of them.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._string = b""  # what begins a string that the last chunk did not end
        self._size = self._open = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._size += len(chunk)
        if self._size > ROW_LIMIT:
            raise Refused(_("A page in this file is larger than %(limit)s MB, so we didn’t read it.") % {"limit": ROW_LIMIT // limits.MIB})
        data, self._string = self._string + chunk, b""
        bare = _STRING.sub(self._left_out, data)
        if _DIGITS.search(bare):
            raise Refused(_("This file has a number with thousands of digits. It isn’t a journal."))
        self._follow(bare.translate(None, _ALL_BUT_BRACKETS))
        return chunk

    def begin(self) -> None:
        """The next row begins."""
        self._size = 0

    def _left_out(self, string: re.Match[bytes]) -> bytes:
        if string.lastindex:
            self._string = b'"' + string[1]
        return b" "

    def _follow(self, brackets: bytes) -> None:
        opened = brackets.count(b"[") + brackets.count(b"{")
        if self._open + opened <= DEPTH_LIMIT:
            self._open += 2 * opened - len(brackets)
            return
        for bracket in brackets:
            self._open += 1 if bracket in b"[{" else -1
            if self._open > DEPTH_LIMIT:
                raise Refused(_("The values in this file are nested deeper than in any journal, so we didn’t read it."))
