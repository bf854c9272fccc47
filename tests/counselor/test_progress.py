"""/accounts/clients/: the clients of a counselor, one of them, and the private note about them."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from prompts import received
from prompts.models import Assignment
from tests.factories import make_assignment, make_connection, make_counselor, make_set, make_user


class CountingTests:
    """Every page of the counselor's counts the same steps."""

    @pytest.fixture
    def given(self, db: None) -> Assignment:
        counselor = make_counselor()
        connection = make_connection(counselor, make_user())
        return make_assignment(connection, make_set(counselor, steps=["One?", "Two?", "Three?"]))

    def said(self, given: Assignment) -> list[bool]:
        client, counselor = Client(), given.connection.counselor
        assert counselor is not None
        client.force_login(counselor)
        pages = (
            f"/accounts/clients/{given.connection_id}/",
            "/accounts/clients/",
            f"/prompts/assignments/{given.pk}/",
            "/prompts/assignments/",
        )
        return ["1 of 2" in client.get(page).content.decode() for page in pages]

    def test_what_was_taken_out_is_counted_nowhere(self, given: Assignment) -> None:
        received.mark_done(given.steps.get(position=0).pk, timezone.now())
        given.steps.filter(position=2).update(assignment=None)

        assert self.said(given) == [True, True, True, True]

    def test_an_answer_counts_everywhere_once_its_night_is_over(self, given: Assignment) -> None:
        given.steps.filter(position=2).update(assignment=None)
        first = given.steps.filter(position=0)
        first.update(answered_on=timezone.now().date())
        assert self.said(given) == [False, False, False, False]

        first.update(answered_on=timezone.now().date() - dt.timedelta(days=2))
        assert self.said(given) == [True, True, True, True]

    def test_a_draft_that_left_its_set_is_counted_nowhere(self, given: Assignment) -> None:
        received.mark_done(given.steps.get(position=0).pk, timezone.now())
        given.steps.filter(position=2).update(position=received.REMOVED_POSITION, answered_on=timezone.now().date())

        assert self.said(given) == [True, True, True, True]
