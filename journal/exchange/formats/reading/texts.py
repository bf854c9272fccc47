"""Text of files: its encoding is known for sure, or it is not read; long files come a line at a time."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused

BEGINNING = 64 * limits.KIB  # bytes that are looked at to tell one format from another
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding(beginning: bytes) -> str:
    """UTF-16 where a byte order mark says so, else UTF-8."""
    return next((name for mark, name in _MARKS if beginning.startswith(mark)), "utf-8")


def beginning(data: bytes) -> str:
    """The text that these first bytes of a file begin; "" where they are no text."""
    if b"\0" in data and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    try:
        return codecs.getincrementaldecoder(encoding(data))().decode(data).replace("\r\n", "\n")
    except UnicodeError:
        return ""


def decoded(data: bytes) -> str:
    """The whole text of a small file. Raises UnicodeError."""
    return data.decode(encoding(data)).replace("\r\n", "\n").replace("\r", "\n")


def lines(file: BinaryIO) -> Iterator[str]:
    """The lines of a file, with their line ends as "\\n". Raises `Refused` for other encodings, and for a line without end."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding(file.read(4)))()
    newlines = io.IncrementalNewlineDecoder(decoder, translate=True)
    file.seek(0)
    rest, is_last = "", False
    try:
        while not is_last:
            chunk = file.read(BEGINNING)
            is_last = not chunk
            whole, newline, end = newlines.decode(chunk, final=is_last).rpartition("\n")
            if newline:
                yield from (line + "\n" for line in (rest + whole).split("\n"))
                rest = end
            else:
                rest += end
            if len(rest) > limits.LINE:
                raise Refused(_("A line in this file is longer than a book. It isn’t a journal."))
    except UnicodeError:
        raise Refused(not_utf_8()) from None
    if rest:
        yield rest


def not_utf_8() -> str:
    return _("This file isn’t in UTF-8, so its words would come out wrong. Open it in an editor, save it as UTF-8, and try again.")
