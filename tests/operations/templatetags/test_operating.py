"""What the admin's first page tells whoever runs the site."""

import datetime as dt
from pathlib import Path

import time_machine
from django.test import TestCase, override_settings

from accounts.models import User
from prompts.library import helplines
from tests.factories import make_user

CHECKED = max(line.checked for country in helplines.read() for line in country.lines)


class HelplineTests(TestCase):
    staff: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.staff = make_user(is_staff=True, is_superuser=True)

    def page(self, day: dt.date = CHECKED) -> str:
        with time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC)):
            self.client.force_login(self.staff)
            return self.client.get("/admin/").content.decode()

    def test_says_nothing_while_all_are_fresh(self) -> None:
        assert "not been checked for a year" not in self.page(CHECKED + dt.timedelta(days=365))

    def test_names_what_nobody_has_checked_for_a_year(self) -> None:
        page = self.page(CHECKED + dt.timedelta(days=366))

        assert "helplines have not been checked for a year" in page
        assert "Samaritans, 116 123" in page

    def test_says_that_a_file_cannot_be_read(self) -> None:
        with override_settings(HELPLINES=Path("/nowhere/helplines.toml")):
            assert "The file of helplines cannot be read" in self.page()
