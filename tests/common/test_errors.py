"""Error pages: they say what is the matter, and lead back, with the navigation of whoever is known to be signed in."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils.functional import SimpleLazyObject

from common import errors
from common.http import REFUSED_BODY
from journal.nights import windows
from tests.factories import make_counselor, make_user
from tests.helpers import parsed, signed_in


def fail(*args: object, **kwargs: object) -> None:
    raise ValueError


def navigation(response: Any) -> list[str]:
    return [link.get_text(strip=True) for link in parsed(response).select("header nav a")]


PARENTS = ["Tonight", "Journal", "Questions", "Settings"]
COUNSELORS = ["Today", "Clients", "Sets", "Workspace"]


@pytest.mark.django_db
@pytest.mark.parametrize(("visitor", "links"), [("nobody", ["Sign in"]), ("parent", PARENTS), ("counselor", COUNSELORS)])
def test_error_pages_have_the_navigation_of_whoever_is_signed_in(visitor: str, links: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    person = None if visitor == "nobody" else make_counselor(role="counselor") if visitor == "counselor" else make_user()
    client = signed_in(person)
    client.handler.enforce_csrf_checks, client.raise_request_exception = True, False
    monkeypatch.setattr(settings, "DATA_UPLOAD_MAX_NUMBER_FIELDS", 100)
    monkeypatch.setattr(windows, "strip", fail)
    private = "/accounts/login/" if person is None else "/prompts/own/"
    pages = [
        (400, client.get(f"/prompts/?{'a&' * 101}")),
        (403, client.post(private)),
        (404, client.get("/nowhere/")),
        (413, client.post(private, **{REFUSED_BODY: 413})),  # type: ignore[arg-type]
        (413, client.post(private, b"a" * (settings.SIGNED_OUT_UPLOAD_MAX_MEMORY_SIZE + 1), "text/plain") if person is None else None),
        (500, client.get("/tonight/") if person else None),
    ]

    for status, response in pages:
        if response is not None:
            assert (response.status_code, navigation(response)) == (status, links)
            assert parsed(response).select("main a.button, main button")


class NotKnownTests(TestCase):
    def test_whoever_asks_is_not_looked_up(self) -> None:
        request = RequestFactory().get("/")
        request.user = SimpleLazyObject(fail)  # type: ignore[assignment]
        with CaptureQueriesContext(connection) as queries:
            response = errors.server_error(request)

        assert (response.status_code, navigation(response), len(queries)) == (500, [], 0)

    def test_costs_no_query_more_than_any_page(self) -> None:
        client = signed_in(make_user())
        with CaptureQueriesContext(connection) as queries:
            response = client.get("/nowhere/")

        assert (response.status_code, len(queries)) == (404, 1)

    def test_a_page_that_cannot_be_shown_with_its_person_is_shown_without(self) -> None:
        class Broken(AnonymousUser):
            is_authenticated = True  # type: ignore[assignment]

            @property
            def role(self) -> str:
                raise ValueError

        request = RequestFactory().get("/")
        request.user = Broken()
        response = errors.server_error(request)

        assert (response.status_code, navigation(response)) == (500, [])
        assert "That didn’t work" in response.content.decode()
