"""Sealed files: any bytes, in pieces of any size, come back as they were; nothing of them lies in the clear."""

import datetime as dt
import io
import zipfile

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.keys import keyring
from accounts.keys.crypto import SealBroken
from accounts.models import User
from journal import files
from journal.models import FilePart, SealedFile
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def written(owner: User, *pieces: bytes, expires_at: dt.datetime | None = None) -> SealedFile:
    with files.create(owner, "a name.txt", "text/plain", expires_at=expires_at) as writer:
        for piece in pieces:
            writer.write(piece)
    return writer.file


class PiecesTests(TestCase):
    @given(
        pieces=st.lists(st.binary(max_size=200), max_size=8),
        part=st.integers(1, 64),
        seeks=st.lists(st.tuples(st.integers(0, 1700), st.integers(0, 300)), max_size=6),
    )
    def test_what_was_written_is_read_from_any_place(self, pieces: list[bytes], part: int, seeks: list[tuple[int, int]]) -> None:
        parent, whole = make_user(), b"".join(pieces)
        with pytest.MonkeyPatch.context() as patch, keyring.cached():
            patch.setattr(files, "PART_SIZE", part)
            file = SealedFile.objects.get(pk=written(parent, *pieces).pk)
            assert (file.size, file.is_complete) == (len(whole), True)
            assert b"".join(files.chunks(file)) == whole
            reader, model = files.opened(file), io.BytesIO(whole)
            for place, length in seeks:
                reader.seek(place)
                model.seek(place)
                assert reader.read(length) == model.read(length)

    @given(
        data=st.binary(max_size=600),
        cuts=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 200)), max_size=12),
        part=st.integers(1, 97),
    )
    def test_slices_in_any_order_and_twice_make_the_file_that_was_sent(self, data: bytes, cuts: list[tuple[int, int]], part: int) -> None:
        parent = make_user()
        with pytest.MonkeyPatch.context() as patch, keyring.cached():
            patch.setattr(files, "PART_SIZE", part)
            file = files.create(parent, "upload").file
            for at, length in [*cuts, (0, len(data))]:
                before = SealedFile.objects.get(pk=file.pk).size
                if at > before:
                    with pytest.raises(files.WrongPlace) as refused:
                        files.append(file, data[at : at + length], at=at)
                    assert refused.value.size == before
                else:
                    assert files.append(file, data[at : at + length], at=at) == max(before, min(at + length, len(data)), at)
            files.complete(file)
            assert b"".join(files.chunks(SealedFile.objects.get(pk=file.pk))) == data


def test_a_zip_is_written_without_seeking_and_read_again() -> None:
    with keyring.cached():
        with files.create(make_user(), "a.zip") as writer, zipfile.ZipFile(writer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("one.txt", b"1" * 2_000_000)
            archive.writestr("two.txt", "zwei")
        with zipfile.ZipFile(files.opened(writer.file)) as archive:
            assert archive.testzip() is None
            assert archive.read("two.txt") == b"zwei"


def test_nothing_lies_in_the_clear_and_no_part_takes_anothers_place() -> None:
    parent = make_user()
    file = written(parent, b"what was written " * 40_000)
    with connection.cursor() as cursor:
        cursor.execute("select data from journal_filepart order by number")
        raw = [bytes(row[0]) for row in cursor.fetchall()]
        assert len(raw) == 2
        assert not any(b"what was written" in each for each in raw)
    first, second = FilePart.objects.filter(file=file).order_by("number")
    FilePart.objects.filter(pk=first.pk).update(number=7)
    FilePart.objects.filter(pk=second.pk).update(number=0)
    with pytest.raises(SealBroken):
        files.opened(file).read()


def test_a_part_that_is_missing_is_noticed() -> None:
    file = written(make_user(), b"x" * (files.PART_SIZE + 10))
    FilePart.objects.filter(file=file, number=1).delete()
    with pytest.raises(files.DamagedFile):
        list(files.chunks(file))


def test_a_failure_leaves_nothing() -> None:
    def fail() -> None:
        with files.create(make_user(), "a") as writer:
            writer.write(b"x" * files.PART_SIZE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not SealedFile.objects.exists()
    assert not FilePart.objects.exists()


def test_what_expires_goes_and_what_does_not_stays() -> None:
    parent, now = make_user(), timezone.now()
    gone, kept, later = (written(parent, b"x", expires_at=at) for at in (now, None, now + dt.timedelta(days=1)))
    assert set(SealedFile.objects.available(now)) == {kept, later}
    assert files.delete_expired(now) == 1
    assert set(SealedFile.objects.all()) == {kept, later}
    assert not FilePart.objects.filter(file=gone.pk).exists()
