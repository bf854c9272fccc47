"""`prompts.tonight` over three years with the library that ships, for parents with choices, own questions and habits of their own.

`make soak-year` tries a thousand parents (YEAR_PARENTS); every run of the tests tries a few.
"""

import datetime as dt
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from random import Random

import pytest

from accounts.models import Age
from journal.nights.records import LOOK_BACK
from prompts.library import prompts
from prompts.models import Facet
from prompts.questions import OWN, Question
from prompts.tonight import DEEP_EVERY, MIN_RESTED, REST_NIGHTS, Asked, choose, first_kept, suits
from tests.factories import make_question
from tests.helpers import DAY

PARENTS = int(os.environ.get("YEAR_PARENTS", "4"))
NIGHTS = 3 * 365
FIRST = dt.date(2026, 1, 1)
MAX_DIFFERENCE = 0.05  # between a theme's share of what is asked and its share of what may be asked


@cache
def library() -> tuple[Question, ...]:
    shipped = prompts.read()
    themes = {theme.slug: theme for theme in shipped.themes}
    return tuple(
        make_question(
            slug=text.slug,
            theme=text.theme,
            opt_in=themes[text.theme].opt_in,
            text=text.question,
            depth=text.depth,
            ages=frozenset(text.ages),
            tender=text.tender,
            daily=text.daily,
            facets=frozenset(text.facets),
        )
        for text in shipped.prompts
    )


@dataclass
class Parent:
    """A parent's choices, own questions and habits, all of which follow from the number."""

    number: int
    themes: list[str] = field(default_factory=list)
    ages: list[str] = field(default_factory=list)
    facets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.number)  # noqa: S311  the same parent each time, not a secret
        self.person = uuid.UUID(int=self.random.getrandbits(128))
        all_themes = sorted({question.theme for question in library()})
        if self.random.random() < 0.7:
            self.themes = self.random.sample(all_themes, self.random.randint(1, 6))
        self.ages = self.random.sample(Age.values, self.random.randint(0, 2))
        self.facets = Random(self.number).sample(Facet.values, self.number % 3)  # noqa: S311
        own = [make_question(slug=str(uuid.UUID(int=n)), theme=OWN, depth="steady", own=True) for n in range(self.random.randint(0, 4))]
        self.library = [*library(), *own]
        eligible = [question for question in self.library if suits(question, self.themes, self.ages, self.facets)]
        self.never = {question.slug for question in eligible if self.random.random() < 0.02}
        self.eligible = [question for question in eligible if question.slug not in self.never]
        self.kept = [question.slug for question in self.random.sample(self.eligible, min(3, len(self.eligible)))]
        self.answers = self.random.choice([1.0, 0.8, 0.4])

    def nights(self) -> Iterator[tuple[int, Question | None, bool]]:
        """The number of each night, what its page asked, and whether that was answered."""
        by_slug = {question.slug: question for question in self.library}
        asked: list[Asked] = []
        for day in range(NIGHTS):
            night = FIRST + day * DAY
            asked = [record for record in asked if record.night >= night - LOOK_BACK] if day % 60 == 0 else asked
            slug = first_kept(night, self.kept, asked)
            question = by_slug[slug] if slug else self.choose(night, asked)
            answered = question is not None and self.random.random() < self.answers
            if question is not None and answered:
                asked.append(Asked(night, question.slug))
                self.kept = [kept for kept in self.kept if kept != question.slug]
            yield day, question, answered

    def choose(self, night: dt.date, asked: list[Asked]) -> Question | None:
        return choose(
            night,
            person=self.person,
            library=self.library,
            themes=self.themes,
            ages=self.ages,
            facets=self.facets,
            asked=asked,
            excluded=self.never,
        )


def rotation(question: Question) -> tuple[bool, bool]:
    """Which of the three a question belongs to: the deep ones, those of facets, and all others."""
    return question.is_deep, bool(question.facets) and not question.is_deep


@pytest.mark.parametrize("number", range(PARENTS))
def test_three_years(number: int) -> None:
    parent = Parent(number)
    kept = list(parent.kept)
    sorts = Counter(rotation(question) for question in parent.eligible)
    last: dict[str, int] = {}  # the day on which each was last answered
    last_deep = -DEEP_EVERY
    shown: list[Question] = []

    for day, question, answered in parent.nights():
        if question is None:
            continue
        first = question.slug in kept and question.slug not in last
        assert question in parent.eligible
        if not first:  # what the parent kept for later comes whatever else was asked
            rested = sorts[rotation(question)] - sum(
                day - at <= REST_NIGHTS
                for slug, at in last.items()
                if (other := by_slug(parent, slug)) and rotation(other) == rotation(question)
            )
            assert day - last.get(question.slug, -REST_NIGHTS - 1) > REST_NIGHTS or rested < MIN_RESTED
            assert not question.is_deep or day - last_deep >= DEEP_EVERY
        if question.is_deep and answered:
            last_deep = day
        if answered:
            last[question.slug] = day
        shown.append(question)

    asked = {question.slug for question in shown}
    assert asked.issuperset(kept)
    if any(not question.is_deep for question in parent.eligible):
        assert [question.slug for question in parent.eligible if question.slug not in asked] == []
        assert_proportions(parent, shown)


@cache
def _by_slug(number: int) -> dict[str, Question]:
    return {question.slug: question for question in Parent(number).eligible}


def by_slug(parent: Parent, slug: str) -> Question | None:
    return _by_slug(parent.number).get(slug)


def assert_proportions(parent: Parent, shown: list[Question]) -> None:
    """Each theme has the same share of what was asked as of what this parent may be asked, beside what has nights of its own: facets."""
    asked = Counter(question.theme for question in shown if not question.facets)
    eligible = Counter(question.theme for question in parent.eligible if not question.facets)
    for theme, count in eligible.items():
        assert abs(asked[theme] / asked.total() - count / eligible.total()) <= MAX_DIFFERENCE, theme
