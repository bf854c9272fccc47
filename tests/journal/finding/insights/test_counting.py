"""`journal.finding.insights.counting`: nights and pages, counted in one pass over summaries."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import time_machine
from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.keys import keyring
from accounts.models import User
from journal.entries import trash
from journal.finding.insights import counting
from journal.finding.insights.counting import Counts, Night, Origin, Page, Rupture
from journal.models import Entry, EntrySummary, Feeling, RepairState
from journal.nights import walks
from prompts import questions
from prompts.library import paths
from tests.factories import make_entry, make_journal, make_own_question, make_path_prompts, make_prompt, make_user
from tests.helpers import DAY, EVENING, TONIGHT

OWN = uuid.UUID(int=7)
THEMES = {"at-the-door": "presence", "a-word": "calm"}
STEPS = {"a-word": [("mending", TONIGHT - 3 * DAY)]}


def page(days_ago: int = 0, *, kind: str = "night", prompt: str | None = None, own: object = None, **summary: Any) -> Page:
    assigned = summary.pop("assigned", None)
    return Page(TONIGHT - days_ago * DAY, kind, prompt, own, assigned, EntrySummary(**{"words": 3, **summary}))  # type: ignore[arg-type]


def count(*pages: Page) -> Counts:
    return counting.count(pages, THEMES, STEPS)


PAGES = st.lists(
    st.builds(
        page,
        st.integers(0, 9),
        kind=st.sampled_from(["night", "free"]),
        prompt=st.sampled_from([None, *THEMES, "of-another-release"]),
        own=st.sampled_from([None, OWN]),
        assigned=st.sampled_from([None, OWN]),
        feeling=st.sampled_from(["", *Feeling.values]),
        guide=st.sampled_from(["", "work-ate-the-day"]),
        children=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
        words=st.none() | st.integers(0, 500),
        repair=st.sampled_from(["", *RepairState.values]),
        mended=st.sampled_from(["", "2026-02-25", "2026-03-01", "2026-02-30", "soon"]),
    )
)


class CountTests(SimpleTestCase):
    @given(PAGES)
    def test_the_parts_are_the_whole(self, pages: list[Page]) -> None:
        counts = count(*pages)

        assert set(counts.nights) == {page.night for page in pages}
        assert counts.origins.total() == len(pages)
        assert counts.themes.total() == sum(page.prompt in THEMES for page in pages)
        assert counts.children.total() == sum(len(page.summary.children) for page in pages)
        assert len(counts.repairs) == sum(bool(page.summary.repair) for page in pages)
        assert all(repair.days is None or (repair.days >= 0 and repair.state == RepairState.MENDED) for repair in counts.repairs)

    @given(PAGES)
    def test_a_night_has_the_words_of_all_its_pages_and_the_feeling_of_one(self, pages: list[Page]) -> None:
        for night, counted in count(*pages).nights.items():
            summaries = [page.summary for page in pages if page.night == night]
            words = [summary.words for summary in summaries]
            assert counted.words == (None if None in words else sum(words))  # type: ignore[arg-type]
            felt = {summary.feeling for summary in summaries} - {""}
            assert counted.feeling in (felt or {""})

    def test_of_two_pages_that_of_the_night_says_how_it_felt(self) -> None:
        latest, of_the_night = page(kind="free", feeling="light"), page(feeling="heavy")

        assert count(latest, of_the_night).nights[TONIGHT] == Night("heavy", 6)
        assert count(of_the_night, latest).nights[TONIGHT] == Night("heavy", 6)

    def test_without_a_feeling_there_the_latest_page_says_it(self) -> None:
        pages = page(kind="free"), page(kind="free", feeling="light"), page(kind="free", feeling="stormy"), page()

        assert count(*pages).nights[TONIGHT].feeling == "light"

    def test_what_led_to_a_page_is_one_thing(self) -> None:
        counts = count(
            page(prompt="at-the-door"),
            page(prompt="a-word"),
            page(9, prompt="a-word"),  # before the path was begun
            page(own=OWN),
            page(prompt="a-word", assigned=OWN),
            page(guide="work-ate-the-day"),
            page(),
        )

        assert counts.origins == {
            (Origin.PROMPT, ""): 2,
            (Origin.PATH, "mending"): 1,
            (Origin.OWN, ""): 1,
            (Origin.ASSIGNED, ""): 1,
            (Origin.GUIDE, "work-ate-the-day"): 1,
            (Origin.NOTHING, ""): 1,
        }

    def test_how_long_mending_took_is_known_of_what_was_mended(self) -> None:
        counts = count(
            page(5, repair="mended", mended="2026-03-01"),
            page(repair="mended", mended="2026-02-27"),  # the page was moved to a later night since
            page(repair="mended", mended="2026-02-30"),
            page(repair="partly", mended="2026-03-01"),
            page(repair="open"),
        )

        assert [repair.days for repair in counts.repairs] == [5, 0, None, None, None]
        assert counts.repairs[0] == Rupture(TONIGHT - 5 * DAY, "mended", 5)


@time_machine.travel(EVENING, tick=False)
class ReadTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        make_path_prompts("mending")
        make_prompt()
        questions.forget_library()
        cls.author = make_user()

    @keyring.cached()
    def read(self, first: dt.date | None = None) -> Counts:
        return counting.read(self.author, first)

    def test_counts_ones_own_pages_that_are_not_deleted(self) -> None:
        make_entry(self.author, night=TONIGHT, feeling="even")
        trash.delete(self.author, make_entry(self.author, night=TONIGHT - DAY), EVENING)
        make_entry(make_user(email="other@example.org"), night=TONIGHT - 2 * DAY)

        assert self.read().nights == {TONIGHT: Night("even", 4)}

    def test_counts_from_the_first_night_on(self) -> None:
        make_journal(self.author, 10, last=TONIGHT)

        assert min(self.read(TONIGHT - 4 * DAY).nights) == TONIGHT - 4 * DAY
        assert len(self.read(TONIGHT - 4 * DAY).nights) == 5
        assert len(self.read().nights) == 10

    def test_knows_themes_paths_and_own_questions(self) -> None:
        walks.begin(self.author, "mending", TONIGHT)
        make_entry(self.author, night=TONIGHT, prompt="at-the-door", mode="question", feeling="light")
        make_entry(self.author, night=TONIGHT, kind="free", prompt=paths.read()["mending"].prompts[0], mode="question")
        own = make_own_question(self.author)
        make_entry(self.author, night=TONIGHT, kind="free", prompt=str(own.pk), mode="question")

        counts = self.read()

        assert counts.themes == {("presence", "light"): 1, ("presence", ""): 1}
        assert counts.origins == {(Origin.PROMPT, ""): 1, (Origin.PATH, "mending"): 1, (Origin.OWN, ""): 1}

    def test_reads_no_text(self) -> None:
        make_entry(self.author, night=TONIGHT)
        with CaptureQueriesContext(connection) as queries:
            self.read()

        asked = [query["sql"] for query in queries if Entry._meta.db_table in query["sql"]]
        assert len(asked) == 1
        assert '"summary"' in asked[0]
        assert '"content"' not in asked[0]

    def test_leaves_out_nothing_of_a_repair(self) -> None:
        entry = make_entry(self.author, night=TONIGHT - 2 * DAY)
        with keyring.cached():
            entry.summary = replace(entry.summary, repair=RepairState.MENDED.value, mended=TONIGHT.isoformat())
            entry.save(update_fields=["summary"])

        assert self.read().repairs == [Rupture(TONIGHT - 2 * DAY, "mended", 2)]
