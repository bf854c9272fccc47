"""journal.exchange.zipped: what it writes, everything that reads ZIP files reads."""

import datetime as dt
import io
import os
import zipfile
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.exchange import zipped
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.zipped import Packed, Zip

AT = dt.datetime(2026, 11, 27, 21, 30, 59, tzinfo=dt.UTC)
NAMES = st.text(st.characters(exclude_categories=["C"]) | st.sampled_from("/.ñ夜"), min_size=1, max_size=40).filter(
    lambda name: "\\" not in name
)


def written(files: dict[str, bytes]) -> zipfile.ZipFile:
    """The files, in turn by each of the three ways to write one."""
    target = io.BytesIO()
    with Zip(target, AT) as archive:
        for number, (name, data) in enumerate(files.items()):
            match number % 3:
                case 0:
                    archive.add(name, data)
                case 1:
                    with archive.stream(name) as member:
                        for start in range(0, len(data), 1_000):
                            member.write(data[start : start + 1_000])
                case _:
                    pieces: list[bytes] = []
                    packed = Packed(pieces.append)
                    packed.write(data)
                    packed.finish()
                    archive.add_packed(name, packed, pieces)
    return zipfile.ZipFile(target)


def held(archive: zipfile.ZipFile) -> dict[str, bytes]:
    assert archive.testzip() is None
    return {info.filename: archive.read(info) for info in archive.infolist()}


@given(st.dictionaries(NAMES, st.binary(max_size=5_000), max_size=7))
def test_files_are_read_as_they_were_written(files: dict[str, bytes]) -> None:
    assert held(written(files)) == files


def test_a_page_is_stored_as_it_is_and_what_is_larger_is_compressed() -> None:
    files = {"a page.md": b"Rain. " * 300, "a month.html": b"<p>Rain.</p>" * 3_000}
    target = io.BytesIO()
    with Zip(target, AT) as archive:
        for name, data in files.items():
            archive.add(name, data)

    read = zipfile.ZipFile(target)
    assert held(read) == files
    assert [(info.compress_type, info.compress_size < info.file_size) for info in read.infolist()] == [(0, False), (8, True)]


def test_a_large_file_is_handed_on_in_pieces() -> None:
    data = os.urandom(3_000_000)
    target = mock.Mock()
    with Zip(target, AT) as archive, archive.stream("a film") as member:
        for start in range(0, len(data), 100_000):
            member.write(data[start : start + 100_000])

    pieces = [call.args[0] for call in target.write.call_args_list]
    assert max(map(len, pieces)) < 500_000
    assert held(zipfile.ZipFile(io.BytesIO(b"".join(pieces)))) == {"a film": data}


def test_more_files_than_sixteen_bits_count_are_listed() -> None:
    files = {f"entries/{number}.md": b"" for number in range(65_536)}

    assert len(written(files).infolist()) == 65_536


@pytest.mark.parametrize("fits", [0, 100, 2_000])
def test_sizes_and_places_beyond_thirty_two_bits_have_fields_of_their_own(fits: int) -> None:
    """As if they were: nobody writes four gigabytes for a test."""
    files = {f"{number}.md": os.urandom(150 * number) for number in range(9)}

    with mock.patch.multiple(zipped, FITS=fits, FITS_16=4):
        archive = written(files)

    assert held(archive) == files
    assert archive.fp is not None
    opened = Archive.read(archive.fp)  # type: ignore[arg-type]
    assert opened is not None
    assert list(opened) == list(files)


def test_files_say_when_and_whose() -> None:
    [info] = written({"index.html": b"Good evening"}).infolist()

    assert info.date_time == (2026, 11, 27, 21, 30, 58)
    assert info.external_attr >> 16 == 0o600


def test_what_was_interrupted_is_no_archive() -> None:
    target = io.BytesIO()

    def interrupted() -> None:
        with Zip(target, AT) as archive:
            archive.add("index.html", b"Good evening")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        interrupted()

    assert not zipfile.is_zipfile(target)
