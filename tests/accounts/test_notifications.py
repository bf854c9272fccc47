"""accounts.notifications: mail that says that there is something to read, and nothing else. journal.messages.sending sends it."""

import datetime as dt
import logging

import time_machine
from django.core import mail
from django.test import TestCase, override_settings
from django.utils import timezone

from accounts import notifications
from accounts.models import User
from journal.messages import sending
from journal.sharing import replies, shares
from operations import scheduler
from tests.factories import PASSWORD, make_connection, make_counselor, make_entry, make_user
from tests.helpers import HOUR, MINUTE, signed_in
from tests.mails import whole

LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
NOWHERE = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 9}}
NOW = dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)


@time_machine.travel(NOW, tick=False)
@override_settings(
    MAILER=LOCMEM,
    MAILERS={"default": LOCMEM},
    SITE_ORIGIN="https://journal.example.org",
    ALLOWED_HOSTS=["journal.example.org", "testserver"],
)
class NotificationTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(NOW, tick=False):
            cls.person = make_user(name="Mara")

    def notified(self) -> User:
        """The person, as stored once there is something new for them."""
        notifications.queue(self.person.pk, timezone.now())
        return User.objects.get(pk=self.person.pk)

    def test_says_that_there_is_something_and_where(self) -> None:
        self.notified()

        assert sending.send_due(NOW) == 1

        [message] = mail.outbox
        assert (message.subject, message.to) == ("Something to read at Nightlight", ["parent@example.org"])
        assert "https://journal.example.org/" in str(message.body)
        assert "https://journal.example.org/accounts/settings/" in str(message.body)

    def test_nothing_new_sends_nothing(self) -> None:
        assert sending.send_due(NOW) == 0

    def test_many_things_are_one_mail(self) -> None:
        for _n in range(3):
            self.notified()
        sending.send_due(NOW)
        sending.send_due(NOW)

        assert len(mail.outbox) == 1

    def test_there_is_one_a_day_at_most(self) -> None:
        self.notified()
        sending.send_due(NOW)
        self.notified()

        assert sending.send_due(NOW + 7 * HOUR + 59 * MINUTE) == 0  # the night ends at four
        assert sending.send_due(NOW + 8 * HOUR) == 1

    def test_who_has_looked_is_not_mailed(self) -> None:
        notifications.clear(self.notified())

        assert sending.send_due(NOW) == 0

    def test_who_turned_it_off_is_not_mailed(self) -> None:
        User.objects.update(mails_notifications=False)
        self.notified()

        assert sending.send_due(NOW) == 0
        assert not mail.outbox

    def test_is_written_in_the_readers_language(self) -> None:
        User.objects.update(language="es")
        self.notified()
        sending.send_due(NOW)

        assert mail.outbox[0].subject == "Hay algo para leer en Nightlight"

    def test_is_in_the_sites_language_where_it_gave_up_the_readers(self) -> None:
        User.objects.update(language="de")
        self.notified()
        with override_settings(LANGUAGE_CODE="es"):
            sending.send_due(NOW)

        assert mail.outbox[0].subject == "Hay algo para leer en Nightlight"

    @override_settings(MAILER=None)
    def test_a_site_without_mail_sends_none(self) -> None:
        self.notified()

        assert sending.send_due(NOW) == 0

    @override_settings(MAILERS={"default": NOWHERE})
    def test_a_server_that_does_not_answer_is_logged_without_an_address(self) -> None:
        self.notified()

        with self.assertLogs("nightlight.messages", logging.ERROR) as logs:
            assert sending.send_due(NOW) == 0
        assert "parent@example.org" not in "".join(logs.output)

    def test_the_clock_sends_it(self) -> None:
        assert "messages" in {task.name for task in scheduler.TASKS}

    def test_a_shared_answer_and_a_reply_notify_and_their_words_are_in_no_mail(self) -> None:
        counselor = make_counselor()
        connection = make_connection(counselor, self.person)
        share = shares.share(self.person, connection, make_entry(self.person, text="Potatoes, Mamma?"), NOW)
        replies.reply(counselor, share, share.pk, "A signal of yours.", NOW)

        assert sending.send_due(NOW) == 2
        for message in mail.outbox:
            assert not [word for word in ("Potatoes", "signal", "Ines", "Mara") if word in whole(message)]

    def test_the_setting_is_shown_to_who_has_a_counselor(self) -> None:
        client = signed_in(self.person)
        self.assertNotContains(client.get("/accounts/settings/"), "mails_notifications")
        make_connection(make_counselor(), self.person)
        self.assertContains(client.get("/accounts/settings/"), "mails_notifications")

        client.post("/accounts/settings/", {"name": "Mara", "time_zone": "UTC", "night_ends_at": 4, "appearance": "dark"})
        assert not User.objects.get(pk=self.person.pk).mails_notifications


class StartPageTests(TestCase):
    def test_a_counselor_starts_with_today(self) -> None:
        make_counselor()
        response = self.client.post("/accounts/login/", {"login": "counselor@example.org", "password": PASSWORD})

        assert response.headers["Location"] == "/today/"
