"""/accounts/settings/: a person's own settings are shown and saved, and nothing else about them can be changed there."""

from http import HTTPStatus
from typing import Any
from unittest import mock
from zoneinfo import available_timezones

from django.test import Client, TestCase
from django.urls import reverse

from accounts.forms.settings import SettingsForm
from accounts.models import User
from tests.factories import make_user
from tests.helpers import only_element, parsed, read


class SettingsTests(TestCase):
    person: User
    url: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user(name="Mara", time_zone="Europe/Stockholm")
        cls.url = reverse("accounts:settings")

    def setUp(self) -> None:
        self.client.force_login(self.person)

    def send(self, **fields: object) -> Any:
        defaults = {"name": "Mara", "time_zone": "Europe/Stockholm", "night_ends_at": 4, "appearance": "device", "locks_after": 30}
        return self.client.post(self.url, {**defaults, **fields})

    def saved(self) -> User:
        return User.objects.get(pk=self.person.pk)

    def test_leads_a_visitor_to_sign_in(self) -> None:
        self.assertRedirects(Client().get(self.url), f"{reverse('account_login')}?next={self.url}")

    def test_gives_back_what_was_typed_where_the_session_has_ended(self) -> None:
        response = Client().post(self.url, {"name": "Mallory"}, headers={"Sec-Fetch-Site": "same-origin"})

        self.assertContains(response, "Mallory", status_code=HTTPStatus.UNAUTHORIZED)
        assert self.saved().name == "Mara"

    def test_shows_what_is_set(self) -> None:
        page = read(self.client, self.url)

        assert only_element(page, "#id_name")["value"] == "Mara"
        assert only_element(page, "#id_time_zone option[selected]")["value"] == "Europe/Stockholm"
        assert only_element(page, "#id_night_ends_at option[selected]")["value"] == "4"
        assert only_element(page, "[name=appearance][checked]")["value"] == "device"

    def test_changes_nothing_that_another_request_changed_meanwhile(self) -> None:
        def meanwhile(form: SettingsForm) -> bool:
            other = self.saved()
            other.remember("has_walks")
            other.set_password("another password entirely")
            other.save(update_fields=["password"])
            return is_valid(form)

        is_valid = SettingsForm.is_valid
        with mock.patch.object(SettingsForm, "is_valid", meanwhile):
            self.send(name="Mara Lind")

        assert (self.saved().name, self.saved().has_walks) == ("Mara Lind", True)
        assert self.saved().check_password("another password entirely")

    def test_saves(self) -> None:
        response = self.send(name="M", time_zone="Asia/Kathmandu", night_ends_at=0, appearance="dark")

        self.assertRedirects(response, self.url)
        saved = self.saved()
        assert (saved.name, saved.time_zone, saved.night_ends_at, saved.appearance) == ("M", "Asia/Kathmandu", 0, "dark")

    def test_says_that_it_saved(self) -> None:
        page = read(self.client, self.send().headers["Location"])

        assert only_element(page, ".messages").get_text(strip=True) == "Your settings are saved."

    def test_takes_no_name_at_all(self) -> None:
        self.send(name="")

        assert self.saved().name == ""

    def test_gives_back_what_was_typed_where_something_is_wrong(self) -> None:
        response = self.send(name="x" * 81, time_zone="Asia/Kathmandu")

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        page = parsed(response)
        assert only_element(page, "#id_name")["value"] == "x" * 81
        assert only_element(page, "#id_name")["aria-invalid"] == "true"
        assert only_element(page, "#id_time_zone option[selected]")["value"] == "Asia/Kathmandu"
        assert self.saved().time_zone == "Europe/Stockholm"

    def test_refuses_what_is_not_offered(self) -> None:
        for fields in ({"time_zone": "Mars/Olympus"}, {"night_ends_at": 13}, {"night_ends_at": "four"}, {"appearance": "pink"}):
            assert self.send(**fields).status_code == HTTPStatus.UNPROCESSABLE_ENTITY

        assert (self.saved().time_zone, self.saved().night_ends_at, self.saved().appearance) == ("Europe/Stockholm", 4, "device")

    def test_changes_nothing_else_about_a_person(self) -> None:
        self.send(email="mallory@example.org", is_staff="on", is_superuser="on", password="x", id="0")

        assert (self.saved().email, self.saved().is_staff, self.saved().is_superuser) == ("parent@example.org", False, False)

    def test_offers_the_zones_that_people_live_in(self) -> None:
        zones = [option["value"] for option in read(self.client, self.url).select("#id_time_zone option")]

        assert {"UTC", "Europe/Stockholm", "America/Argentina/Ushuaia", "Pacific/Apia"} <= set(zones)
        assert not {"US/Pacific", "Etc/GMT+5", "EST"} & set(zones)
        assert len(zones) == len(set(zones))
        assert set(zones) <= available_timezones()  # and no name of a region among them

    def test_keeps_an_old_name_of_a_zone_that_a_person_has(self) -> None:
        User.objects.update(time_zone="US/Pacific")

        assert only_element(read(self.client, self.url), "#id_time_zone option[selected]")["value"] == "US/Pacific"
        self.assertRedirects(self.send(time_zone="US/Pacific", name="M"), self.url)
        assert (self.saved().time_zone, self.saved().name) == ("US/Pacific", "M")

    def test_appearance_shows_at_once(self) -> None:
        for appearance in ("dark", "light", "device"):
            self.send(appearance=appearance)

            assert only_element(read(self.client, self.url), "html")["data-appearance"] == appearance

    def test_an_appearance_that_was_refused_does_not_show(self) -> None:
        assert only_element(parsed(self.send(appearance="pink")), "html")["data-appearance"] == "device"

    def test_refuses_other_methods(self) -> None:
        assert self.client.delete(self.url).status_code == HTTPStatus.METHOD_NOT_ALLOWED
