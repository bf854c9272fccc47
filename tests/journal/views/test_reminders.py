"""journal.views.reminders: what a person is sent, on one page."""

import datetime as dt
from typing import Any

import time_machine
from django.test import TestCase, override_settings

from accounts.keys import keyring
from accounts.models import User
from journal.messages.push import identity, subscriptions
from journal.models import EVERY_DAY, MessagePlan, PushSubscription
from prompts.library import letters
from tests.factories import make_user
from tests.helpers import EVENING, JSON, element, main_text, parsed, read, signed_in
from tests.journal.messages.cases import LOCMEM, make_plan
from tests.journal.messages.push.browser import Browser

URL = "/journal/reminders/"
FORM: dict[str, Any] = {"weekdays": ["0", "6"], "time": "21:30", "by_mail": "on", "letters": "on", "letter_day": "2"}


@time_machine.travel(EVENING, tick=False)
@override_settings(MAILER=LOCMEM)
class RemindersPageTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(EVENING, tick=False):
            cls.person = make_user()

    def setUp(self) -> None:
        self.client = signed_in(self.person)

    def plan(self) -> MessagePlan:
        return MessagePlan.objects.get(person=self.person)

    def test_nothing_is_chosen_at_first(self) -> None:
        page = read(self.client, URL)

        assert element(page, "#id_time")["value"] == "21:00"
        assert len(page.select("[name=weekdays][checked]")) == 7
        assert not page.select("[name=by_mail][checked], [name=letters][checked]")
        assert "We won’t send anything until you choose email or a device." in main_text(self.client.get(URL))
        assert not MessagePlan.objects.exists()

    def test_what_is_chosen_is_kept_and_the_next_is_said(self) -> None:
        for _twice in range(2):
            assert self.client.post(URL, FORM).status_code == 302

        plan = self.plan()
        assert (plan.time, set(plan.days), plan.by_mail, plan.letters, plan.letter_day) == (dt.time(21, 30), {0, 6}, True, True, 2)
        assert not plan.says_nothing
        assert "Next one: Sunday, 1 March at 21:30." in main_text(self.client.get(URL))

    def test_no_evening_and_no_time_are_said_and_what_was_chosen_stays(self) -> None:
        response = self.client.post(URL, {**FORM, "weekdays": [], "time": "late"})

        assert response.status_code == 422
        assert "Enter a time, such as 21:00." in main_text(response)
        assert "Choose at least one evening, or turn off email." in main_text(response)
        assert element(parsed(response), "#id_letter_day option[selected]")["value"] == "2"
        assert element(parsed(response), "#id_time")["value"] == "late"
        assert not MessagePlan.objects.exists()

    def test_what_no_page_sends_is_refused(self) -> None:
        for wrong in ({"weekdays": ["7"]}, {"letter_day": "9"}, {"time": "25:00"}, {"time": ""}, {"letter_day": ""}):
            assert self.client.post(URL, {**FORM, **wrong}).status_code == 422

    @override_settings(MAILER=None)
    def test_on_a_site_without_mail_what_is_about_mail_stays_as_it_is(self) -> None:
        make_plan(self.person, EVENING, by_mail=True, letters=True)
        page = read(self.client, URL)
        assert not page.select("[name=by_mail], [name=letters]")
        assert "We won’t send anything until you choose a device." in main_text(signed_in(make_user(email="other@example.org")).get(URL))

        self.client.post(URL, {"weekdays": ["0"], "time": "20:00"})
        assert (self.plan().by_mail, self.plan().letters, self.plan().time) == (True, True, dt.time(20))

    def test_the_settings_lead_to_it(self) -> None:
        assert element(read(self.client, "/accounts/settings/"), f"a[href='{URL}']")

    def test_the_next_letter_can_be_read_beforehand(self) -> None:
        make_plan(self.person, EVENING, letters=True, letter_number=3)
        MessagePlan.objects.update(letter_number=3)

        text = main_text(self.client.get(f"{URL}letter/"))
        assert letters.read()[2].title in text
        assert letters.read()[2].question in text

    def test_it_is_read_in_the_readers_language(self) -> None:
        User.objects.update(language="es")

        assert letters.read("es")[0].title in main_text(self.client.get(f"{URL}letter/"))

    # --- Devices.

    def subscribe(self, browser: Browser, **changed: str) -> int:
        address = browser.address
        values = {"endpoint": address.endpoint, "p256dh": address.p256dh, "auth": address.auth, **changed}
        headers = {**JSON, "User-Agent": "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"}
        return self.client.post(f"{URL}device/", values, headers=headers).status_code

    def test_a_browser_subscribes_and_the_page_names_it(self) -> None:
        identity.make_key()
        for _twice in range(2):
            assert self.subscribe(Browser()) == 200

        page = read(self.client, URL)
        [row] = page.select("[data-endpoint]")
        assert "Firefox on Android" in row.get_text()
        assert element(page, "[data-push]")["data-push"] == identity.public_key()
        assert self.plan().weekdays == EVERY_DAY
        assert self.plan().next_at is not None

    def test_what_is_no_browser_is_refused(self) -> None:
        for wrong in ({"endpoint": "https://127.0.0.1/"}, {"endpoint": "http://push.example.org/"}, {"p256dh": "A"}, {"auth": ""}):
            assert self.subscribe(Browser(), **wrong) == 422
        assert not PushSubscription.objects.exists()

    def test_a_device_is_forgotten_at_a_press_and_only_ones_own(self) -> None:
        with keyring.cached():
            row = subscriptions.add(self.person, Browser().address, EVENING)
        other = signed_in(make_user(email="other@example.org"))

        assert other.post(f"{URL}device/{row.pk}/forget/").status_code == 302
        assert PushSubscription.objects.exists()
        for _twice in range(2):
            assert self.client.post(f"{URL}device/{row.pk}/forget/").status_code == 302
        assert not PushSubscription.objects.exists()
