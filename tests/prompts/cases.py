"""A small library in the database, and a parent who browses it: for tests of the pages of `prompts.views`."""

from typing import Any

import time_machine
from bs4 import BeautifulSoup
from django.test import TestCase

from accounts.models import User
from prompts.models import Mark
from tests.factories import make_prompt, make_theme, make_user
from tests.helpers import EVENING, read


@time_machine.travel(EVENING, tick=False)
class LibraryCase(TestCase):
    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        for position, slug in enumerate(["repair", "presence", "grace"]):
            make_theme(slug=slug, position=position, opt_in=slug == "grace")
        make_prompt(slug="a-slow-evening", question="When did the evening slow down?", depth="deep")
        make_prompt(slug="at-the-door", if_stuck=["Shoes in the café count."], tomorrow="Look up when they come in.")
        make_prompt(slug="on-the-phone", theme="repair", question="What did the phone hear?", depth="steady", ages=["teen", "grown"])
        make_prompt(slug="a-small-prayer", theme="grace", question="What did you pray for?")
        make_prompt(slug="long-gone", question="What was asked in former years?", retired=True)
        make_prompt(slug="on-a-path", question="What is asked on a path alone?", daily=False)
        cls.parent = make_user()

    def read(self, url: str = "/prompts/", **query: str) -> BeautifulSoup:
        return read(self.client, url, **query)

    def mark(self, slug: str = "at-the-door", **fields: str) -> Any:
        return self.client.post(f"/prompts/{slug}/mark/", fields)

    def marks(self, parent: User | None = None) -> dict[str, str]:
        """The kind of mark of each prompt that this parent has marked."""
        return dict(Mark.objects.filter(parent=parent or self.parent).values_list("prompt_id", "kind"))
