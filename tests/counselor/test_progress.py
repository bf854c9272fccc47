"""`counselor.progress`: how many steps of an assignment are answered, the same on every page of the counselor's."""

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
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
            f"/prompts/assignments/{given.pk}/",
            "/prompts/assignments/",
        )
        return ["1 of 2" in client.get(address).content.decode() for address in addresses]

    def test_what_was_taken_out_is_counted_nowhere(self, given: Assignment) -> None:
        received.mark_done(given.steps.get(position=0).pk, timezone.now())
        given.steps.filter(position=2).update(assignment=None)

        assert self.one_of_two(given) == [True, True, True]

    def test_an_answer_counts_everywhere_once_its_night_is_over(self, given: Assignment) -> None:
        given.steps.filter(position=2).update(assignment=None)
        first_step = given.steps.filter(position=0)
        first_step.update(answered_on=timezone.now().date())
        assert self.one_of_two(given) == [False, False, False]

        first_step.update(answered_on=timezone.now().date() - 2 * DAY)
        assert self.one_of_two(given) == [True, True, True]

    def test_a_draft_that_left_its_set_is_counted_nowhere(self, given: Assignment) -> None:
        received.mark_done(given.steps.get(position=0).pk, timezone.now())
        given.steps.filter(position=2).update(position=received.REMOVED_POSITION, answered_on=timezone.now().date())

        assert self.one_of_two(given) == [True, True, True]


on_sqlite = pytest.mark.skipif(
    database.vendor != "sqlite", reason="PostgreSQL plans by the sizes of tables, which are empty here; SQLite by indexes alone"
)


def plans_of(client: Client, address: str) -> str:
    """How SQLite finds what this page queries."""
    client.get(address)
    with CaptureQueriesContext(database) as queries:
        assert client.get(address).status_code == 200
    with database.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall() for query in queries.captured_queries]
    return "\n".join(str(row[-1]) for plan in plans for row in plan)


@on_sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/clients/", "/prompts/assignments/?state=running", "/prompts/sets/"])
def test_what_is_counted_over_all_assignments_is_found_in_indexes_beside_the_rows(address: str) -> None:
    """A page that counts steps of everybody reads no row of them, and so nothing that is sealed in it."""
    counselor = make_counselor()
    make_assignment(make_connection(counselor, make_user()), make_set(counselor))

    plans = plans_of(signed_in(counselor), address)

    assert "USING COVERING INDEX prompts_assignedstep_progress" in plans, plans
    assert "USING COVERING INDEX prompts_assignment_of_client" in plans, plans


@on_sqlite
@pytest.mark.django_db
def test_what_waits_is_found_without_going_through_what_was_read() -> None:
    counselor = make_counselor()
    make_connection(counselor, make_user())

    plans = plans_of(signed_in(counselor), "/accounts/clients/")

    assert "journal_share_of_client (connection_id=? AND read_at=? AND taken_back_at=?)" in plans, plans
    assert "journal_reply_unseen (connection_id=? AND from_counselor=?)" in plans, plans
