"""journal.messages.sending: what is sent, when, to whom, and that nobody gets more than one message a day."""

import datetime as dt
import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from email.policy import SMTP
from typing import Any
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import TestCase, TransactionTestCase, override_settings

from accounts import notifications
from accounts.models import User
from journal.messages import sending
from journal.messages.push import delivery, identity, subscriptions
from journal.models import Entry, MessagePlan, Night
from operations import scheduler
from tests import mails
from tests.factories import make_entry, make_user
from tests.helpers import DAY, EVENING, HOUR, MINUTE, TONIGHT
from tests.journal.messages.cases import LOCMEM, NOWHERE, make_plan
from tests.journal.messages.push.browser import Browser

NINE = EVENING.replace(minute=0)
SITE = {
    "MAILER": LOCMEM,
    "MAILERS": {"default": LOCMEM},
    "SITE_ORIGIN": "https://journal.example.org",
    "ALLOWED_HOSTS": ["journal.example.org", "testserver"],
    "DEFAULT_FROM_EMAIL": "Nightlight <post@example.org>",
}


def sent() -> list[EmailMultiAlternatives]:
    return [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]


def everything_in(message: EmailMultiAlternatives) -> str:
    """Every word of it, and of its head."""
    pages = [BeautifulSoup(str(content), "html.parser") for content, _kind in message.alternatives]
    shown = [page.get_text(" ") for page in pages] + [str(link["href"]) for page in pages for link in page.select("[href]")]
    return "\n".join([str(message.subject), str(message.body), *shown, *map(str, message.extra_headers.values())])


@override_settings(**SITE)
class ReminderTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user(name="Mara")

    def plan(self, **choices: Any) -> MessagePlan:
        return make_plan(self.person, NINE - HOUR, **{"by_mail": True, **choices})

    def subjects(self) -> list[str]:
        return [str(message.subject) for message in sent()]

    def test_one_comes_at_its_time_and_not_before(self) -> None:
        self.plan()

        assert sending.send_due(NINE - MINUTE) == 0
        assert sending.send_due(NINE) == 1
        assert sending.send_due(NINE + MINUTE) == 0
        assert self.subjects() == ["Tonight’s page is ready"]
        assert MessagePlan.objects.get().next_at == NINE + DAY

    def test_a_week_of_them(self) -> None:
        self.plan(weekdays=0b0010101)  # Monday, Wednesday, Friday

        days = [day for day in range(7) if sending.send_due(NINE + day * DAY)]
        assert days == [1, 3, 5]  # EVENING is a Sunday

    def test_it_is_silent_on_a_night_that_was_written(self) -> None:
        self.plan()
        make_entry(self.person, night=TONIGHT)

        assert sending.send_due(NINE) == 0
        assert sending.send_due(NINE + DAY) == 1

    def test_a_page_for_any_day_counts_as_written_and_a_deleted_one_does_not(self) -> None:
        self.plan()
        entry = make_entry(self.person, kind=Entry.Kind.FREE, night=TONIGHT)
        assert sending.has_ended(self.person, TONIGHT)

        Entry.objects.filter(pk=entry.pk).update(deleted_at=NINE)
        assert not sending.has_ended(self.person, TONIGHT)

    def test_it_is_silent_on_a_night_that_was_closed(self) -> None:
        for closed in (Night.Closed.DONE, Night.Closed.NOT_TONIGHT):
            Night.objects.update_or_create(author=self.person, night=TONIGHT, defaults={"closed": closed})
            assert sending.has_ended(self.person, TONIGHT)

        Night.objects.update(closed=Night.Closed.OPEN)  # only looked at, or swapped
        assert not sending.has_ended(self.person, TONIGHT)

    def test_it_says_no_name_no_question_and_no_word_that_was_written(self) -> None:
        make_entry(self.person, night=TONIGHT - dt.timedelta(days=1), text="Potatoes, Mamma?")
        self.plan()
        sending.send_due(NINE)

        [message] = sent()
        assert not [word for word in ("Mara", "Potatoes", "What made you smile") if word in everything_in(message)]
        assert message.to == [self.person.email]

    def test_it_can_say_nothing_of_a_journal_at_all(self) -> None:
        self.plan(says_nothing=True)
        sending.send_due(NINE)

        [message] = sent()
        said = everything_in(message).replace("journal.example.org", "")  # the site’s own name, which its operator chose
        assert not [word for word in ("journal", "night", "page", "write", "child", "parent") if word in said.lower()]
        assert message.from_email == "post@example.org"

    def test_it_can_be_stopped_at_one_press_in_a_mail_program(self) -> None:
        self.plan()
        sending.send_due(NINE)

        [message] = sent()
        address = message.extra_headers["List-Unsubscribe"]
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert address.startswith("<https://journal.example.org/messages/stop/")
        assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in message.message(policy=SMTP).as_bytes()  # as it is sent
        response = self.client.post(address.strip("<>").removeprefix("https://journal.example.org"), {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert not MessagePlan.objects.get().by_mail
        assert sending.send_due(NINE + DAY) == 0

    def test_text_and_html_say_the_same_and_lead_to_tonight_and_to_later(self) -> None:
        self.plan()
        notifications.queue(self.person.pk, NINE - HOUR)
        for day, says_nothing in enumerate((False, True)):
            MessagePlan.objects.update(says_nothing=says_nothing)
            sending.send_due(NINE + day * DAY)

        for message, opens in zip(sent(), ("/tonight/", "/"), strict=True):
            [(html, kind)] = message.alternatives
            assert kind == "text/html"
            mails.check(str(message.body), str(html))
            assert f"https://journal.example.org{opens}\n" in str(message.body)
            assert "https://journal.example.org/messages/later/" in str(message.body)

    def test_who_asked_to_be_reminded_later_is_reminded_once_more(self) -> None:
        self.plan()
        sending.send_due(NINE)
        later = str(sent()[0].body).split("https://journal.example.org/messages/later/")[1].split()[0]
        with mock.patch("django.utils.timezone.now", return_value=NINE + MINUTE):
            for _twice in range(2):
                assert self.client.post(f"/messages/later/{later}").status_code == 200

        assert sending.send_due(NINE + 30 * MINUTE) == 0
        assert sending.send_due(NINE + HOUR + MINUTE) == 1
        assert sending.send_due(NINE + 2 * HOUR) == 0
        assert MessagePlan.objects.get().next_at == NINE + DAY

    def test_who_wrote_meanwhile_is_not_reminded_again(self) -> None:
        self.plan()
        sending.send_due(NINE)
        MessagePlan.objects.update(snoozed_on=TONIGHT, next_at=NINE + HOUR)
        make_entry(self.person, night=TONIGHT)

        assert sending.send_due(NINE + HOUR) == 0

    def test_one_that_could_not_be_sent_in_time_is_left_out(self) -> None:
        self.plan()

        assert sending.send_due(NINE + 3 * HOUR) == 0
        assert sending.send_due(NINE + DAY) == 1

    def test_it_waits_for_a_mail_server_that_does_not_answer(self) -> None:
        self.plan()
        with override_settings(MAILERS={"default": NOWHERE}), self.assertLogs("nightlight.messages", logging.ERROR) as logs:
            assert sending.send_due(NINE) == 0

        assert self.person.email not in "".join(logs.output)
        assert sending.send_due(NINE + 10 * MINUTE) == 1

    def test_a_refused_mail_is_logged_without_an_address_and_holds_nobody_up(self) -> None:
        self.plan()
        other = make_user(email="other@example.org")
        make_plan(other, NINE - HOUR, by_mail=True)
        with (
            mock.patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=[OSError("no such box: parent@"), 1]),
            self.assertLogs("nightlight.messages", logging.ERROR) as logs,
        ):
            assert sending.send_due(NINE) == 1
        assert "parent@" not in "".join(logs.output)

    def test_one_that_cannot_be_made_holds_nobody_up(self) -> None:
        self.plan()
        make_plan(make_user(email="other@example.org"), NINE - HOUR, by_mail=True)
        made = mock.patch(
            "journal.messages.reminders.mail", side_effect=[ValueError("of one"), EmailMultiAlternatives(to=["a@example.org"])]
        )
        with made, self.assertLogs("nightlight.messages", logging.ERROR):
            assert sending.send_due(NINE) == 1

    def test_it_is_in_its_readers_language(self) -> None:
        User.objects.update(language="es")
        self.plan()
        sending.send_due(NINE)

        assert self.subjects() == ["La página de esta noche está lista"]

    def test_who_was_shut_out_or_turned_it_off_gets_none(self) -> None:
        self.plan()
        User.objects.update(is_active=False)
        assert sending.send_due(NINE) == 0

        User.objects.update(is_active=True)
        self.plan(by_mail=False)
        assert sending.send_due(NINE) == 0

    def test_who_is_leaving_hears_nothing_more_and_who_stays_is_reminded_the_next_evening(self) -> None:
        self.plan()
        notifications.queue(self.person.pk, NINE - HOUR)
        User.objects.update(leaves_at=NINE + 5 * DAY)
        assert sending.send_due(NINE) == 0

        User.objects.update(leaves_at=None)
        assert sending.send_due(NINE + 12 * HOUR) == 0
        assert sending.send_due(NINE + DAY) == 1

    def test_the_clock_is_punctual(self) -> None:
        self.plan(time=dt.time(21, 2))
        [task] = [task for task in scheduler.TASKS if task.name == "messages"]
        scheduler.run_due(NINE - scheduler.FIRST_DELAY, [task])
        scheduler.run_due(NINE, [task])

        assert scheduler.next_due(NINE, [task]) == NINE + 2 * MINUTE
        assert scheduler.run_due(NINE + 2 * MINUTE, [task]) == ["messages"]
        assert len(sent()) == 1

    def test_travelling_west_over_midnight_brings_no_second_one(self) -> None:
        User.objects.update(time_zone="Pacific/Auckland")
        self.person.refresh_from_db()
        plan = self.plan()
        assert plan.next_at is not None
        at = plan.next_at
        assert sending.send_due(at) == 1
        with mock.patch("django.utils.timezone.now", return_value=at + HOUR):
            self.person.refresh_from_db()
            self.person.time_zone = "Pacific/Honolulu"  # the evening before
            self.person.save(update_fields=["time_zone"])

        moments = [at + hours * HOUR for hours in range(1, 72) if sending.send_due(at + hours * HOUR)]
        nights = [self.person.tonight(moment) for moment in moments]
        assert len(set(nights)) == len(nights)
        assert min(nights) > at.astimezone(dt.UTC).date()


@override_settings(**SITE)
class DeviceTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user(name="Mara")
        identity.make_key()

    def send(self, now: dt.datetime) -> list[delivery.Push]:
        pushed = list[delivery.Push]()

        def remember(pushes: Sequence[delivery.Push], now: dt.datetime) -> int:
            pushed.extend(pushes)
            return len(pushed)

        with mock.patch.object(delivery, "send", remember):
            sending.send_due(now)
        return pushed

    def test_every_device_shows_the_reminder_and_no_mail_is_sent(self) -> None:
        for name in ("phone", "laptop"):
            subscriptions.add(self.person, Browser(name).address, NINE - HOUR)

        pushed = self.send(NINE)

        assert len(pushed) == 2
        assert not sent()
        content = pushed[0].content
        assert content["title"] == "Tonight’s page is ready"
        assert content["url"] == "/tonight/"
        assert "Mara" not in str(content)

    def test_it_can_say_nothing_of_a_journal(self) -> None:
        subscriptions.add(self.person, Browser().address, NINE - HOUR)
        MessagePlan.objects.update(says_nothing=True)

        [push] = self.send(NINE)
        assert (push.content["title"], push.content["body"]) == ("Your reminder", "")

    def test_a_mail_server_that_does_not_answer_holds_up_no_device(self) -> None:
        subscriptions.add(self.person, Browser().address, NINE - HOUR)
        with override_settings(MAILERS={"default": NOWHERE}):
            assert len(self.send(NINE)) == 1


@override_settings(**SITE)
class OneADayTests(TestCase):
    """Of reminders, letters, and the word that there is something to read."""

    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def test_what_there_is_to_read_is_told_in_the_reminder(self) -> None:
        make_plan(self.person, NINE - 8 * HOUR, by_mail=True)
        notifications.queue(self.person.pk, NINE - 8 * HOUR)

        assert sending.send_due(NINE - 7 * HOUR) == 0
        assert sending.send_due(NINE) == 1
        assert "something to read" in str(sent()[0].body)
        assert User.objects.get().unread_since is None

    def test_a_reminder_says_nothing_of_it_to_who_does_not_want_to_know(self) -> None:
        User.objects.update(mails_notifications=False)
        make_plan(self.person, NINE - HOUR, by_mail=True)
        notifications.queue(self.person.pk, NINE - HOUR)
        sending.send_due(NINE)

        assert "something to read" not in str(sent()[0].body)

    def test_where_the_reminder_is_silent_it_is_told_by_itself(self) -> None:
        make_plan(self.person, NINE - HOUR, by_mail=True)
        notifications.queue(self.person.pk, NINE - HOUR)
        make_entry(self.person, night=TONIGHT)

        assert sending.send_due(NINE) == 1
        assert sent()[0].subject == "Something to read at Nightlight"

    def test_who_was_told_today_is_reminded_tomorrow(self) -> None:
        notifications.queue(self.person.pk, NINE - 8 * HOUR)
        assert sending.send_due(NINE - 8 * HOUR) == 1
        self.person.refresh_from_db()
        make_plan(self.person, NINE - HOUR, by_mail=True)

        assert sending.send_due(NINE) == 0
        assert sending.send_due(NINE + DAY) == 1

    def test_a_letter_takes_the_place_of_its_evenings_reminder(self) -> None:
        make_plan(self.person, NINE - HOUR, by_mail=True, letters=True, letter_day=TONIGHT.weekday())

        for day in range(8):
            sending.send_due(NINE + day * DAY)

        letters = [day for day, message in enumerate(sent()) if message.subject != "Tonight’s page is ready"]
        assert len(sent()) == 8
        assert letters == [0, 7]
        assert MessagePlan.objects.get().letter_number == 3

    def test_a_letter_comes_also_on_a_night_that_was_written_and_can_be_late_within_it(self) -> None:
        make_plan(self.person, NINE - HOUR, letters=True, letter_day=TONIGHT.weekday())
        make_entry(self.person, night=TONIGHT)

        assert sending.send_due(NINE + 5 * HOUR) == 1

    def test_a_year_brings_each_letter_once_and_then_begins_again(self) -> None:
        make_plan(self.person, NINE - HOUR, letters=True, letter_day=TONIGHT.weekday())
        for week in range(53):
            sending.send_due(NINE + 7 * week * DAY)

        subjects = [message.subject for message in sent()]
        assert len(set(subjects[:52])) == 52
        assert subjects[52] == subjects[0]

    def test_whatever_happens_in_whatever_order_there_is_one_a_day(self) -> None:
        """A fortnight of everything at once: what others write, settings that change, and runs at every half hour."""
        zones = itertools.cycle(["UTC", "America/New_York", "Asia/Tokyo"])
        by_night = dict[dt.date, int]()
        for half in range(14 * 48):
            now = NINE - 12 * HOUR + half * 30 * MINUTE
            person = User.objects.get(pk=self.person.pk)
            if half % 31 == 0:
                notifications.queue(person.pk, now)
            if half % 97 == 0:
                with mock.patch("django.utils.timezone.now", return_value=now):
                    person.time_zone = next(zones)
                    person.save(update_fields=["time_zone"])
                    make_plan(person, now, by_mail=half % 2 == 0, letters=True, time=dt.time(half % 24))
            taken = sending.send_due(now)
            night = User.objects.get(pk=self.person.pk).messaged_on
            if taken:
                assert night is not None
                by_night[night] = by_night.get(night, 0) + taken

        assert set(by_night.values()) == {1}
        assert len(by_night) > 10


class ClaimTests(TestCase):
    """Two clocks that saw the same rows: what one has claimed the other does not send."""

    def test_a_plan_that_another_clock_moved_on_is_left_alone(self) -> None:
        with override_settings(**SITE):
            person = make_user()
            make_plan(person, NINE - HOUR, by_mail=True)
            other: Callable[..., object] = sending._send_one

            def after_another(*about: Any) -> None:
                other(*about)
                other(*about)  # with the row as it was read before

            with mock.patch.object(sending, "_send_one", after_another):
                assert sending.send_due(NINE) == 1
        assert len(sent()) == 1

    def test_a_night_is_claimed_once_and_no_earlier_one_after_it(self) -> None:
        person = make_user()

        assert [notifications.claim(person, night) for night in (TONIGHT, TONIGHT, TONIGHT - dt.timedelta(days=1))] == [True, False, False]
        assert notifications.claim(person, TONIGHT + dt.timedelta(days=1))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs several connections that write at once: make test-postgres")
@override_settings(**SITE)
class ThreeClocksTests(TransactionTestCase):
    def test_send_each_message_once(self) -> None:
        people = [make_user(email=f"parent-{n}@example.org") for n in range(12)]
        for person in people:
            make_plan(person, NINE - HOUR, by_mail=True)
        notifications.queue(make_user(email="counselor@example.org").pk, NINE - HOUR)
        barrier = threading.Barrier(3)

        def clock() -> None:
            try:
                barrier.wait(10)
                sending.send_due(NINE)
            finally:
                connection.close()

        threads = [threading.Thread(target=clock) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

        addressees = [message.to[0] for message in sent()]
        assert sorted(addressees) == sorted({*addressees})
        assert len(addressees) == 13
