"""`/accounts/welcome/`: after sign-up two questions, a tap each, which can be skipped, seen again and changed."""

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection as connection_of_database
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import connections
from accounts.models import Preferences, User
from common.ids import new_id
from journal.nights import walks
from prompts.library import paths, welcome
from prompts.models import Walk
from tests.factories import PASSWORD, make_connection, make_counselor, make_entry, make_path_prompts, make_prompt, make_user
from tests.helpers import DAY, EVENING, TONIGHT, main_text, only_element, parsed, read, sealed_bytes, signed_in

URL = "/accounts/welcome/"
REASONS = {reason.slug: reason for reason in welcome.read().reasons}
KEEP, BACK = REASONS["keep-these-years"], REASONS["a-way-back"]


@time_machine.travel(EVENING, tick=False)
class WelcomeTests(TestCase):
    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.parent = make_user()
        make_prompt(slug="what-made-you-smile", theme="gratitude", question="What made you smile today, even for a second?")

    def setUp(self) -> None:
        self.client = signed_in(self.parent)

    def send(self, **fields: object) -> Any:
        return self.client.post(URL, fields)

    def stored(self) -> User:
        return User.objects.get(pk=self.parent.pk)

    def checked(self) -> list[str]:
        return [str(box["value"]) for box in read(self.client, URL).select("form.welcome input[checked]")]

    def test_a_look_writes_nothing_and_shows_nothing_as_chosen(self) -> None:
        before = User.objects.values().get(pk=self.parent.pk)

        assert self.checked() == [""]

        assert User.objects.values().get(pk=self.parent.pk) == before

    def test_keeps_what_was_tapped_sealed_shows_it_again_and_leads_to_tonight(self) -> None:
        response = self.send(ages=["small", "teen"], reason="keep-these-years")

        self.assertRedirects(response, "/tonight/")
        assert self.stored().preferences == Preferences(
            ages=("small", "teen"), themes=KEEP.themes, reason="keep-these-years", welcomed=True
        )
        assert b"keep-these-years" not in sealed_bytes(self.stored(), "sealed_preferences")
        assert self.checked() == ["small", "teen", "keep-these-years"]

    def test_is_safe_to_send_twice(self) -> None:
        self.send(ages=["baby"], reason="a-way-back")
        once = self.stored().preferences
        self.send(ages=["baby"], reason="a-way-back")

        assert self.stored().preferences == once

    def test_each_question_can_be_left_out(self) -> None:
        self.send(ages=["grown"])
        assert self.stored().preferences == Preferences(ages=("grown",), welcomed=True)

        self.send(reason="keep-these-years")
        assert self.stored().preferences == Preferences(themes=KEEP.themes, reason="keep-these-years", welcomed=True)

    def test_skipped_it_changes_nothing_that_was_chosen(self) -> None:
        self.parent.sealed_preferences = chosen = Preferences(ages=("baby",), themes=("calm",), start=("mending",), kept_first=True)
        self.parent.save()

        self.assertRedirects(self.send(action="skip", ages=["teen"], reason="no-such-reason"), "/tonight/")

        assert self.stored().preferences == replace(chosen, welcomed=True)

    def test_another_reason_brings_other_themes_and_another_path_and_none_takes_them_away(self) -> None:
        self.send(reason="keep-these-years")
        self.send(reason="a-way-back")
        assert (self.stored().preferences.themes, self.stored().preferences.start) == ((), (BACK.path,))

        self.send(reason="")
        assert self.stored().preferences == Preferences(welcomed=True)

    def test_themes_and_paths_that_were_chosen_elsewhere_stay(self) -> None:
        self.parent.sealed_preferences = Preferences(themes=("calm",), start=("thirty-nights",), reason="keep-these-years", welcomed=True)
        self.parent.save()

        for reason in ("a-way-back", "quiet-minutes", ""):
            self.send(reason=reason)
            assert (self.stored().preferences.themes, self.stored().preferences.start) == (("calm",), ("thirty-nights",))

    def test_bad_input_is_named_and_nothing_that_was_tapped_is_lost(self) -> None:
        for fields in ({"ages": ["teen", "elder"], "reason": "a-way-back"}, {"ages": ["teen"], "reason": "fame"}):
            response = self.send(**fields)

            page = parsed(response)
            assert response.status_code == 422
            assert page.select(".errorlist")
            assert only_element(page, "input[value=teen]").has_attr("checked")
        assert self.stored().sealed_preferences is None

    def test_goes_on_to_where_somebody_was_headed_within_this_site(self) -> None:
        self.assertRedirects(self.send(next="/journal/"), "/journal/")
        assert only_element(read(self.client, f"{URL}?next=/journal/"), "form.welcome input[name=next]")["value"] == "/journal/"

        for target in ("https://example.org/", "//example.org/", "javascript:alert(1)", "prompts/", "account_login"):
            self.assertRedirects(self.send(next=target), "/tonight/")
            assert not read(self.client, f"{URL}?next={target}").select("form.welcome input[name=next]")

    def test_sets_the_time_zone_of_the_device_once_where_sign_up_did_not_learn_it(self) -> None:
        self.send(time_zone="Mars/Olympus", action="skip")
        assert self.stored().time_zone == "UTC"
        User.objects.update(sealed_preferences=None)

        self.send(time_zone="Asia/Katmandu", action="skip")  # as some browsers still call it
        assert self.stored().time_zone == "Asia/Kathmandu"

        User.objects.update(time_zone="UTC")  # by hand, in Settings
        self.send(time_zone="Asia/Kathmandu")
        assert self.stored().time_zone == "UTC"

    def test_leaves_a_time_zone_that_is_known_alone(self) -> None:
        User.objects.update(time_zone="Europe/Stockholm")
        self.client = signed_in(self.stored())

        self.send(time_zone="Asia/Kathmandu", ages=["baby"])

        assert self.stored().time_zone == "Europe/Stockholm"

    def test_says_once_how_leave_quickly_is_switched_off(self) -> None:
        assert main_text(self.client.get(URL)).count("turn off") == 1

        User.objects.update(shows_leave=False)
        assert "turn off" not in main_text(signed_in(self.stored()).get(URL))

    def test_speaks_spanish(self) -> None:
        User.objects.update(language="es")

        words = main_text(signed_in(self.stored()).get(URL))

        assert welcome.read("es").asks in words
        assert "No quiero olvidar estos años." in words


@time_machine.travel(EVENING, tick=False)
class FirstEveningTests(TestCase):
    """What Tonight and Settings make of it."""

    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.parent = make_user()
        make_path_prompts()
        make_prompt(slug="what-made-you-smile", theme="gratitude", question="What made you smile today, even for a second?")

    def setUp(self) -> None:
        self.client = signed_in(self.parent)

    def lines(self) -> list[str]:
        return [" ".join(line.get_text().split()) for line in read(self.client, "/tonight/").select(".welcome-line")]

    def test_one_line_stands_above_the_question_while_nothing_is_on_record(self) -> None:
        assert self.lines() == ["Welcome. Two short questions help us find the right ones for you."]

        self.client.post(URL, {"action": "skip"})
        assert self.lines() == ["Welcome. What you write here is yours."]

        make_entry(self.parent, night=TONIGHT - DAY)
        assert self.lines() == []

    def test_a_path_is_offered_and_not_begun_without_a_tap_of_its_own(self) -> None:
        self.client.post(URL, {"reason": "a-way-back"})
        assert not Walk.objects.exists()
        assert self.lines() == [f"Welcome. One way to begin, if you like: {paths.read()['mending'].name} Begin"]

        form = only_element(read(self.client, "/tonight/"), "form.welcome-line")
        self.client.post(str(form["action"]), {"action": "begin"})

        assert Walk.objects.get().path == "mending"
        assert self.lines() == []
        assert "Mending" in main_text(self.client.get("/tonight/"))

    def test_who_walks_another_path_is_offered_none(self) -> None:
        self.client.post(URL, {"reason": "a-way-back"})
        walks.begin(self.parent, "present-not-perfect", TONIGHT)
        walks.pause(self.parent, "present-not-perfect")

        assert "Mending" not in " ".join(self.lines())

    def test_a_line_that_teaches_stands_below_the_question_of_its_night_until_the_page_is_used(self) -> None:
        make_entry(self.parent, night=TONIGHT - DAY)
        assert only_element(read(self.client, "/tonight/"), ".asked .hint").get_text() == "Not this one? “Another question” swaps it."

        make_entry(self.parent, entry_id=new_id())
        assert not read(self.client, "/tonight/").select(".hint")

    def test_settings_show_it_first_and_lead_back_to_it(self) -> None:
        section = only_element(read(self.client, "/accounts/settings/"), "main section[aria-labelledby=asked]")
        assert "Questions for every age" in section.get_text()
        assert "Something else" not in section.get_text(), "nobody has said so"

        self.client.post(URL, {"ages": ["teen"], "reason": "hard-on-myself"})
        page = read(self.client, "/accounts/settings/")
        section = only_element(page, "main section[aria-labelledby=asked]")

        assert "Teenager" in section.get_text()
        assert "I’m hard on myself." in section.get_text()
        assert [link["href"] for link in section.select("a")] == [
            "/prompts/choices/",
            "/journal/children/",
            f"{URL}?next=/accounts/settings/",
        ]
        assert section.find_next("form", class_="card") is not None
        assert section.find_previous("form", class_="card") is None


@pytest.mark.django_db
class AfterSignUpTests:
    @staticmethod
    def sign_up(target: str = "") -> str:
        response = Client().post(
            "/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, **({"next": target} if target else {})}
        )
        return str(response.headers["Location"])

    @pytest.mark.parametrize("target", ["", "/", "/tonight/"])
    def test_leads_to_welcome(self, target: str) -> None:
        assert self.sign_up(target) == URL

    def test_leads_on_to_where_somebody_was_headed(self) -> None:
        assert self.sign_up("/prompts/paths/mending/") == f"{URL}?next=%2Fprompts%2Fpaths%2Fmending%2F"

    def test_comes_once_where_the_visitor_was_on_their_way_to_it(self) -> None:
        assert self.sign_up(URL) == URL

    @pytest.mark.parametrize("target", ["/accounts/workspace/", "/accounts/invitations/no-such-token/"])
    def test_leads_counselors_to_their_workspace_and_the_invited_to_what_they_accept(self, target: str) -> None:
        assert self.sign_up(target) == target

    @pytest.mark.parametrize("target", ["https://example.org/", "//example.org/"])
    def test_leads_to_no_other_site(self, target: str) -> None:
        assert self.sign_up(target) == URL

    def test_signing_in_again_leads_to_tonight(self) -> None:
        make_user(email="mara@example.org")

        response = Client().post("/accounts/login/", {"login": "mara@example.org", "password": PASSWORD})

        assert response.headers["Location"] == "/tonight/"


@pytest.mark.django_db
def test_an_invited_client_meets_it_with_the_counselors_name_while_the_connection_lasts() -> None:
    counselor, parent = make_counselor(), make_user()
    connection = make_connection(counselor, parent)

    client = signed_in(parent)
    client.get(URL)  # reads what a process reads once
    with CaptureQueriesContext(connection_of_database) as queries:
        words = main_text(client.get(URL))
    assert len(queries) <= 4, queries.captured_queries
    assert "Questions from Ines Holm come first." in words
    assert "Here as a counselor?" not in words

    connections.end(parent, connection.pk, EVENING)
    assert "Ines Holm" not in main_text(signed_in(parent).get(URL))


@pytest.mark.django_db
def test_who_has_a_workspace_passes_it_on_to_their_own_pages() -> None:
    counselor = make_counselor()

    response = signed_in(counselor).post(URL, {"action": "skip"})

    assert response.headers["Location"] == reverse("counselor:today")
