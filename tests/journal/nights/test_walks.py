"""`journal.nights.walks`: walking a path, and how a night's page asks its steps."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from accounts.models import Preferences
from common.ids import new_id
from journal.entries import trash
from journal.models import Entry, Mode, Night
from journal.nights import night_pages, walks
from prompts.library import paths
from prompts.library.paths import PartText, StepText
from prompts.models import Mark, Prompt, Walk
from tests.factories import make_entry, make_user
from tests.helpers import DAY, EVENING, TONIGHT, run
from tests.journal.small_paths import OTHER, SMALL, STEPS, WalkCase, ship


class AskedStepTests(WalkCase):
    def test_no_step_is_asked_before_a_path_is_begun(self) -> None:
        page = night_pages.load(self.walker, TONIGHT)

        assert self.asked().startswith("daily-")
        assert page.step is None

    def test_the_first_step_is_asked_with_its_number_and_note(self) -> None:
        self.begin()

        step = night_pages.load(self.walker, TONIGHT).step

        assert self.asked() == "step-1"
        assert step is not None
        assert (step.path, step.number, step.total, step.note) == (SMALL, 1, 3, "Begin at the door.")

    def test_a_step_comes_before_what_was_kept_for_later(self) -> None:
        self.walker.sealed_preferences = Preferences(kept_first=True)
        self.walker.save()
        Mark.objects.create(parent=self.walker, prompt_id="daily-3", kind=Mark.Kind.LATER, marked_at=EVENING)
        assert self.asked() == "daily-3"

        self.begin()

        assert self.asked() == "step-1"

    def test_a_swap_leads_to_daily_questions_and_back_to_the_step(self) -> None:
        self.begin()
        swapped = []

        for turn in range(1, 9):
            night_pages.turn_to(self.walker, TONIGHT, turn)
            swapped.append(self.asked())
            assert night_pages.load(self.walker, TONIGHT).step is None
        night_pages.turn_to(self.walker, TONIGHT, 0)

        assert {slug.partition("-")[0] for slug in swapped} == {"daily"}
        assert self.asked() == "step-1"
        assert night_pages.load(self.walker, TONIGHT).step is not None

    def test_a_swap_leads_away_from_a_step_that_is_asked_night_by_night_too(self) -> None:
        night_pages.turn_to(self.walker, TONIGHT, 1)
        swapped = self.asked()
        Night.objects.all().delete()
        ship(self, replace(OTHER, parts=(PartText(name="", steps=(StepText(prompt=swapped),)),)))
        self.begin(OTHER.slug)
        assert self.asked() == swapped

        night_pages.turn_to(self.walker, TONIGHT, 1)

        assert self.asked() != swapped

    def test_a_missed_night_moves_nothing(self) -> None:
        self.begin()

        assert [self.asked(TONIGHT + n * DAY) for n in (0, 1, 2, 40)] == ["step-1"] * 4

    def test_not_tonight_moves_nothing(self) -> None:
        self.begin()

        night_pages.close(self.walker, TONIGHT, Night.Closed.NOT_TONIGHT)

        assert (self.asked(), self.asked(TONIGHT + DAY)) == ("step-1", "step-1")

    def test_writing_on_another_question_or_on_none_moves_nothing(self) -> None:
        self.begin()
        night_pages.turn_to(self.walker, TONIGHT, 1)
        self.write()
        night_pages.set_mode(self.walker, TONIGHT + DAY, Mode.JUST_WRITE)
        self.write(TONIGHT + DAY, mode=Mode.JUST_WRITE)

        assert self.asked(TONIGHT + 2 * DAY) == "step-1"

    def test_a_written_step_stays_on_its_page_and_the_next_one_comes_the_next_night(self) -> None:
        self.begin()
        steps = []
        for days in range(5):
            night = TONIGHT + days * DAY
            self.write(night)
            step = night_pages.load(self.walker, night).step
            steps.append((self.asked(night) if step else "", step and step.number))

        assert steps == [("step-1", 1), ("step-2", 2), ("step-3", 3), ("", None), ("", None)]

    def test_what_was_written_before_the_path_began_does_not_count(self) -> None:
        self.answer("step-1", TONIGHT - DAY)
        self.begin()

        assert self.asked() == "step-1"

    def test_a_page_of_its_own_to_a_step_counts(self) -> None:
        self.begin()
        self.answer("step-2")
        self.write()

        assert self.asked(TONIGHT + DAY) == "step-3"

    def test_a_page_in_the_trash_counts_until_it_is_deleted_for_good(self) -> None:
        self.begin()
        page = self.write()

        trash.delete(self.walker, page, EVENING)
        assert self.asked(TONIGHT + DAY) == "step-2"

        trash.delete_for_good(self.walker, page.pk)
        assert self.asked(TONIGHT + DAY) == "step-1"

    def test_what_others_write_and_walk_is_theirs(self) -> None:
        self.begin()
        make_entry(self.stranger, night=TONIGHT, prompt="step-1", mode=Mode.QUESTION)

        assert self.asked(TONIGHT + DAY) == "step-1"
        assert night_pages.load(self.stranger, TONIGHT + DAY).step is None

    def test_the_night_before_it_began_asks_no_step(self) -> None:
        self.begin()

        assert self.asked(TONIGHT - DAY).startswith("daily-")

    def test_a_path_that_no_longer_ships_asks_nothing(self) -> None:
        self.begin()

        ship(self, OTHER)

        assert self.asked().startswith("daily-")

    def test_a_step_that_the_library_lacks_gives_way_to_the_daily_question(self) -> None:
        Prompt.objects.filter(slug="step-1").delete()
        self.begin()

        assert self.asked().startswith("daily-")


class WalkingTests(WalkCase):
    def test_begun_twice_it_began_once(self) -> None:
        self.begin()
        before = self.walk()

        self.begin(night=TONIGHT + DAY)

        assert (self.walk().pk, self.walk().started) == (before.pk, TONIGHT)

    def test_one_path_is_under_way_at_a_time_and_the_other_waits_where_it_is(self) -> None:
        self.begin()
        self.write()
        self.begin(OTHER.slug, TONIGHT + DAY)
        assert self.asked(TONIGHT + DAY) == "other-1"
        assert [walk.path for walk in Walk.objects.by(self.walker).under_way()] == [OTHER.slug]

        self.begin(night=TONIGHT + DAY)

        assert self.asked(TONIGHT + DAY) == "step-2"
        assert self.walk(OTHER.slug).paused

    def test_paused_it_asks_nothing_and_going_on_loses_nothing(self) -> None:
        self.begin()
        self.write()

        walks.pause(self.walker, SMALL.slug)
        assert self.asked(TONIGHT + DAY).startswith("daily-")

        self.begin(night=TONIGHT + 9 * DAY)
        assert (self.asked(TONIGHT + 9 * DAY), self.walk().started) == ("step-2", TONIGHT)

    def test_left_it_is_forgotten_and_what_was_written_stays(self) -> None:
        self.begin()
        page = self.write()

        walks.leave(self.walker, SMALL.slug)

        assert not Walk.objects.exists()
        assert Entry.objects.get().pk == page.pk
        assert self.asked(TONIGHT + DAY).startswith("daily-")

    def test_begun_again_it_asks_every_step_once_more(self) -> None:
        self.begin()
        self.write()
        for step in ("step-2", "step-3"):
            walks.skip(self.walker, SMALL.slug, step)

        for _ in range(2):
            walks.begin_again(self.walker, SMALL.slug, TONIGHT + DAY)

        assert Entry.objects.count() == 1
        assert (self.walk().skipped, self.walk().started) == ([], TONIGHT + DAY)
        assert self.asked(TONIGHT + DAY) == "step-1"

    def test_is_not_begun_again_before_its_end(self) -> None:
        self.begin()
        self.write()

        walks.begin_again(self.walker, SMALL.slug, TONIGHT + DAY)

        assert self.walk().started == TONIGHT
        assert self.asked(TONIGHT + DAY) == "step-2"

    def test_what_was_marked_as_not_for_me_is_left_out(self) -> None:
        self.begin()
        Mark.objects.create(parent=self.walker, prompt_id="step-1", kind=Mark.Kind.NEVER, marked_at=timezone.now())

        assert self.asked() == "step-2"

    def test_begun_again_on_the_night_of_its_last_step_it_asks_that_once_more_too(self) -> None:
        self.begin(night=TONIGHT - 2 * DAY)
        for night in (TONIGHT - 2 * DAY, TONIGHT - DAY, TONIGHT):
            self.write(night)

        walks.begin_again(self.walker, SMALL.slug, TONIGHT)

        asked = []
        for days in (1, 2, 3):
            asked.append(self.asked(TONIGHT + days * DAY))
            self.write(TONIGHT + days * DAY)
        assert asked == STEPS

    def test_a_step_is_left_out_and_taken_in_again(self) -> None:
        self.begin()

        for _ in range(2):
            walks.skip(self.walker, SMALL.slug, "step-1")
        assert (self.walk().skipped, self.asked()) == (["step-1"], "step-2")

        for _ in range(2):
            walks.skip(self.walker, SMALL.slug, "step-1", skipped=False)
        assert (self.walk().skipped, self.asked()) == ([], "step-1")

    def test_leaves_out_only_steps_of_a_path_that_was_begun(self) -> None:
        walks.skip(self.walker, SMALL.slug, "step-1")
        self.begin()
        walks.skip(self.walker, SMALL.slug, "other-1")
        walks.skip(self.walker, OTHER.slug, "other-1")

        assert self.walk().skipped == []
        assert Walk.objects.count() == 1

    def test_with_every_step_left_out_the_night_asks_its_own_question(self) -> None:
        self.begin()

        for slug in STEPS:
            walks.skip(self.walker, SMALL.slug, slug)

        assert self.asked().startswith("daily-")

    def test_touches_nobody_elses_walk(self) -> None:
        walks.begin(self.stranger, SMALL.slug, TONIGHT)
        before = Walk.objects.values().get()

        walks.begin(self.walker, OTHER.slug, TONIGHT)
        walks.skip(self.walker, SMALL.slug, "step-1")
        walks.pause(self.walker, SMALL.slug)
        walks.leave(self.walker, SMALL.slug)

        assert Walk.objects.by(self.stranger).values().get() == before

    def test_counts_for_each_path_what_was_written_since_that_one_began(self) -> None:
        self.begin(OTHER.slug, TONIGHT - 2 * DAY)
        self.answer("step-1", TONIGHT - DAY)
        self.answer("other-1", TONIGHT - DAY)
        self.begin()
        self.answer("step-2")
        rows = list(Walk.objects.by(self.walker))

        with self.assertNumQueries(1):
            answered = walks.answered_by_path(self.walker, rows)

        assert answered == {SMALL.slug: {"step-2"}, OTHER.slug: {"other-1"}}


class ShippedPathTests(TestCase):
    def test_is_walked_night_by_night_to_its_end(self) -> None:
        run("load_prompts")
        walker = make_user()
        path = paths.read()["when-they-pull-away"]
        walks.begin(walker, path.slug, TONIGHT)
        asked = []

        for days in range(len(path.steps)):
            page = night_pages.load(walker, TONIGHT + days * DAY)
            assert page.question is not None
            asked.append(page.question.slug)
            make_entry(walker, now=timezone.now(), night=page.night, prompt=page.question.slug, mode=Mode.QUESTION, entry_id=new_id())

        assert tuple(asked) == path.prompts
        assert walks.step_on(walker, TONIGHT + len(path.steps) * DAY) is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite for its plan")
class PlanTests(TestCase):
    def test_what_was_answered_is_found_by_its_nights_however_long_the_journal(self) -> None:
        walker = make_user()
        walk = walks.begin(walker, "mending", TONIGHT)
        plans = []

        def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            """With the parameters bound, as they are sent: SQLite plans a statement otherwise that has them within it."""
            if "journal_entry" in sql:
                rows = context["cursor"].connection.execute("EXPLAIN QUERY PLAN " + sql.replace("%s", "?"), params).fetchall()
                plans.append(" ".join(row[3] for row in rows))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(explain):
            walks.step_on(walker, TONIGHT)
            walks.answered(walk, paths.read()["mending"])
            walks.answered_by_path(walker, [walk])

        assert len(plans) == 3
        assert [plan for plan in plans if "journal_entry_timeline (author_id=? AND night>?" not in plan] == []
