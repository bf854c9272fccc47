"""Files that people bring: how many may lie half sent."""

import uuid

import pytest

from accounts.models import User
from journal import files
from journal.exchange.importing import uploads
from journal.models import SealedFile
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user()


def begun(owner: User, name: str, pk: uuid.UUID | None = None) -> SealedFile:
    file = uploads.begin(owner, pk or uuid.uuid4(), name, 100)
    assert file is not None
    uploads.add(file, b"half", at=0, size=100)
    return file


def test_only_the_newest_half_sent_files_are_kept(owner: User) -> None:
    begun(make_user(email="other@example.org"), "theirs")
    uploads.whole(owner, "whole", b"all of it")
    with files.create(owner, "an export under way") as writer:
        writer.write(b"x" * (files.PART_SIZE + 1))
        for number in range(5):
            begun(owner, str(number))
    assert {file.about.name for file in SealedFile.objects.all()} == {"2", "3", "4", "whole", "theirs", "an export under way"}


def test_a_file_that_is_begun_again_makes_no_room(owner: User) -> None:
    pks = [uuid.uuid4() for _ in range(3)]
    for pk in [*pks, pks[0]]:
        begun(owner, "a", pk)
    assert set(SealedFile.objects.values_list("pk", flat=True)) == set(pks)
