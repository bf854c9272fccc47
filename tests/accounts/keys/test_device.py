"""accounts.keys.device: the server's half of the key with which a browser seals text that waits on a device."""

import uuid

import pytest
from django.test import TestCase

from accounts.keys import device, keyring
from accounts.keys.crypto import Key, NoSuchKey
from accounts.leaving import delete
from tests.factories import make_user

PHONE, DESK = uuid.UUID(int=1), uuid.UUID(int=2)


def test_a_purpose_never_derives_anything_else() -> None:
    """Text that waits on devices opens with what was derived before: this never changes."""
    key = Key(bytes(range(32)))

    assert key.derive(b"a purpose").hex() == "c359848cdd217ee98f8f61eaca389c66a6c3aa1527e270100d3b295f16e31f17"
    assert key.derive(b"another") != key.derive(b"a purpose")


class ServerHalfTests(TestCase):
    def test_the_same_person_gets_the_same_half_on_the_same_device_and_no_other(self) -> None:
        author, other = make_user(), make_user(email="other@example.org")

        halves = [device.server_half(person.pk, of) for person in (author, other) for of in (PHONE, DESK)]

        assert len(set(halves)) == 4
        assert [len(bytes.fromhex(half)) for half in halves] == [32] * 4
        assert device.server_half(author.pk, PHONE) == halves[0]

    def test_it_reveals_nothing_of_the_key(self) -> None:
        author = make_user()

        assert keyring.data_key(author.pk).material.hex() not in device.server_half(author.pk, PHONE)

    def test_it_goes_with_the_account(self) -> None:
        author = make_user()
        pk = author.pk
        delete(author)

        with pytest.raises(NoSuchKey):
            device.server_half(pk, PHONE)
