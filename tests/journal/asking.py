"""The case for tests of what a parent's marks, own questions and preferences change about the question of a night."""

import datetime as dt
from typing import Any

from django.test import TestCase

from accounts.models import Preferences, User
from journal.models import Entry, Mode
from journal.nights import night_pages
from prompts.models import Mark
from tests.factories import make_entry, make_own_question, make_prompt, make_user
from tests.helpers import DAY, EVENING, TONIGHT


class AskingCase(TestCase):
    """A library of six questions, and a parent who has done nothing with it yet."""

    author: User
    stranger: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        cls.stranger = make_user(email="stranger@example.org")
        for number in range(6):
            make_prompt(slug=f"presence-{number}", question=f"What is question number {number}?")

    def asked(self, night: dt.date = TONIGHT) -> str:
        question = night_pages.load(self.author, night).question
        return question.slug if question else ""

    def swapped(self, turns: int, night: dt.date = TONIGHT) -> list[str]:
        """What the page asks after each of so many swaps."""
        asked = []
        for turn in range(1, turns + 1):
            night_pages.turn_to(self.author, night, turn)
            asked.append(self.asked(night))
        return asked

    def mark(self, slug: str, kind: str = Mark.Kind.LATER, *, parent: User | None = None, days_ago: int = 1) -> None:
        Mark.objects.create(parent=parent or self.author, prompt_id=slug, kind=kind, marked_at=EVENING - days_ago * DAY)

    def marked(self) -> set[str]:
        return set(Mark.objects.values_list("prompt_id", flat=True))

    def make_own(self, question: str = "Who laughed first?", *, author: User | None = None, by_turn: bool = True) -> str:
        """Make a question of the author's own; returns its slug."""
        return str(make_own_question(author or self.author, question, by_turn=by_turn, now=EVENING).pk)

    def write(self, night: dt.date = TONIGHT, **fields: Any) -> Entry:
        """Answer what the night asks, or the prompt that is given."""
        return make_entry(self.author, now=EVENING, night=night, **{"prompt": self.asked(night), "mode": Mode.QUESTION, **fields})

    def prefer(self, **preferences: Any) -> None:
        self.author.sealed_preferences = Preferences(**preferences)
        self.author.save()
