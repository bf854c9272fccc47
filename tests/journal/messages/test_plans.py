"""journal.messages.plans: what a person asked to be sent, and when the next of it is due."""

import datetime as dt
import itertools
from typing import Any
from unittest import mock

from django.test import TestCase, override_settings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts.models import User
from journal.messages import plans
from journal.models import MessagePlan
from tests.factories import make_user
from tests.helpers import DAY, EVENING, HOUR, MINUTE, TONIGHT
from tests.journal.messages.cases import LOCMEM, make_plan

SUNDAY = 6  # EVENING is one


@override_settings(MAILER=LOCMEM)
class PlanTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def next_at(self, **choices: Any) -> dt.datetime | None:
        return make_plan(self.person, EVENING, **choices).next_at

    def test_who_chose_nothing_gets_nothing(self) -> None:
        assert plans.of(self.person).next_at is None
        assert not MessagePlan.objects.exists()
        assert self.next_at() is None

    def test_the_next_is_at_the_chosen_time(self) -> None:
        assert self.next_at(by_mail=True, time=dt.time(22)) == EVENING.replace(hour=22, minute=0)
        assert self.next_at(by_mail=True, time=dt.time(21)) == EVENING.replace(minute=0) + DAY

    def test_on_chosen_evenings_alone(self) -> None:
        assert self.next_at(by_mail=True, time=dt.time(22), weekdays=0b0000100) == EVENING.replace(hour=22, minute=0) + 3 * DAY

    def test_a_letter_comes_on_its_day_also_where_there_is_no_reminder(self) -> None:
        assert self.next_at(letters=True, time=dt.time(22), letter_day=1) == EVENING.replace(hour=22, minute=0) + 2 * DAY

    @override_settings(MAILER=None)
    def test_a_site_without_mail_plans_none(self) -> None:
        assert self.next_at(by_mail=True, letters=True) is None

    def test_who_had_a_message_tonight_gets_the_next_tomorrow(self) -> None:
        self.person.messaged_on = TONIGHT

        assert self.next_at(by_mail=True, time=dt.time(22)) == EVENING.replace(hour=22, minute=0) + DAY

    def test_it_follows_its_person_to_another_time_zone_and_another_end_of_the_night(self) -> None:
        self.next_at(by_mail=True, time=dt.time(23))
        with mock.patch("django.utils.timezone.now", return_value=EVENING):
            self.person.time_zone = "Europe/Berlin"  # 22:04 there
            self.person.save(update_fields=["time_zone"])
        assert MessagePlan.objects.get().next_at == EVENING.replace(hour=22, minute=0)

    def test_what_else_a_person_changes_plans_nothing_anew(self) -> None:
        self.next_at(by_mail=True)
        with self.assertNumQueries(3):  # two of them a savepoint’s
            self.person.save(update_fields=["name"])

    # --- Later.

    def test_later_is_an_hour_later_and_then_as_before(self) -> None:
        self.next_at(by_mail=True)

        assert plans.snooze(self.person, TONIGHT, EVENING) == EVENING + HOUR
        assert plans.snooze(self.person, TONIGHT, EVENING + MINUTE) == EVENING + HOUR
        assert MessagePlan.objects.get().next_at == EVENING + HOUR

    def test_later_is_for_the_night_of_the_message(self) -> None:
        self.next_at(by_mail=True)

        assert plans.snooze(self.person, TONIGHT, EVENING + DAY) is None
        assert plans.snooze(self.person, TONIGHT, EVENING + 6 * HOUR) is None  # the night ends at four
        assert MessagePlan.objects.get().snoozed_on is None

    def test_without_a_plan_there_is_no_later(self) -> None:
        assert plans.snooze(self.person, TONIGHT, EVENING) is None


class AnywhereTests(PropertyTestCase):
    @given(
        st.sampled_from(["UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"]),
        st.times().map(lambda time: time.replace(second=0, microsecond=0)),
        st.integers(0, 12),
        st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC)),  # noqa: DTZ001
    )
    def test_each_night_has_one_moment_in_its_order(self, zone: str, time: dt.time, ends_at: int, start: dt.datetime) -> None:
        """As the clock walks from each moment to the next: a night a time, none twice, and none left out but by the calendar."""
        person = User(time_zone=zone, night_ends_at=ends_at)
        plan = MessagePlan(by_mail=True, time=time)
        nights, moment, last = list[dt.date](), start, None
        with mock.patch("django.conf.settings.MAILER", LOCMEM):
            for _night in range(12):
                following = plans.following(plan, person, moment, last)
                assert following is not None
                assert following > moment
                moment, last = following, person.tonight(following)
                nights.append(last)
        assert all(later - earlier in {DAY, 2 * DAY} for earlier, later in itertools.pairwise(nights))
