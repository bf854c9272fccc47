"""accounts.backends: whom a session belongs to, and that their key slot comes with them."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.backends import AuthenticationBackend, at_hand
from accounts.keys import keyring
from accounts.keys.crypto import NoSuchKey
from accounts.keys.slots import KeySlot
from accounts.models import User
from accounts.sessions import SessionStore
from common.ids import new_id
from tests.factories import PASSWORD, make_entry, make_user
from tests.helpers import DAY, signed_in


class PersonTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def test_comes_with_their_key_slot_in_one_query(self) -> None:
        with self.assertNumQueries(1):
            person = AuthenticationBackend().get_user(self.person.pk)

        assert person == self.person
        assert person.fetched_key_slot == KeySlot.objects.get(owner=self.person)

    def test_is_found_without_a_key_too(self) -> None:
        KeySlot.objects.all().delete()

        assert AuthenticationBackend().get_user(self.person.pk) == self.person

    def test_is_nobody_where_the_account_is_switched_off_or_gone(self) -> None:
        User.objects.update(is_active=False)

        assert AuthenticationBackend().get_user(self.person.pk) is None
        assert AuthenticationBackend().get_user(new_id()) is None

    def test_opens_their_pages_without_fetching_the_slot_again(self) -> None:
        make_entry(self.person)
        client = signed_in(self.person)

        with CaptureQueriesContext(connection) as queries:
            assert "We read two chapters." in client.get("/journal/").content.decode()

        assert len([query for query in queries if "accounts_keyslot" in query["sql"]]) == 1

    def test_is_signed_in_through_it(self) -> None:
        response = self.client.post("/accounts/login/", {"login": self.person.email, "password": PASSWORD})

        assert response.status_code == 302
        assert self.client.session["_auth_user_backend"] == "accounts.backends.AuthenticationBackend"


class SessionTests(TestCase):
    """The person whom a session is fetched with."""

    def test_comes_with_the_session_and_the_key_slot_in_one_query(self) -> None:
        person = make_user()
        client = signed_in(person)

        with CaptureQueriesContext(connection) as queries:
            assert client.get("/healthz").status_code == 200

        assert len(queries) == 1
        session = SessionStore(client.session.session_key)
        fetched = session.person
        assert fetched == person
        assert fetched is not None
        assert vars(fetched).keys() - {"_state", "fetched_key_slot"} == vars(User.objects.get()).keys() - {"_state"}
        assert all(getattr(fetched, field.attname) == getattr(person, field.attname) for field in User._meta.concrete_fields)
        assert fetched.fetched_key_slot == KeySlot.objects.get(owner=person)

    def test_is_fetched_apart_where_no_list_of_devices_names_them(self) -> None:
        make_entry(person := make_user())
        client = signed_in(person)
        UserSession.objects.all().delete()

        assert "We read two chapters." in client.get("/journal/").content.decode()

    def test_is_the_one_whom_the_sealed_session_names_and_nobody_else(self) -> None:
        make_entry(mine := make_user())
        make_entry(theirs := make_user(email="theirs@example.org"), text="A page of theirs.")
        client = signed_in(mine)
        UserSession.objects.update(user=theirs)

        page = client.get("/journal/").content.decode()

        assert "We read two chapters." in page
        assert "A page of theirs." not in page

    def test_is_nobody_without_a_session_and_after_it_has_ended(self) -> None:
        client = signed_in(make_user())
        key = client.session.session_key
        Session.objects.update(expire_date=timezone.now() - DAY)

        assert SessionStore().person is None
        assert SessionStore("a" * 32).person is None
        assert SessionStore(key).person is None
        assert client.get("/journal/").status_code == 302

    def test_is_nobody_where_the_account_is_switched_off_or_the_password_was_changed(self) -> None:
        person = make_user()
        switched_off, changed = signed_in(person), signed_in(person)
        User.objects.update(is_active=False)
        assert switched_off.get("/journal/").status_code == 302

        User.objects.update(is_active=True, password="another")
        assert changed.get("/journal/").status_code == 302

    def test_is_asked_for_anew_by_whoever_asks_later(self) -> None:
        person = make_user()
        with at_hand(person):
            assert AuthenticationBackend().get_user(person.pk) is person

        assert AuthenticationBackend().get_user(person.pk) is not person


class OfferedSlotTests(TestCase):
    def test_is_taken_in_place_of_a_query(self) -> None:
        slot = KeySlot.objects.get(owner=make_user())
        with keyring.cached():
            keyring.offer(slot)
            with self.assertNumQueries(0):
                offered = keyring.data_key(slot.owner_id)

        assert offered.material == keyring.data_key(slot.owner_id).material

    def test_gives_way_to_a_key_that_is_open_already(self) -> None:
        slot = KeySlot.objects.get(owner=make_user())
        with keyring.cached():
            key = keyring.data_key(slot.owner_id)
            keyring.offer(KeySlot(owner_id=slot.owner_id, wrapped=b"nothing", params={"key": "none"}))

            assert keyring.data_key(slot.owner_id) is key

    def test_is_forgotten_where_the_key_is_being_destroyed(self) -> None:
        slot = KeySlot.objects.get(owner=make_user())
        with keyring.cached():
            keyring.offer(slot)
            KeySlot.objects.all().delete()
            keyring.evict(slot.owner_id)

            with pytest.raises(NoSuchKey):
                keyring.data_key(slot.owner_id)

    def test_is_not_kept_outside_a_request(self) -> None:
        slot = KeySlot.objects.get(owner=make_user())
        keyring.offer(slot)

        with self.assertNumQueries(1):
            keyring.data_key(slot.owner_id)
