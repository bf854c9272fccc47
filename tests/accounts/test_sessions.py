"""accounts.sessions: what a session holds is sealed in the database, and bound to its session."""

from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, TestCase
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts.keys import key_file
from accounts.models import User
from accounts.sessions import SessionStore, reseal_all
from tests.factories import make_user
from tests.helpers import TEST_KEY, everything_stored, run

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=200),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=10), values, max_size=3),
    max_leaves=10,
)


def stored(**values: object) -> SessionStore:
    session = SessionStore()
    session.update(values)
    session.save()
    return session


class SessionStorePropertyTests(PropertyTestCase):
    @given(st.dictionaries(st.text(min_size=1, max_size=20), JSON_VALUES, max_size=4))
    def test_gives_back_what_it_was_given(self, values: dict[str, object]) -> None:
        session = SessionStore()
        session.update(values)
        session.save()

        assert dict(SessionStore(session.session_key).items()) == values


class SessionStoreTests(TestCase):
    def test_lies_in_the_database_sealed_only(self) -> None:
        stored(code="heliotrope", address="parent@example.org")

        assert b"heliotrope" not in everything_stored()
        assert b"parent@" not in everything_stored()

    def test_does_not_show_by_its_length_how_much_it_holds(self) -> None:
        for size in (0, 10, 300):
            stored(state="x" * size)

        assert len({len(row.session_data) for row in Session.objects.all()}) == 1

    def test_moved_to_another_session_is_empty(self) -> None:
        theirs, mine = stored(user="theirs"), stored(user="mine")
        Session.objects.filter(pk=mine.session_key).update(session_data=Session.objects.get(pk=theirs.session_key).session_data)

        assert SessionStore(mine.session_key).load() == {}

    def test_that_was_altered_or_is_of_another_form_is_empty(self) -> None:
        session = stored(user="mine")
        sealed = Session.objects.get().session_data
        for data in ("", "e30", ".eJyrVg", "\u2603", "A" * 40, sealed[:-4], sealed[:30] + "AAAA" + sealed[34:]):
            Session.objects.update(session_data=data)

            assert SessionStore(session.session_key).load() == {}

    def test_is_renewed_with_what_it_held(self) -> None:
        session = stored(user="mine")
        before = session.session_key

        session.cycle_key()

        assert not SessionStore().exists(str(before))
        assert SessionStore(session.session_key).load() == {"user": "mine"}

    def test_is_nobodys_where_the_cookie_holds_what_no_database_takes(self) -> None:
        cookie = f'{settings.SESSION_COOKIE_NAME}="\\000{"a" * 31}"'  # a browser's way to write NUL

        assert self.client.get("/tonight/", headers={"Cookie": cookie}).status_code == HTTPStatus.FOUND
        assert SessionStore(f"\0{'a' * 31}").session_key is None


class RotationTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    @pytest.fixture(autouse=True)
    def _path(self, moved_key_file: Path) -> None:
        self.path = moved_key_file

    def is_signed_in(self) -> bool:
        return self.client.get(reverse("journal:tonight")).status_code == 200

    def test_a_session_outlives_a_new_key_and_the_end_of_the_old_one(self) -> None:
        self.client.force_login(self.person)

        run("rotate_keys", "--new-key")
        assert self.is_signed_in()
        self.path.write_text(self.path.read_text().replace(TEST_KEY, ""))

        assert self.is_signed_in()

    def test_a_session_of_a_key_that_is_not_held_has_ended(self) -> None:
        self.client.force_login(self.person)
        self.path.write_text(self.path.read_text().replace(TEST_KEY, key_file.new_key_line()))

        assert SessionStore(self.client.cookies["nightlight-session"].value).load() == {}

    def test_sealing_anew_deletes_what_does_not_open(self) -> None:
        self.client.force_login(self.person)
        Session.objects.create(session_key="a" * 32, session_data="in the clear", expire_date="2100-01-01T00:00Z")
        Client().force_login(self.person)

        reseal_all()

        assert Session.objects.count() == 2
        assert self.is_signed_in()


def test_without_keys_a_page_says_so_and_keeps_what_was_typed(db: None, own_key_file: Path) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["nightlight-session"] = "a" * 32
    Session.objects.create(session_key="a" * 32, session_data="A" * 1000, expire_date="2100-01-01T00:00Z")

    response = client.post(reverse("journal:tonight"), {"text": "Heliotrope."})

    assert response.status_code == 503
    assert "Heliotrope." in response.content.decode()
