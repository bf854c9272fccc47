"""`counselor.progress`: how many steps of an assignment are answered, the same on every page of the counselor's."""

import pytest
from django.utils import timezone

from prompts import received
from prompts.models import Assignment
from tests.factories import make_assignment, make_connection, make_counselor, make_set, make_user
from tests.helpers import DAY, signed_in


class CountingTests:
    @pytest.fixture
    def given(self, db: None) -> Assignment:
        counselor = make_counselor()
        connection = make_connection(counselor, make_user())
        return make_assignment(connection, make_set(counselor, steps=["One?", "Two?", "Three?"]))

    def one_of_two(self, given: Assignment) -> list[bool]:
        """Whether each page says that one of two steps is answered."""
        client = signed_in(given.connection.counselor)
        addresses = (
            f"/accounts/clients/{given.connection_id}/",
            "/accounts/clients/",
            f"/prompts/assignments/{given.pk}/",
            "/prompts/assignments/",
        )
        return ["1 of 2" in client.get(address).content.decode() for address in addresses]

    def test_what_was_taken_out_is_counted_nowhere(self, given: Assignment) -> None:
        received.mark_done(given.steps.get(position=0).pk, timezone.now())
        given.steps.filter(position=2).update(assignment=None)

        assert self.one_of_two(given) == [True, True, True, True]

    def test_an_answer_counts_everywhere_once_its_night_is_over(self, given: Assignment) -> None:
        given.steps.filter(position=2).update(assignment=None)
        first_step = given.steps.filter(position=0)
        first_step.update(answered_on=timezone.now().date())
        assert self.one_of_two(given) == [False, False, False, False]

        first_step.update(answered_on=timezone.now().date() - 2 * DAY)
        assert self.one_of_two(given) == [True, True, True, True]

    def test_a_draft_that_left_its_set_is_counted_nowhere(self, given: Assignment) -> None:
        received.mark_done(given.steps.get(position=0).pk, timezone.now())
        given.steps.filter(position=2).update(position=received.REMOVED_POSITION, answered_on=timezone.now().date())

        assert self.one_of_two(given) == [True, True, True, True]
