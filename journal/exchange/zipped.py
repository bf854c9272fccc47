"""Writing a ZIP of many small files to a target that need not be seekable.

`zipfile` spends more on each file than it takes to compress a page, keeps a kilobyte for it until the end, and cannot take what was
compressed before. This writes the plain subset of the format that it reads, and every other program: PKWARE's APPNOTE, 4.3 and 4.5.
"""

import datetime as dt
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol, Self

LEVEL = 1  # of compression: the highest takes four times as long for a tenth less
SMALL = 8 * 1024  # bytes of a file that is stored as it is: of a page compression saves a kilobyte, and takes a fifth of the whole work
AT_ONCE = 256 * 1024  # bytes that wait before they are handed on

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_PLACE_64 = struct.Struct("<4sLQL")
_DESCRIPTOR_64 = struct.Struct("<4sL2Q")

_STORED, _DEFLATED = 0, 8
_PLAIN, _LARGE = 20, 45  # the version that a reader needs: for deflated files, and for sizes beyond 32 bits
_MADE_BY, _RIGHTS = 3 << 8 | _LARGE, 0o600 << 16  # Unix, a file that its owner reads and writes
_UTF_8, _SIZES_FOLLOW = 1 << 11, 1 << 3
FITS, FITS_16 = 0xFFFF_FFFE, 0xFFFE  # what the fields of 32 and of 16 bits hold
_ELSEWHERE, _ELSEWHERE_16 = 0xFFFF_FFFF, 0xFFFF  # in them: see the larger fields
_EARLIEST = dt.date(1980, 1, 1)


class Target(Protocol):
    def write(self, data: bytes, /) -> object: ...


def _deflate() -> "zlib._Compress":
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


class Packed:
    """What is written here is handed on compressed, some at a time. `finish` hands on the rest: then the figures are those of all of it."""

    def __init__(self, put: Callable[[bytes], object]) -> None:
        self._put = put
        self._deflate = _deflate()
        self.crc = self.size = self.packed_size = 0

    def write(self, data: bytes) -> int:
        self.crc = zlib.crc32(data, self.crc)
        self.size += len(data)
        self._hand_on(self._deflate.compress(data))
        return len(data)

    def finish(self) -> None:
        self._hand_on(self._deflate.flush())

    def _hand_on(self, packed: bytes) -> None:
        if packed:
            self.packed_size += len(packed)
            self._put(packed)


class Zip:
    """A ZIP that is being written; on leaving its context it is complete. Of each file it keeps only its line of the directory."""

    def __init__(self, target: Target, at: dt.datetime) -> None:
        """`at`: when its files were last changed, on the clock of whoever they are for."""
        self._target = target
        self._pending = bytearray()
        self._written = 0  # bytes that were handed on
        self._directory = bytearray()
        self._count = 0
        self._time = at.hour << 11 | at.minute << 5 | at.second // 2
        self._date = max(at.year - _EARLIEST.year, 0) << 9 | at.month << 5 | at.day

    def add(self, name: str, data: bytes) -> None:
        """A file that is in memory."""
        method, packed = _STORED, data
        if len(data) > SMALL:
            deflate = _deflate()
            method, packed = _DEFLATED, deflate.compress(data) + deflate.flush()
        figures = zlib.crc32(data), len(packed), len(data)
        offset = self._begin(name, *figures, method=method)
        self._put(packed)
        self._list(name, *figures, offset, method=method)

    def add_packed(self, name: str, packed: Packed, pieces: Iterable[bytes]) -> None:
        """A file that was compressed before: `pieces` are what `packed` handed on."""
        offset = self._begin(name, packed.crc, packed.packed_size, packed.size)
        for piece in pieces:
            self._put(piece)
        self._list(name, packed.crc, packed.packed_size, packed.size, offset)

    @contextmanager
    def stream(self, name: str) -> Iterator[Packed]:
        """A file that is written within the context, and is never in memory as a whole."""
        offset = self._begin(name, 0, 0, 0, flags=_SIZES_FOLLOW)
        packed = Packed(self._put)
        yield packed
        packed.finish()
        self._put(_DESCRIPTOR_64.pack(b"PK\x07\x08", packed.crc, packed.packed_size, packed.size))
        self._list(name, packed.crc, packed.packed_size, packed.size, offset, flags=_SIZES_FOLLOW)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            self._end()

    def _begin(self, name: str, crc: int, packed: int, size: int, *, method: int = _DEFLATED, flags: int = 0) -> int:
        """Write what stands before a file; returns where that is."""
        offset = self._written + len(self._pending)
        encoded, flags = _encoded(name, flags)
        extra = b""
        if flags & _SIZES_FOLLOW or max(packed, size) > FITS:
            extra, packed, size = struct.pack("<2H2Q", 1, 16, size, packed), _ELSEWHERE, _ELSEWHERE
        version = _LARGE if extra else _PLAIN
        fields = version, flags, method, self._time, self._date, crc, packed, size, len(encoded), len(extra)
        self._put(_LOCAL.pack(b"PK\x03\x04", *fields) + encoded + extra)
        return offset

    def _list(self, name: str, crc: int, packed: int, size: int, offset: int, *, method: int = _DEFLATED, flags: int = 0) -> None:
        """Note a file for the directory."""
        encoded, flags = _encoded(name, flags)
        extra = b""
        if max(packed, size, offset) > FITS:
            extra = struct.pack("<2H3Q", 1, 24, size, packed, offset)
            packed = size = offset = _ELSEWHERE
        version = _LARGE if extra or flags & _SIZES_FOLLOW else _PLAIN
        fields = version, flags, method, self._time, self._date, crc, packed, size, len(encoded), len(extra), 0, 0, 0, _RIGHTS, offset
        self._directory += _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, *fields) + encoded + extra
        self._count += 1

    def _end(self) -> None:
        at, size, count = self._written + len(self._pending), len(self._directory), self._count
        self._put(bytes(self._directory))
        if max(at, size) > FITS or count > FITS_16:
            self._put(_END_64.pack(b"PK\x06\x06", 44, _MADE_BY, _LARGE, 0, 0, count, count, size, at))
            self._put(_PLACE_64.pack(b"PK\x06\x07", 0, at + size, 1))
            count, size, at = _ELSEWHERE_16, _ELSEWHERE, _ELSEWHERE
        self._put(_END.pack(b"PK\x05\x06", 0, 0, count, count, size, at, 0))
        self._hand_on()

    def _put(self, data: bytes) -> None:
        self._pending += data
        if len(self._pending) >= AT_ONCE:
            self._hand_on()

    def _hand_on(self) -> None:
        self._written += len(self._pending)
        self._target.write(bytes(self._pending))
        self._pending.clear()


def _encoded(name: str, flags: int) -> tuple[bytes, int]:
    return name.encode(), flags if name.isascii() else flags | _UTF_8
