"""/accounts/settings/: a person's own settings are shown and saved, and nothing else about them can be changed there."""

import datetime as dt
from http import HTTPStatus
from typing import Any, ClassVar
from unittest import mock
from zoneinfo import ZoneInfo

from django.test import Client, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.forms.settings import GROUPS, SettingsForm
from accounts.models import User
from common import dates
from common.places import customs
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

    FIELDS: ClassVar = {"name": "Mara", "time_zone": "Europe/Stockholm", "night_ends_at": 4, "appearance": "device", "locks_after": 30}

    def send(self, **fields: object) -> Any:
        return self.client.post(self.url, {**self.FIELDS, **fields})

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

    def test_where_no_time_until_locking_is_chosen_it_stays_as_it_is(self) -> None:
        assert self.send(locks_after="120").status_code == HTTPStatus.FOUND
        assert self.send(locks_after="").status_code == HTTPStatus.FOUND

        assert self.saved().locks_after == 120

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

    def test_says_so_in_the_language_that_was_chosen(self) -> None:
        for language, browser, said in (
            ("es", "en", "Tus ajustes están guardados."),
            ("", "es", "Tus ajustes están guardados."),
            ("en", "es", "Your settings are saved."),
        ):
            headers = {"Accept-Language": browser}
            self.client.post(self.url, {**self.FIELDS, "language": language}, headers=headers)

            assert only_element(parsed(self.client.get(self.url, headers=headers)), ".messages").get_text(strip=True) == said

    def test_groups_its_fields_and_leaves_none_out(self) -> None:
        User.objects.update(has_connections=True)
        with override_settings(MAILER={"BACKEND": ""}):
            page = read(self.client, self.url)

        shown = {str(field["name"]) for field in page.select("main fieldset [name]")}
        assert shown == set(SettingsForm.Meta.fields)
        assert len(page.select(".groups > fieldset > legend")) == len(GROUPS)

    def test_the_clock_is_that_of_the_country_until_somebody_chooses(self) -> None:
        for zone, clock, shown in (
            ("Europe/Stockholm", "", "21:04"),
            ("America/New_York", "", "9:04 PM"),
            ("America/New_York", "24", "21:04"),
            ("Europe/Stockholm", "12", "9:04 PM"),
        ):
            self.send(time_zone=zone, clock=clock)
            assert self.saved().clock == clock
            with timezone.override(zone), customs.override(self.saved().customs):
                assert dates.clock(dt.datetime(2026, 3, 1, 21, 4, tzinfo=ZoneInfo(zone))).replace("\u00a0", " ") == shown
        self.send()  # from a page that was opened before there was the choice
        assert self.saved().clock == "12"

    def test_a_workspace_is_no_part_of_a_parents_settings(self) -> None:
        page = read(self.client, self.url)

        link = only_element(page, f"main [href='{reverse('counselor:workspace')}']")
        assert link.find_parent("section") is None
        assert link.find_all_next("a")[0].find_parent("footer")  # nothing but the foot of the page comes after

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

    def test_offers_the_cities_that_people_live_in_once_each_and_utc_last(self) -> None:
        select = only_element(read(self.client, self.url), "#id_time_zone")
        zones = [str(option["value"]) for option in select.select("option")]

        assert {"Europe/Stockholm", "America/Argentina/Ushuaia", "Pacific/Apia", "Asia/Kolkata"} <= set(zones)
        assert not {"US/Pacific", "Etc/GMT+5", "EST", "Asia/Calcutta", "America/Buenos_Aires"} & set(zones)
        assert len(zones) == len(set(zones))
        assert zones[-1] == "UTC"
        assert "the same everywhere" in select.select("option")[-1].get_text()
        assert [group["label"] for group in select.select("optgroup")][:2] == ["Europe", "The Americas"]

    def test_names_them_as_the_reader_does(self) -> None:
        for language, berlin in (("en", "Berlin"), ("es", "Berlín"), ("en", "Berlin")):
            page = parsed(self.client.get(self.url, headers={"Accept-Language": language}))
            assert only_element(page, "option[value='Europe/Berlin']").get_text() == berlin

    def test_a_former_name_of_a_city_is_kept_and_shown_as_that_city(self) -> None:
        for former, city in (("US/Pacific", "America/Los_Angeles"), ("Asia/Calcutta", "Asia/Kolkata"), ("Europe/Kiev", "Europe/Kyiv")):
            User.objects.update(time_zone=former)

            assert only_element(read(self.client, self.url), "#id_time_zone option[selected]")["value"] == city
            for sent in (former, city):
                self.assertRedirects(self.send(time_zone=sent, name="M"), self.url)
                assert (self.saved().time_zone, self.saved().name) == (former, "M")

    def test_a_zone_without_a_city_is_kept_by_whoever_has_it(self) -> None:
        assert self.send(time_zone="Etc/GMT+5").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        User.objects.update(time_zone="Etc/GMT+5")

        assert only_element(read(self.client, self.url), "#id_time_zone option[selected]")["value"] == "Etc/GMT+5"
        self.assertRedirects(self.send(time_zone="Etc/GMT+5"), self.url)
        self.assertRedirects(self.send(time_zone="Europe/Berlin"), self.url)
        assert not read(self.client, self.url).select("option[value='Etc/GMT+5']")

    def test_appearance_shows_at_once(self) -> None:
        for appearance in ("dark", "light", "device"):
            self.send(appearance=appearance)

            assert only_element(read(self.client, self.url), "html")["data-appearance"] == appearance

    def test_an_appearance_that_was_refused_does_not_show(self) -> None:
        assert only_element(parsed(self.send(appearance="pink")), "html")["data-appearance"] == "device"

    def test_refuses_other_methods(self) -> None:
        assert self.client.delete(self.url).status_code == HTTPStatus.METHOD_NOT_ALLOWED
