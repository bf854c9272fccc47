"""journal.views.messages: what leads on from a message, without signing in."""

import time_machine
from django.test import Client, TestCase, override_settings

from accounts.models import User
from journal.messages import links
from journal.messages.links import Kind
from journal.models import MessagePlan
from tests.factories import make_user
from tests.helpers import DAY, EVENING, HOUR, TONIGHT, main_text
from tests.journal.messages.cases import LOCMEM, make_plan


@time_machine.travel(EVENING, tick=False)
@override_settings(MAILER=LOCMEM)
class MessageLinkTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(EVENING, tick=False):
            cls.person = make_user(name="Mara")
            make_plan(cls.person, EVENING, by_mail=True, letters=True)

    def setUp(self) -> None:
        self.client = Client(enforce_csrf_checks=True)  # as a mail program, which has no token

    def test_a_look_changes_nothing(self) -> None:
        for address in (links.to_snooze(self.person.pk, TONIGHT), *(links.to_stop(self.person.pk, kind) for kind in Kind)):
            response = self.client.get(address)
            assert response.status_code == 200
            assert (response.headers["Referrer-Policy"], response.headers["Cache-Control"]) == ("no-referrer", "no-store")
            assert not response.cookies
            for private in ("Mara", self.person.email):
                self.assertNotContains(response, private)

        plan = MessagePlan.objects.get()
        assert (plan.by_mail, plan.letters, plan.snoozed_on) == (True, True, None)

    def test_later_says_until_when(self) -> None:
        address = links.to_snooze(self.person.pk, TONIGHT)
        for _twice in range(2):
            assert "Until 22:04" in main_text(self.client.post(address))

        assert MessagePlan.objects.get().next_at == EVENING + HOUR

    def test_later_is_over_with_its_night(self) -> None:
        address = links.to_snooze(self.person.pk, TONIGHT)
        with time_machine.travel(EVENING + DAY, tick=False):
            assert "Enough for tonight" in main_text(self.client.get(address))
            assert "Enough for tonight" in main_text(self.client.post(address))

        assert MessagePlan.objects.get().snoozed_on is None

    def test_each_kind_is_stopped_alone_and_begins_again(self) -> None:
        for kind, stored in ((Kind.REMINDERS, "by_mail"), (Kind.LETTERS, "letters")):
            address = links.to_stop(self.person.pk, kind)
            for _twice in range(2):
                assert "They’ve stopped" in main_text(self.client.post(address, {"List-Unsubscribe": "One-Click"}))
            assert not getattr(MessagePlan.objects.get(), stored)

            assert "Nothing has changed" in main_text(self.client.post(address, {"again": "1"}))
            assert getattr(MessagePlan.objects.get(), stored)

    def test_what_there_is_to_read_is_not_mailed_any_more(self) -> None:
        address = links.to_stop(self.person.pk, Kind.NOTIFICATIONS)
        self.client.post(address)
        assert not User.objects.get().mails_notifications

        self.client.post(address, {"again": "1"})
        assert User.objects.get().mails_notifications

    def test_it_is_in_the_language_of_whom_it_is_about(self) -> None:
        User.objects.update(language="es")

        assert "¿Más tarde?" in main_text(self.client.get(links.to_snooze(self.person.pk, TONIGHT)))

    def test_what_is_made_up_leads_nowhere(self) -> None:
        for address in ("/messages/stop/a/", "/messages/later/a~b/"):
            assert self.client.get(address).status_code == self.client.post(address).status_code == 404
