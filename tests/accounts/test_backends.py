"""accounts.backends: whom a session belongs to, and that their key slot comes with them."""

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts.backends import AuthenticationBackend
from accounts.keys import keyring
from accounts.keys.crypto import NoSuchKey
from accounts.keys.slots import KeySlot
from accounts.models import User
from common.ids import new_id
from tests.factories import PASSWORD, make_entry, make_user


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
        self.client.force_login(self.person)

        with CaptureQueriesContext(connection) as queries:
            assert "We read two chapters." in self.client.get("/journal/").content.decode()

        assert len([query for query in queries if "accounts_keyslot" in query["sql"]]) == 1

    def test_is_signed_in_through_it(self) -> None:
        response = self.client.post("/accounts/login/", {"login": self.person.email, "password": PASSWORD})

        assert response.status_code == 302
        assert self.client.session["_auth_user_backend"] == "accounts.backends.AuthenticationBackend"


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
