"""A file as Day One's own exports are: this application's reader of those reads it back."""

import datetime as dt
import io
import json
import zipfile
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis.extra.django import TestCase

from accounts.keys import keyring
from accounts.models import User
from journal import files
from journal.exchange import day_one
from journal.exchange.choosing import Choice
from journal.exchange.formats import Incoming, Source, recognise
from journal.models import Attachment, Origin, OriginContent
from tests.factories import make_entry, make_prompt, make_user
from tests.journal.exchange import journals

ZONE = "Asia/Kathmandu"
NIGHT = dt.date(2026, 3, 1)


@keyring.cached()
def written(owner: User, choice: Choice | None = None) -> bytes:
    target = io.BytesIO()
    day_one.write(owner, choice or Choice(), target, lambda: None)
    return target.getvalue()


def read(file: bytes) -> list[Incoming]:
    source = Source("journal.zip", io.BytesIO(file), ZoneInfo("UTC"))
    reader = recognise(source)
    assert reader.name == "day-one"
    entries = list(reader.read(source))
    assert all(isinstance(entry, Incoming) for entry in entries)
    return [entry for entry in entries if isinstance(entry, Incoming)]


@pytest.mark.django_db
def test_a_page_comes_with_its_question_its_evening_and_what_it_had_elsewhere() -> None:
    owner = make_user(time_zone=ZONE)
    prompt = make_prompt()
    with time_machine.travel(dt.datetime(2026, 3, 1, 20, 30, tzinfo=dt.UTC), tick=False):  # 2:15 of the next day there
        entry = make_entry(owner, text="She *laughed*.", mode="question", prompt=prompt.slug)
    said = OriginContent("jrnl", "1", "A title", ("kids", "rain"), True, "Lund", 55.7, 13.2, "Rain", ZONE)
    Origin.objects.create(entry=entry, author=owner, content=said)

    [found] = read(written(owner))

    assert found.night == NIGHT
    assert found.zone == ZONE
    assert found.text == f"# {prompt.question}\n\nShe *laughed*."
    assert (found.tags, found.is_starred, found.place, found.weather) == (("kids", "rain"), True, "Lund", "Rain")
    assert (found.latitude, found.longitude) == (55.7, 13.2)


@pytest.mark.django_db
def test_pictures_films_and_pdfs_come_along_and_what_has_no_place_stays_out() -> None:
    owner = make_user()
    entry = make_entry(owner, text="Look.")
    with keyring.cached():
        for position, (name, kind, data) in enumerate(
            [
                ("a.JPG", "image/jpeg", b"one"),
                ("b", "video/mp4", b"two"),
                ("c.pdf", "application/pdf", b"three"),
                ("d.zip", "application/zip", b"four"),
            ]
        ):
            with files.create(owner, name, kind) as writer:
                writer.write(data)
            Attachment.objects.create(entry=entry, author=owner, file=writer.file, position=position)

    file = written(owner)

    [found] = read(file)
    assert [each.open().read() for each in found.files] == [b"one", b"two", b"three"]
    assert not found.oddities
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert sorted(name.partition("/")[0] for name in archive.namelist()) == ["Journal.json", "pdfs", "photos", "videos"]


@pytest.mark.django_db
def test_a_part_holds_its_pages_alone_and_deleted_ones_are_in_none() -> None:
    owner = make_user()
    make_entry(owner, text="Before.", night=NIGHT - dt.timedelta(days=1))
    make_entry(owner, text="Then.", night=NIGHT)
    gone = make_entry(owner, text="Gone.", night=NIGHT + dt.timedelta(days=1))
    gone.deleted_at = gone.saved_at
    gone.save(update_fields=["deleted_at"])

    assert [entry.text for entry in read(written(owner, Choice(first=NIGHT)))] == ["Then."]
    assert [entry.text for entry in read(written(owner))] == ["Before.", "Then."]


class AnyJournalTests(TestCase):
    @settings(max_examples=10)
    @given(made=journals.journals)
    def test_every_page_of_any_journal_is_there(self, made: dict[str, object]) -> None:
        owner = make_user(time_zone=ZONE)
        journals.make_journal(owner, make_prompt().pk, made)
        file = written(owner)
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            entries = json.loads(archive.read("Journal.json"))["entries"]
            assert archive.testzip() is None

        kept = [page for page in made["pages"] if not page["is_deleted"]]  # type: ignore[attr-defined]
        assert len(entries) == len(kept)
        for page in kept:
            assert any(page["text"] in entry["text"] for entry in entries)
