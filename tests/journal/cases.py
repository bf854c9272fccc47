"""The case with which tests of the journal's pages begin."""

from typing import Any

import time_machine
from bs4 import BeautifulSoup
from django.test import TestCase

from accounts.models import User
from journal.models import Entry
from tests.factories import make_entry, make_user
from tests.helpers import EVENING, on_own_device, read


@time_machine.travel(EVENING, tick=False)
class JournalCase(TestCase):
    """It is `EVENING`, and `author` is signed in with `self.client`."""

    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def setUp(self) -> None:
        self.client.force_login(self.author)
        on_own_device(self.client)

    def read(self, url: str, **query: Any) -> BeautifulSoup:
        return read(self.client, url, **query)

    def entry(self, **fields: Any) -> Entry:
        return make_entry(self.author, **fields)
