"""Two tabs change a parent's choices at the same time, each by its own page: neither change is lost."""

from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from django.test import RequestFactory
from django.urls import resolve

from accounts.models import Preferences, User
from tests.factories import make_user

SENT: dict[str, dict[str, Any]] = {
    "/prompts/choices/": {"ages": ["teen"]},
    "/prompts/kept-first/": {"first": "yes"},
    "/prompts/where-to-start/keep/": {"path": ["mending"]},
    "/accounts/welcome/": {"ages": ["baby"], "reason": ""},
    "/journal/on-this-day/": {"action": "hard_nights"},
}
ELSEWHERE: dict[str, Any] = {"hard_dates": ("2024-03-10",), "memories": False}  # what the other tab changed meanwhile


@pytest.mark.django_db
@pytest.mark.parametrize("url", SENT)
def test_what_another_tab_chose_meanwhile_is_kept(url: str) -> None:
    parent = make_user()
    request = RequestFactory().post(url, SENT[url])
    request.user = User.objects.get(pk=parent.pk)
    assert request.user.preferences == Preferences()  # opened before the other tab's change
    request._messages = mock.Mock()  # type: ignore[attr-defined]
    parent.change_preferences(lambda current: replace(current, **ELSEWHERE))

    response = resolve(url).func(request)

    assert response.status_code == 302
    stored = User.objects.get(pk=parent.pk).preferences
    assert {name: getattr(stored, name) for name in ELSEWHERE} == ELSEWHERE
    assert stored != parent.preferences  # and what this tab chose is there, too
