"""accounts.keys.blobs: large binary values are sealed as they are, bound to their row and revision."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.keys import keyring
from accounts.keys.blobs import Blob
from accounts.keys.crypto import SealBroken
from accounts.keys.padding import BLOB_STEP, pad_blob, unpad_blob
from accounts.keys.sealing import SealedTypeError
from journal.models import SearchIndex
from tests.factories import make_user


@given(st.binary(max_size=40) | st.binary(max_size=4).map(lambda end: b"\x80\0" * 30_000 + end))
def test_what_was_padded_comes_back(data: bytes) -> None:
    assert bytes(unpad_blob(pad_blob(data))) == data


@pytest.mark.parametrize("size", [0, 1, BLOB_STEP - 1, BLOB_STEP, 1_000_000, 7_300_000])
def test_lengths_are_few_and_grow_little(size: int) -> None:
    padded = len(pad_blob(bytes(size)))

    assert padded % BLOB_STEP == 0
    assert padded <= max(BLOB_STEP, size * 1.04 + BLOB_STEP)


@pytest.mark.parametrize("damaged", [b"", b"\0\0", b"abc", b"\x80abc"])
def test_what_is_not_padded_is_broken(damaged: bytes) -> None:
    with pytest.raises(SealBroken):
        unpad_blob(damaged)


@pytest.mark.django_db
@keyring.cached()
def test_a_blob_opens_in_its_place_alone() -> None:
    row = SearchIndex.objects.create(author=make_user(), format=1, data=Blob(b"words"))

    assert bytes(SearchIndex.objects.get().data.data) == b"words"
    assert "words" not in repr(SearchIndex.objects.get().data)
    SearchIndex.objects.update(revision=row.revision + 1)
    with pytest.raises(SealBroken):
        _ = SearchIndex.objects.get().data


@pytest.mark.django_db
def test_bare_bytes_are_not_sealed() -> None:
    with pytest.raises(SealedTypeError):
        SearchIndex.objects.create(author=make_user(), format=1, data=b"words")  # type: ignore[misc]
