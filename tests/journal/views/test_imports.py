"""/journal/import/: a file is looked at first, comes in once, beside what is here, and can be taken back for a week."""

import datetime as dt
import io
import json
import uuid
import zipfile
from types import ModuleType

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from journal import content
from journal.exchange.importing import uploads
from journal.models import Attachment, Entry, FilePart, Import, Job, Origin, SealedFile
from tests.factories import make_entry, make_user
from tests.helpers import main_text, parsed, signed_in
from tests.journal.exchange.journals import exported, said

pytestmark = pytest.mark.django_db

IMPORT = "/journal/import/"
NIGHT = dt.date(2024, 3, 1)


@pytest.fixture
def owner() -> User:
    return make_user(time_zone="Europe/Stockholm")


@pytest.fixture
def browser(owner: User) -> Client:
    return signed_in(owner)


def jrnl(*texts: str) -> bytes:
    """A jrnl export of a page a night."""
    entries = [
        {
            "title": text,
            "body": "",
            "date": (NIGHT + dt.timedelta(number)).isoformat(),
            "time": "21:04",
            "tags": ["@mika"],
            "starred": False,
        }
        for number, text in enumerate(texts)
    ]
    return json.dumps({"tags": {}, "entries": entries}).encode()


def day_one() -> bytes:
    """A Day One export of one page with a photo."""
    photo = {"identifier": "A" * 32, "md5": "0" * 32, "type": "jpeg", "orderInEntry": 0}
    text = "# By the lake\n\nThe heron.\n\n![](dayone-moment://" + "A" * 32 + ")"
    entry = {"uuid": "B" * 32, "creationDate": "2024-03-01T20:00:00Z", "timeZone": "Europe/Stockholm", "text": text, "photos": [photo]}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("Journal.json", json.dumps({"metadata": {"version": "1.0"}, "entries": [entry]}))
        archive.writestr("photos/" + "0" * 32 + ".jpeg", b"\xff\xd8 a photo")
    return target.getvalue()


def sent(browser: Client, data: bytes, name: str = "journal.json") -> Job:
    response = browser.post(IMPORT, {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 302, main_text(response)
    return Job.objects.get(pk=response.headers["Location"].split("/")[-2])


def taken_in(browser: Client, worker: ModuleType, data: bytes, name: str = "journal.json") -> Import:
    look = sent(browser, data, name)
    worker.run_waiting()
    job = browser.post(f"{IMPORT}{look.pk}/take/").headers["Location"].split("/")[-2]
    worker.run_waiting()
    return Import.objects.get(pk=job)


class ALookFirstTests:
    def test_shows_what_would_come_in_and_changes_nothing(self, owner: User, browser: Client, worker: ModuleType) -> None:
        make_entry(owner, night=NIGHT, text="# The heron came.")
        job = sent(browser, jrnl("The heron came.", "It rained.", "Nobody slept."))
        worker.run_waiting()
        page = browser.get(f"{IMPORT}{job.pk}/")
        assert "2 pages from jrnl would be imported. 1 is already here." in main_text(page)
        assert [cell.get_text() for cell in parsed(page).select(".by-month tbody tr *")] == ["March 2024", "2", "1"]
        assert [heading.get_text() for heading in parsed(page).select("article .reading h1, article .reading h2, article .reading h3")]
        assert Entry.objects.count() == 1
        assert not Import.objects.exists()

    def test_what_nobody_reads_is_refused_with_a_sentence(self, browser: Client, worker: ModuleType) -> None:
        job = sent(browser, b"\x00\x01\x02" * 100, "photo.bin")
        worker.run_waiting()
        page = main_text(browser.get(f"{IMPORT}{job.pk}/"))
        assert "This didn’t work" in page
        assert "journal" in page
        assert not Entry.objects.exists()

    def test_the_file_is_sealed_and_goes_after_a_day(self, browser: Client, worker: ModuleType) -> None:
        sent(browser, jrnl("The heron came."))
        with connection.cursor() as cursor:
            cursor.execute("select data from journal_filepart")
            assert not any(b"heron" in bytes(row[0]) for row in cursor.fetchall())
        file = SealedFile.objects.get()
        assert file.expires_at
        assert file.expires_at - timezone.now() < dt.timedelta(days=1, minutes=1)

    def test_no_file_and_an_empty_one_are_said(self, browser: Client) -> None:
        assert "Choose a file first." in main_text(browser.post(IMPORT))
        assert "The file is empty." in main_text(browser.post(IMPORT, {"file": SimpleUploadedFile("a.json", b"")}))


class TakingInTests:
    def test_pages_come_in_with_where_they_come_from_and_once(self, owner: User, browser: Client, worker: ModuleType) -> None:
        data = jrnl("The heron came.", "It rained.")
        batch = taken_in(browser, worker, data)
        entries = Entry.objects.order_by("night")
        assert [(entry.night, entry.kind, entry.content.text) for entry in entries] == [
            (NIGHT, "night", "# The heron came."),
            (NIGHT + dt.timedelta(1), "night", "# It rained."),
        ]
        assert entries[0].created_at == dt.datetime(2024, 3, 1, 20, 4, tzinfo=dt.UTC)
        origin = Origin.objects.get(entry=entries[0])
        assert (origin.batch, origin.content.source, origin.content.tags) == (batch, "jrnl", ("mika",))
        assert "2 pages were imported into your journal." in main_text(browser.get(f"{IMPORT}{batch.pk}/report/"))

        again = sent(browser, data)
        worker.run_waiting()
        assert "There’s nothing new in this file" in main_text(browser.get(f"{IMPORT}{again.pk}/"))
        assert Entry.objects.count() == 2

    def test_a_night_that_has_a_page_keeps_it(self, owner: User, browser: Client, worker: ModuleType) -> None:
        mine = make_entry(owner, night=NIGHT, text="Mine.")
        batch = taken_in(browser, worker, jrnl("Theirs."))
        mine.refresh_from_db()
        assert mine.content.text == "Mine."
        assert Entry.objects.exclude(pk=mine.pk).get().kind == Entry.Kind.FREE
        assert "1 became a separate page" in main_text(browser.get(f"{IMPORT}{batch.pk}/report/"))

    def test_a_page_that_was_edited_here_is_not_brought_in_again(self, owner: User, browser: Client, worker: ModuleType) -> None:
        data = jrnl("The heron came.")
        taken_in(browser, worker, data)
        entry = Entry.objects.get()
        content.write(entry, content.render("Edited."), "", "")
        content.save_next_version(entry, uuid.uuid4(), 1, timezone.now())
        again = sent(browser, data)
        worker.run_waiting()
        assert Job.objects.get(pk=again.pk).report.values["here"] == 1

    def test_photos_are_kept_sealed_and_can_be_saved_from_their_page(self, owner: User, browser: Client, worker: ModuleType) -> None:
        taken_in(browser, worker, day_one(), "day-one.zip")
        attachment = Attachment.objects.get()
        response = browser.get(f"{IMPORT}{attachment.pk}/file/")
        assert b"".join(response) == b"\xff\xd8 a photo"
        assert response.headers["Content-Disposition"].startswith("attachment")
        page = browser.get(f"/journal/{attachment.entry_id}/")
        assert "Day One" in main_text(page)
        assert parsed(page).select_one(f'a[href="{IMPORT}{attachment.pk}/file/"]')
        assert signed_in(make_user(email="other@example.org")).get(f"{IMPORT}{attachment.pk}/file/").status_code == 404

    def test_a_script_that_asks_how_far_it_is_learns_that_it_is_over(self, browser: Client, worker: ModuleType) -> None:
        batch = taken_in(browser, worker, jrnl("The heron came."))
        page = browser.get(f"{IMPORT}{batch.pk}/?part=progress")
        assert 'data-job="over"' in page.content.decode()
        assert browser.get(f"{IMPORT}{batch.pk}/").headers["Location"] == f"{IMPORT}{batch.pk}/report/"

    def test_two_presses_take_it_in_once(self, browser: Client, worker: ModuleType) -> None:
        look = sent(browser, jrnl("The heron came."))
        worker.run_waiting()
        targets = {browser.post(f"{IMPORT}{look.pk}/take/").headers["Location"] for _twice in range(2)}
        worker.run_waiting()
        assert len(targets) == 1
        browser.post(f"{IMPORT}{look.pk}/take/")
        worker.run_waiting()
        assert Entry.objects.count() == 1

    def test_a_file_that_is_gone_is_asked_for_again(self, browser: Client, worker: ModuleType) -> None:
        look = sent(browser, jrnl("The heron came."))
        worker.run_waiting()
        SealedFile.objects.all().delete()
        assert browser.post(f"{IMPORT}{look.pk}/take/").headers["Location"] == IMPORT

    def test_ones_own_export_comes_in_by_the_same_way(self, owner: User, browser: Client, worker: ModuleType) -> None:
        make_entry(owner, night=NIGHT, text="Mine.", feeling="light")
        file = exported(owner)
        other = make_user(email="other@example.org")
        batch = taken_in(signed_in(other), worker, file, "nightlight.zip")
        assert batch.summary.values["pages"] == 1
        assert said(exported(other), ids=False) == said(file, ids=False)


class TakingBackTests:
    def test_takes_out_what_nobody_wrote_on(self, owner: User, browser: Client, worker: ModuleType) -> None:
        mine = make_entry(owner, night=NIGHT + dt.timedelta(40), text="Mine.")
        batch = taken_in(browser, worker, jrnl("One.", "Two."))
        written_on = Entry.objects.filter(origin__batch=batch).first()
        assert written_on
        content.write(written_on, content.render("Edited."), "", "")
        content.save_next_version(written_on, uuid.uuid4(), 1, timezone.now())
        for _twice in range(2):
            browser.post(f"{IMPORT}{batch.pk}/take-back/")
            worker.run_waiting()
        assert set(Entry.objects.values_list("pk", flat=True)) == {mine.pk, written_on.pk}
        page = main_text(browser.get(f"{IMPORT}{batch.pk}/report/"))
        assert "Undone" in page
        assert "The others are still there." in page

    def test_takes_photos_along(self, browser: Client, worker: ModuleType) -> None:
        batch = taken_in(browser, worker, day_one(), "day-one.zip")
        browser.post(f"{IMPORT}{batch.pk}/take-back/")
        worker.run_waiting()
        assert not Attachment.objects.exists()
        assert not SealedFile.objects.filter(expires_at=None).exists(), "the file that was brought goes by itself"

    def test_only_within_a_week(self, owner: User, browser: Client, worker: ModuleType) -> None:
        batch = taken_in(browser, worker, jrnl("One."))
        with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
            later = signed_in(owner)
            assert "Undo this import" not in main_text(later.get(f"{IMPORT}{batch.pk}/report/"))
            later.post(f"{IMPORT}{batch.pk}/take-back/")
            worker.run_waiting()
        assert Entry.objects.exists()


class SlicesTests:
    def send(self, browser: Client, data: bytes, pk: str, at: int, size: int) -> dict[str, object]:
        fields = {"id": pk, "name": "a.json", "size": size, "at": at, "slice": SimpleUploadedFile("slice", data)}
        response = browser.post(f"{IMPORT}slice/", fields)
        return {"status": response.status_code, **response.json()}

    def test_a_file_arrives_in_slices_also_twice_and_from_the_middle(self, browser: Client, worker: ModuleType) -> None:
        data, pk = jrnl("The heron came."), str(uuid.uuid4())
        assert self.send(browser, data[:50], pk, 0, len(data)) == {"status": 200, "size": 50}
        assert self.send(browser, data[:50], pk, 0, len(data)) == {"status": 200, "size": 50}
        assert self.send(browser, data[80:], pk, 80, len(data)) == {"status": 409, "size": 50}
        last = self.send(browser, data[50:], pk, 50, len(data))
        assert last["size"] == len(data)
        assert self.send(browser, data[50:], pk, 50, len(data))["next"] == last["next"], "sent twice, it is looked at once"
        worker.run_waiting()
        assert "1 page from jrnl would be imported." in main_text(browser.get(str(last["next"])))

    def test_an_id_of_somebody_elses_file_is_no_way_to_it(self, browser: Client) -> None:
        pk = str(uuid.uuid4())
        stranger = signed_in(make_user(email="other@example.org"))
        self.send(stranger, b"{", pk, 0, 10)
        assert self.send(browser, b"{", pk, 0, 10)["status"] == 422
        assert FilePart.objects.count() == 1

    def test_more_than_is_taken_in_is_refused(self, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        pk = str(uuid.uuid4())
        assert self.send(browser, b"{", pk, 0, uploads.SIZE_LIMIT + 1)["status"] == 413
        assert self.send(browser, b"{" * 11, pk, 0, 10)["status"] == 413
        monkeypatch.setattr(uploads, "SLICE_LIMIT", 5)
        assert self.send(browser, b"{" * 6, pk, 0, 10)["status"] == 422
        assert browser.post(f"{IMPORT}slice/", {"id": "x"}).status_code == 422


def test_a_stranger_finds_nothing(browser: Client, worker: ModuleType) -> None:
    look = sent(browser, jrnl("One."))
    worker.run_waiting()
    batch = taken_in(browser, worker, jrnl("One."))
    stranger = signed_in(make_user(email="other@example.org"))
    for address in (f"{look.pk}/", f"{batch.pk}/", f"{batch.pk}/report/"):
        assert stranger.get(IMPORT + address).status_code == 404
    for address in (f"{look.pk}/take/", f"{batch.pk}/take-back/", f"{look.pk}/"):
        assert stranger.post(IMPORT + address).status_code == 404


class TwoTabsTests:
    def test_a_second_file_waits_for_the_first_and_says_so(self, browser: Client) -> None:
        first = sent(browser, jrnl("One."))
        response = browser.post(IMPORT, {"file": SimpleUploadedFile("other.json", jrnl("Two."))})
        assert response.status_code == 409
        assert "We’re reading another file." in main_text(response)
        assert Job.objects.get() == first
        assert SealedFile.objects.count() == 1, "what is not read does not lie here"

    def test_what_came_in_whole_leaves_no_file_behind(self, browser: Client, worker: ModuleType) -> None:
        taken_in(browser, worker, jrnl("One."))
        assert not SealedFile.objects.exists()
