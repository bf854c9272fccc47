"""operations.templatetags.operating: the admin's first page names helplines that nobody checked, or not for a year."""

import datetime as dt
import tempfile
from pathlib import Path

import time_machine
from django.test import TestCase, override_settings

from accounts.models import User
from prompts.library import helplines
from tests.factories import make_user
from tests.helpers import DAY, signed_in

CHECKED = dt.date(2026, 11, 26)
FILE = """
[[country]]
code = "IE"
name = { en = "Ireland" }
emergency = "112"
[[country.line]]
name = "Samaritans"
kind = "talk"
what = { en = "Someone to talk to." }
number = "116 123"
tel = "116123"
hours = { en = "Day and night" }
site = "https://line.example/"
source = "line.example"
checked = 2026-11-26
how = "called"
"""


class HelplineTests(TestCase):
    staff: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.staff = make_user(is_staff=True, is_superuser=True)

    def front_page(self, day: dt.date = CHECKED, file: str = FILE) -> str:
        path = Path(self.enterContext(tempfile.TemporaryDirectory())) / "lines.toml"
        path.write_text(file, encoding="utf-8")
        with override_settings(HELPLINES=path), time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC)):
            return signed_in(self.staff).get("/admin/").content.decode()

    def test_says_nothing_while_all_are_fresh(self) -> None:
        page = self.front_page(CHECKED + 365 * DAY)

        assert "checked" not in page

    def test_names_what_nobody_has_checked_for_a_year(self) -> None:
        page = self.front_page(CHECKED + 366 * DAY)

        assert "1 helpline was last checked over a year ago" in page
        assert "Samaritans, 116 123" in page

    def test_names_what_nobody_has_checked_yet(self) -> None:
        page = self.front_page(file=FILE.replace('how = "called"\n', ""))

        assert "1 helpline hasn’t been checked yet" in page
        assert "Samaritans, 116 123" in page
        assert "last checked over a year ago" not in page

    def test_of_those_that_ship_none_is_checked(self) -> None:
        count = sum(len(country.lines) for country in helplines.read())

        page = self.front_page(file=helplines.SHIPPED.read_text(encoding="utf-8"))

        assert f"{count} helplines haven’t been checked yet" in page

    def test_says_that_a_file_cannot_be_read(self) -> None:
        with override_settings(HELPLINES=Path("/nowhere/helplines.toml")):
            assert "Nightlight can’t read the file of helplines" in signed_in(self.staff).get("/admin/").content.decode()
