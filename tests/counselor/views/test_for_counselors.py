"""`/for-counselors/`: for whoever wonders whether Nightlight is for their clients."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.factories import make_counselor, make_user
from tests.helpers import main_text, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/for-counselors/"
APPROVES = "approve each counselor"


def test_says_what_one_gets_and_what_one_cannot_see_and_leads_to_a_workspace() -> None:
    page = Client().get(PAGE)

    for words in ("What you get", "What you can’t see", "no one watches between sessions"):
        assert words in main_text(page)
    assert 'href="/accounts/signup/?next=/accounts/workspace/"' in page.content.decode()
    assert APPROVES not in main_text(page)
    for person in (make_user(), make_counselor()):
        assert 'href="/accounts/workspace/"' in signed_in(person).get(PAGE).content.decode()


def test_where_accounts_are_given_and_counselors_approved_it_says_so(settings: Settings) -> None:
    settings.SIGNUP_OPEN, settings.COUNSELORS_APPROVED = False, True

    page = Client().get(PAGE)
    assert "by invitation" in main_text(page)
    assert APPROVES in main_text(page)
    assert "/accounts/signup/" not in page.content.decode()
    assert APPROVES in main_text(signed_in(make_user()).get("/accounts/workspace/"))
    assert "once you’re approved" in main_text(Client().get("/help/counselors/"))


@pytest.mark.parametrize("path", ["/", "/help/counselors/"])
def test_one_finds_it(path: str) -> None:
    assert f'href="{PAGE}"' in Client().get(path).content.decode()
