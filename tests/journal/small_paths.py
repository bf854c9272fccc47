"""Three short paths, and the case for tests in which a parent walks them."""

import datetime as dt
from dataclasses import replace
from typing import Any
from unittest import mock

from django.test import TestCase

from accounts.models import User
from journal.models import Entry, Mode
from journal.nights import night_pages, walks
from prompts.library import paths
from prompts.library.paths import PartText, PathText, StepText
from prompts.models import Walk
from tests.factories import make_entry, make_prompt, make_user
from tests.helpers import EVENING, TONIGHT

SMALL = PathText(
    slug="small-steps",
    name="Small steps",
    line="Three nights.",
    introduction=("It begins softly.",),
    closing=("You came to the end of it.",),
    parts=(
        PartText(
            name="First", line="Small things.", steps=(StepText(prompt="step-1", note="Begin at the door."), StepText(prompt="step-2"))
        ),
        PartText(name="Then", line="And on.", steps=(StepText(prompt="step-3"),)),
    ),
    caution=("It can touch old harm. Help says whom to call.",),
    instead=("other-way",),
)
OTHER = PathText(
    slug="other-way",
    name="Another way",
    line="Two nights.",
    introduction=("Come along.",),
    closing=("Here it ends.",),
    parts=(PartText(name="", steps=(StepText(prompt="other-1"), StepText(prompt="other-2"))),),
)
GRACE = replace(SMALL, slug="grace", name="Grace notes", opt_in=True, caution=(), instead=(), parts=SMALL.parts[1:])
STEPS = list(SMALL.prompts)


def ship(test: TestCase, *shipped: PathText) -> None:
    """Make these the paths that ship, and no others, until the test ends."""
    test.enterContext(mock.patch.object(paths, "read", return_value={path.slug: path for path in shipped}))


class WalkCase(TestCase):
    """The three paths ship, and a library that has their prompts and six daily ones."""

    walker: User
    stranger: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.walker = make_user()
        cls.stranger = make_user(email="stranger@example.org")
        for slug in (*STEPS, *OTHER.prompts):
            make_prompt(slug=slug, question=f"What about {slug}?", daily=False)
        for number in range(6):
            make_prompt(slug=f"daily-{number}", question=f"What is question number {number}?")

    def setUp(self) -> None:
        ship(self, SMALL, OTHER, GRACE)

    def begin(self, slug: str = SMALL.slug, night: dt.date = TONIGHT) -> None:
        walks.begin(self.walker, slug, night)

    def asked(self, night: dt.date = TONIGHT) -> str:
        question = night_pages.load(self.walker, night).question
        return question.slug if question else ""

    def write(self, night: dt.date = TONIGHT, prompt: str | None = None, **fields: Any) -> Entry:
        """Answer what the night asks, or the prompt that is given."""
        return make_entry(self.walker, now=EVENING, night=night, prompt=prompt or self.asked(night), **{"mode": Mode.QUESTION, **fields})

    def answer(self, prompt: str, night: dt.date = TONIGHT, **fields: Any) -> Entry:
        """Answer a step on a page of its own."""
        return self.write(night, prompt, kind=Entry.Kind.FREE, **fields)

    def walk(self, slug: str = SMALL.slug) -> Walk:
        return Walk.objects.by(self.walker).get(path=slug)
