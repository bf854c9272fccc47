"""ZIP archives, of which nothing is believed: not their names, not their sizes.

Nothing is ever written to a folder, so a name that leads out of the archive could do no harm. An archive that holds one is refused
all the same, as no journal makes it.
"""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Self

from django.utils.translation import gettext as _

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused

_END, _END_64, _PLACE_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_OUTSIDE = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:|[\0-\x1f]")
# What computers add to archives by themselves.
_ADDED = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others may ask for gigabytes of memory, or need what Python lacks
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError, ValueError, OverflowError, OSError)


class Archive:
    """The files of an archive by their names, in its order, without folders and without what computers add by themselves."""

    def __init__(self, opened: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> None:
        self._opened = opened
        self.members = members

    @classmethod
    def read(cls, file: BinaryIO) -> Self | None:
        """The archive in a file; None where it is none. Raises `Refused` for one that is damaged, locked or hostile."""
        file.seek(0)
        if file.read(4) not in {b"PK\x03\x04", _END}:
            return None
        _check_directory(file)
        try:
            opened = zipfile.ZipFile(file)
        except DAMAGED:
            raise Refused(damaged()) from None
        return cls(opened, _members(opened.infolist()))

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def size(self, name: str) -> int:
        return self.members[name].file_size

    def modified(self, name: str) -> tuple[int, int, int, int, int, int]:
        """When a file was last changed, on the clock of whoever packed it."""
        return self.members[name].date_time

    def open(self, name: str) -> BinaryIO:
        """A file of the archive at its beginning. Reading never gives more than its size; where it is damaged it raises `OSError`."""
        try:
            return io.BufferedReader(_Member(self._opened.open(self.members[name])), 64 * limits.KIB)
        except DAMAGED as error:
            raise OSError("A damaged file of an archive.") from error

    def data(self, name: str, limit: int) -> bytes:
        """A whole small file. Raises `OSError` where it is damaged or larger than the limit."""
        if self.size(name) > limit:
            raise OSError("A file of an archive is too large for what it should hold.")
        with self.open(name) as member:
            return member.read()


class _Member(io.RawIOBase):
    """A file of an archive. Whatever is wrong with it is an `OSError`."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with _as_os_error():
            data = self._member.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with _as_os_error():
            return self._member.seek(offset, whence)

    def tell(self) -> int:
        return self._member.tell()

    def close(self) -> None:
        if not self.closed:
            self._member.close()
        super().close()


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise OSError("A damaged file of an archive.") from error


def damaged() -> str:
    return _("This ZIP file is damaged or incomplete. Export it again, and send that file.")


def _check_directory(file: BinaryIO) -> None:
    """Before the table of contents is read into memory: how large it is by its own words, which is as much as will be read."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 22 - 0xFFFF))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise Refused(damaged())
    count, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    if tail[at - 20 : at - 16] == _PLACE_64 and at >= 20:
        [place] = struct.unpack("<Q", tail[at - 12 : at - 4])
        if place > size:
            raise Refused(damaged())
        file.seek(place)
        end = file.read(56)
        if len(end) < 56 or not end.startswith(_END_64):
            raise Refused(damaged())
        count, directory = struct.unpack("<QQ", end[32:48])
    if count > limits.MEMBERS or directory > limits.DIRECTORY:
        raise Refused(
            _("This ZIP file has more than %(limit)s files. Export the journal in parts, one after another.")
            % {"limit": f"{limits.MEMBERS:,}"}
        )


def _members(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    again: Counter[str] = Counter()
    unpacked = 0
    for info in infos:
        name = info.filename.replace("\\", "/").removeprefix("./")
        if _OUTSIDE.search(name) or len(name) > limits.NAME:
            raise Refused(_("This ZIP file has names that point outside it. No journal makes such files, so we didn’t open it."))
        if name.endswith("/") or _ADDED.search(name) or not PurePosixPath(name).name:
            continue
        _check(info)
        unpacked += info.file_size
        again[name] += 1
        members[name if again[name] == 1 else _numbered(name, again[name])] = info
    if unpacked > limits.UNPACKED:
        raise Refused(too_large())
    if len(members) > limits.MEMBERS:
        raise Refused(
            _("This ZIP file has more than %(limit)s files. Export the journal in parts, one after another.")
            % {"limit": f"{limits.MEMBERS:,}"}
        )
    return members


def _numbered(name: str, number: int) -> str:
    """The name of one more file of the same name."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem} ({number}){path.suffix}"))


def _check(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise Refused(
            _("This ZIP file is locked with a password. Unpack it on your device, compress it again without one, and send that file.")
        )
    if info.compress_type not in _METHODS:
        raise Refused(
            _(
                "This ZIP file is compressed in a way we can’t read. Unpack it on your device, compress it as an "
                "ordinary ZIP file, and send that."
            )
        )
    if info.file_size > limits.MEMBER:
        raise Refused(too_large())
    if info.file_size > limits.RATIO_FREE and info.file_size > limits.RATIO * max(1, info.compress_size):
        raise Refused(too_large())


def too_large() -> str:
    return _("Unpacked, this ZIP file would be far larger than any journal, so we didn’t open it.")
