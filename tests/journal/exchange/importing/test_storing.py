"""What another journal's reader gives is stored beside what is here, and holds nobody up."""

import datetime as dt
import io
from types import ModuleType
from typing import Any, BinaryIO

import pytest
from django.db import connection
from django.utils import timezone

from accounts.keys import keyring
from accounts.models import User
from journal import jobs
from journal.entries import trash
from journal.exchange.formats import Incoming, IncomingFile
from journal.exchange.importing import storing, taking
from journal.exchange.importing.storing import Stored
from journal.models import Attachment, Entry, EntryQuerySet, FilePart, Import, ImportSummary, Job, Mode, Night, SealedFile
from tests.factories import make_user
from tests.helpers import DAY

pytestmark = pytest.mark.django_db

LONG_AGO = dt.date(2019, 5, 4)


@pytest.fixture
def owner() -> User:
    return make_user()


def stored(owner: User, *some: Incoming) -> list[Entry]:
    batch = Import.objects.create(author=owner, source="day-one", created_at=timezone.now(), summary=ImportSummary())
    with keyring.cached():
        storing.store(owner, batch, some, Stored())
    return list(Entry.objects.filter(origin__batch=batch).order_by("pk"))


def photo(data: bytes = b"a photo", opened: Any = None) -> IncomingFile:
    return IncomingFile("heron.jpg", "image/jpeg", len(data), opened or (lambda: io.BytesIO(data)))


def test_the_first_of_a_night_is_its_page_and_others_are_pages_of_their_own(owner: User) -> None:
    first, second = stored(owner, Incoming("a", LONG_AGO, text="One."), Incoming("b", LONG_AGO, title="Late", text="Two."))
    assert [first.kind, second.kind] == [Entry.Kind.NIGHT, Entry.Kind.FREE]
    assert second.content.text == "# Late\n\nTwo."


def test_pages_that_can_still_be_written_are_left_to_their_author(owner: User) -> None:
    """Tonight's page, last night's, and those of nights on which something was done with theirs."""
    tonight = owner.tonight(timezone.now())
    Night.objects.create(author=owner, night=LONG_AGO, mode=Mode.QUESTION)
    nights = (tonight + DAY, tonight, tonight - DAY, LONG_AGO, tonight - 2 * DAY)
    entries = {entry.night: entry.kind for entry in stored(owner, *(Incoming(str(night), night, text="One.") for night in nights))}
    assert entries.pop(tonight - 2 * DAY) == Entry.Kind.NIGHT
    assert set(entries.values()) == {Entry.Kind.FREE}


def test_files_are_copied_before_the_transaction(owner: User) -> None:
    """On SQLite nobody else could save while a film is copied."""
    depth = len(connection.savepoint_ids)

    def opened() -> BinaryIO:
        assert len(connection.savepoint_ids) == depth
        return io.BytesIO(b"a photo")

    stored(owner, Incoming("a", LONG_AGO, text="One.", files=(photo(opened=opened),)))
    file = Attachment.objects.get().file
    assert file.expires_at is None


def test_files_of_pages_that_were_not_stored_expire(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EntryQuerySet, "insert", lambda *_rows, **_same: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        stored(owner, Incoming("a", LONG_AGO, text="One.", files=(photo(),)))
    assert SealedFile.objects.get().expires_at is not None


def test_a_damaged_file_is_left_out_and_its_page_comes_in(owner: User) -> None:
    def opened() -> BinaryIO:
        raise OSError

    (entry,) = stored(owner, Incoming("a", LONG_AGO, text="One.", files=(photo(opened=opened), photo())))
    assert entry.attachments.count() == 1


def test_files_go_for_good_with_their_page(owner: User) -> None:
    (entry,) = stored(owner, Incoming("a", LONG_AGO, text="One.", files=(photo(),)))
    trash.delete(owner, entry, timezone.now())
    assert SealedFile.objects.exists(), "it can be put back"
    trash.delete_for_good(owner, entry.pk)
    assert not SealedFile.objects.exists()
    assert not FilePart.objects.exists()


def test_an_import_whose_worker_was_killed_goes_on_and_reports_all_of_it(
    owner: User, worker: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from journal.exchange.importing import uploads
    from tests.journal.views.test_imports import jrnl

    monkeypatch.setattr(taking, "AT_ONCE", 1)
    look = jobs.start(owner, Job.Kind.PREVIEW, {}, file=uploads.whole(owner, "journal.json", jrnl("One.", "Two.", "Three.")))
    worker.run_waiting()
    calls: list[object] = []

    def killed_once(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise SystemExit
        storing.store(*arguments)

    monkeypatch.setattr(taking, "store", killed_once)
    job = taking.start(owner, Job.objects.select_related("file").get(pk=look.pk))
    for _attempt in range(2):
        try:
            worker.run_waiting()
        except SystemExit:
            continue
    values = Import.objects.get(pk=job.pk).summary.values
    assert (values["pages"], values["here"]) == (3, 0)
