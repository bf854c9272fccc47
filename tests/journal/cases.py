"""A parent who is signed in and writes; what tests of the journal's pages begin with."""

from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import BeautifulSoup
from django.test import TestCase

from accounts.models import User
from journal.models import Entry
from tests.factories import make_entry, make_user
from tests.helpers import EVENING, parsed


@time_machine.travel(EVENING, tick=False)
class JournalCase(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def read(self, url: str, **query: Any) -> BeautifulSoup:
        response = self.client.get(url, query)
        assert response.status_code == HTTPStatus.OK
        return parsed(response)

    def entry(self, **fields: Any) -> Entry:
        return make_entry(self.author, **fields)
