"""accounts.models.user and accounts.people: a person has a data key from the moment they are created until they are deleted."""

import datetime as dt
from dataclasses import replace
from http import HTTPStatus
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from accounts import leaving
from accounts.keys import keyring
from accounts.keys.crypto import KeysUnreadable
from accounts.models import KeySlot, Preferences, User
from common.ids import new_id
from common.places import time_zones
from journal.history import revisions
from journal.models import Entry, Night, Revision
from journal.nights import night_pages
from tests.factories import PASSWORD, make_entry, make_user
from tests.helpers import TONIGHT, only_element, parsed, run, signed_in


class CreatingTests(TestCase):
    """However a person is created, their key is made with them."""

    def assert_has_one_key(self, person: User) -> None:
        assert KeySlot.objects.filter(owner=person).count() == 1
        assert keyring.data_key(person.pk)

    def test_by_create_user(self) -> None:
        person = User.objects.create_user("parent@EXAMPLE.org", PASSWORD, name="Mara")

        self.assert_has_one_key(person)
        assert (person.email, person.name, person.is_staff, person.check_password(PASSWORD)) == ("parent@example.org", "Mara", False, True)

    def test_by_createsuperuser(self) -> None:
        with mock.patch.dict("os.environ", {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}):
            run("createsuperuser", interactive=False, email="operator@example.org")

        person = User.objects.get()
        self.assert_has_one_key(person)
        assert (person.is_staff, person.is_superuser, person.check_password(PASSWORD)) == (True, True, True)

    def test_by_saving(self) -> None:
        person = User(email="parent@example.org")
        person.save()

        self.assert_has_one_key(person)

    def test_by_get_or_create(self) -> None:
        for _ in range(2):
            person, _created = User.objects.get_or_create(email="parent@example.org")

        self.assert_has_one_key(person)

    def test_saving_again_makes_no_second_key(self) -> None:
        person = make_user()
        before = keyring.data_key(person.pk)

        person.save()
        User.objects.get().save()

        self.assert_has_one_key(person)
        assert keyring.data_key(person.pk) == before

    def test_creates_nobody_where_no_key_can_be_made(self) -> None:
        with (
            mock.patch.object(keyring, "make_data_key", side_effect=KeysUnreadable),
            pytest.raises(KeysUnreadable),
            transaction.atomic(),
        ):
            make_user()

        assert not User.objects.exists()

    def test_one_for_each_address(self) -> None:
        make_user()

        with pytest.raises(IntegrityError), transaction.atomic():
            make_user()

        assert KeySlot.objects.exclude(owner=None).count() == 1


class PersonTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user(time_zone="Europe/Stockholm")

    def test_has_no_preferences_at_first(self) -> None:
        assert self.person.preferences == Preferences(themes=(), ages=())

    def test_keeps_preferences(self) -> None:
        self.person.sealed_preferences = Preferences(themes=("calm",), ages=("teen",))
        self.person.save()

        assert User.objects.get().preferences == Preferences(themes=("calm",), ages=("teen",))

    def test_of_two_changes_of_preferences_at_once_neither_is_lost(self) -> None:
        one, other = User.objects.get(), User.objects.get()

        one.change_preferences(lambda current: replace(current, themes=("calm",)))
        other.change_preferences(lambda current: replace(current, memories=False))

        assert User.objects.get().preferences == other.preferences == Preferences(themes=("calm",), memories=False)

    def test_is_shown_by_the_address(self) -> None:
        assert str(self.person) == "parent@example.org"

    def test_has_a_night_by_their_own_clock(self) -> None:
        before, after = dt.datetime(2026, 3, 2, 2, 59, tzinfo=dt.UTC), dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)

        assert self.person.zone == ZoneInfo("Europe/Stockholm")
        assert self.person.tonight(before) == TONIGHT
        assert self.person.tonight(after) == dt.date(2026, 3, 2)

    def test_has_a_night_that_ends_when_they_say(self) -> None:
        self.person.night_ends_at = 0

        assert self.person.tonight(dt.datetime(2026, 3, 1, 23, 0, tzinfo=dt.UTC)) == dt.date(2026, 3, 2)

    def test_lives_in_a_zone_that_exists(self) -> None:
        for zone in ("Mars/Olympus", "europe/stockholm", "../../etc/passwd", "/etc/localtime", " ", "UTC\x00"):
            self.person.time_zone = zone

            with pytest.raises(ValidationError, match="Choose a time zone from the list"):
                self.person.full_clean()

    def test_has_a_clock_also_where_this_machine_does_not_know_their_zone(self) -> None:
        for zone, clock in (("US/Pacific-New", "UTC"), ("../../etc/passwd", "UTC"), ("", "UTC"), ("Europe/Kiev", "Europe/Kyiv")):
            User.objects.update(time_zone=zone)
            person = User.objects.get()
            moment = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)

            assert moment.astimezone(person.zone).utcoffset() == moment.astimezone(ZoneInfo(clock)).utcoffset()
            page = signed_in(person).get("/accounts/settings/")
            assert page.status_code == 200
            assert time_zones.canonical(str(only_element(parsed(page), "body")["data-zone"])) == clock  # a browser knows it, too

    def test_reads_no_language_that_the_site_gave_up(self) -> None:
        for stored, language in (("es", "es"), ("de", ""), ("", "")):
            assert User(language=stored).chosen_language == language

    def test_may_keep_an_old_name_of_a_zone(self) -> None:
        self.person.time_zone = "US/Pacific"

        self.person.full_clean()

    def test_has_a_night_that_ends_by_noon_in_the_database_too(self) -> None:
        for hour in (-1, 13, 24):
            with pytest.raises(IntegrityError), transaction.atomic():
                User.objects.update(night_ends_at=hour)
        User.objects.update(night_ends_at=12)

    def test_has_a_night_that_ends_by_noon_in_a_form(self) -> None:
        self.person.night_ends_at = 13

        with pytest.raises(ValidationError):
            self.person.full_clean()

    def test_has_an_id_that_rises_with_time(self) -> None:
        ids = [new_id() for _ in range(1000)]

        assert ids == sorted(ids)
        assert len(set(ids)) == 1000
        assert {made.version for made in ids} == {7}


class KeySlotTests(TestCase):
    def test_says_whose_it_is_and_nothing_of_the_key(self) -> None:
        person = make_user()

        assert str(KeySlot.objects.get(owner=person)) == f"instance slot of {person.pk}"
        assert str(KeySlot.objects.get(owner=None)) == "instance slot of the installation"


class DeletingTests(TestCase):
    person: User
    other: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person, cls.other = make_user(), make_user(email="other@example.org")
        for author in (cls.person, cls.other):
            entry = make_entry(author)
            revisions.keep_done(author, entry, timezone.now())
            night_pages.close(author, entry.night, Night.Closed.DONE)

    def count(self) -> list[int]:
        models = [Entry, Revision, Night, User, KeySlot, Session, UserSession]
        return [model._default_manager.count() for model in models]

    def sign_in(self, person: User) -> Client:
        browser = Client()
        response = browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        assert response.status_code == HTTPStatus.FOUND
        return browser

    def test_takes_rows_key_and_sessions_of_the_one_person_along(self) -> None:
        for person in (self.person, self.person, self.other):
            self.sign_in(person)
        assert self.count() == [2, 2, 2, 2, 3, 3, 3]

        leaving.delete(self.person)

        assert self.count() == [1, 1, 1, 1, 2, 1, 1]
        assert Entry.objects.get().author == self.other
        assert Entry.objects.get().content.text == "We read two chapters."

    def test_signs_out_every_device(self) -> None:
        phone = self.sign_in(self.person)

        leaving.delete(self.person)

        assert phone.get("/tonight/").status_code == HTTPStatus.FOUND

    def test_deletes_nothing_when_it_fails_half_way(self) -> None:
        self.sign_in(self.person)
        before = self.count()

        with mock.patch.object(keyring, "evict", side_effect=RuntimeError), pytest.raises(RuntimeError):
            leaving.delete(self.person)

        assert self.count() == before
