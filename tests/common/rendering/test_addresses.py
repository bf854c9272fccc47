"""common.rendering.addresses: the address of a row is that which Django reverses."""

from urllib.parse import quote

import pytest
from django.urls import get_script_prefix, reverse, set_script_prefix

from common.ids import new_id
from common.rendering.addresses import address_of


@pytest.mark.parametrize("name", ["journal:entry", "journal:entry_put_back", "journal:entry_delete_for_good"])
def test_an_address_with_an_id_is_reversed(name: str) -> None:
    for _again in range(2):
        pk = new_id()
        assert address_of(name, pk) == reverse(name, args=[pk])


def test_an_address_with_two_ids_has_them_in_order() -> None:
    for _again in range(2):
        entry, revision = new_id(), new_id()
        assert address_of("journal:revision", entry, revision) == reverse("journal:revision", args=[entry, revision])


def test_an_address_with_a_slug_is_reversed() -> None:
    for slug in ("at-the-door", "a", "A_slug-2"):
        assert address_of("prompts:prompt", slug) == reverse("prompts:prompt", args=[slug]) == f"/prompts/{quote(slug)}/"


def test_a_site_below_a_prefix_keeps_it() -> None:
    pk, before = new_id(), get_script_prefix()
    assert address_of("journal:entry", pk) == f"/journal/{pk}/"
    try:
        set_script_prefix("/nightlight/")
        assert address_of("journal:entry", pk) == f"/nightlight/journal/{pk}/"
    finally:
        set_script_prefix(before)
    assert address_of("journal:entry", pk) == f"/journal/{pk}/"
