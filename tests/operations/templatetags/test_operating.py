"""operations.templatetags.operating: the admin's first page names helplines that were not checked for a year."""

import datetime as dt
from pathlib import Path

import time_machine
from django.test import TestCase, override_settings

from accounts.models import User
from prompts.library import helplines
from tests.factories import make_user
from tests.helpers import DAY

CHECKED = max(line.checked for country in helplines.read() for line in country.lines)


class HelplineTests(TestCase):
    staff: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.staff = make_user(is_staff=True, is_superuser=True)

    def front_page(self, day: dt.date = CHECKED) -> str:
        with time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC)):
            self.client.force_login(self.staff)
            return self.client.get("/admin/").content.decode()

    def test_says_nothing_while_all_are_fresh(self) -> None:
        assert "not been checked for a year" not in self.front_page(CHECKED + 365 * DAY)

    def test_names_what_nobody_has_checked_for_a_year(self) -> None:
        page = self.front_page(CHECKED + 366 * DAY)

        assert "helplines have not been checked for a year" in page
        assert "Samaritans, 116 123" in page

    def test_says_that_a_file_cannot_be_read(self) -> None:
        with override_settings(HELPLINES=Path("/nowhere/helplines.toml")):
            assert "The file of helplines cannot be read" in self.front_page()
