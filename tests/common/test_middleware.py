"""common.middleware: a body that is not taken gets a page that says what to do, and nobody signed out sends a long one."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from common.http import REFUSED_BODY
from tests.factories import make_user
from tests.helpers import JSON, main_text, signed_in

LONG = settings.SIGNED_OUT_UPLOAD_MAX_MEMORY_SIZE + 1


def refused(status: int) -> dict[str, Any]:
    """What the web server adds to a request whose body it refused."""
    return {REFUSED_BODY: status}


@pytest.fixture
def person(db: None) -> User:
    return make_user()


@pytest.mark.parametrize(
    ("status", "title"), [(413, "Too much at once"), (408, "That took too long"), (503, "One moment")], ids=["long", "slow", "busy"]
)
def test_a_refused_body_has_a_page_that_sends_back_to_what_was_typed(status: int, title: str) -> None:
    response = Client().post("/tonight/", **refused(status))

    assert response.status_code == status
    text = main_text(response)
    assert text.startswith(title)
    assert "Nothing was changed. Go back to the last page: what you typed should still be there." in text
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_a_script_reads_that_it_failed() -> None:
    response = Client().post("/tonight/", headers=JSON, **refused(408))

    assert (response.status_code, response.json()) == (408, {"state": "failed"})


def test_a_refused_body_reads_in_the_language_of_the_browser() -> None:
    response = Client().post("/tonight/", headers={"Accept-Language": "es"}, **refused(413))

    assert 'lang="es"' in response.content.decode()


@pytest.mark.django_db
def test_signed_out_nobody_sends_what_only_signed_in_people_may(person: User) -> None:
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = "forged"
    body = {"text": "a" * LONG}

    assert stranger.post("/accounts/login/", body).status_code == 413
    assert signed_in(person).post("/accounts/settings/", body).status_code != 413


@pytest.mark.django_db
def test_a_text_at_its_limit_is_shown_again_to_somebody_whose_session_has_ended() -> None:
    text = "😢" * 199_999

    response = Client().post("/tonight/", {"text": text})

    assert response.status_code == 401
    assert text in response.content.decode()
