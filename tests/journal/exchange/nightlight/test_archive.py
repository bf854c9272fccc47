"""journal.exchange.nightlight.archive: what an export leaves behind, and how often it reads."""

import io
import zipfile

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts.keys import keyring
from accounts.models import User
from accounts.people import as_read_by
from journal.exchange.choosing import Choice
from journal.exchange.nightlight import archive
from journal.models import Entry, FilePart, SealedFile
from tests.factories import make_entry, make_user


class ExportedTests(TestCase):
    owner: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.owner = make_user()
        for number in range(3):
            make_entry(cls.owner, kind=Entry.Kind.FREE, text=f"Text {number}.")

    def export(self, target: io.BytesIO | None = None) -> zipfile.ZipFile:
        target = target or io.BytesIO()
        part, counted = archive.Part.of(self.owner, Choice()), []
        with keyring.cached(), as_read_by(self.owner):
            assert archive.write(self.owner, part, target, lambda: counted.append(1)) == 3
        assert len(counted) == 3
        return zipfile.ZipFile(target)

    def test_leaves_nothing_of_what_waited(self) -> None:
        assert self.export().read("journal.json")
        assert not SealedFile.objects.exists()
        assert not FilePart.objects.exists()

    def test_leaves_nothing_when_its_target_fails(self) -> None:
        class Full(io.BytesIO):
            def write(self, data: object) -> int:
                raise OSError("full")

        with pytest.raises(OSError, match="full"):
            self.export(Full())
        assert not SealedFile.objects.exists()

    def test_leaves_nothing_when_it_is_stopped(self) -> None:
        part = archive.Part.of(self.owner, Choice())
        with keyring.cached(), as_read_by(self.owner), pytest.raises(ZeroDivisionError):
            archive.write(self.owner, part, io.BytesIO(), lambda: 1 / 0)
        assert not SealedFile.objects.exists()

    def test_opens_each_page_once(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            self.export()

        assert sum('"content"' in query["sql"] and 'FROM "journal_entry"' in query["sql"] for query in queries) == 1
