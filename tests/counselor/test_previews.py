"""`counselor.assigning.preview`: the nights that a counselor is shown are those on which their client is asked."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Connection, User
from counselor import assigning
from counselor.assigning import Plan
from prompts import received
from prompts.models import AssignedStep, Assignment
from tests.factories import make_assignment, make_connection, make_counselor, make_set, make_user
from tests.helpers import DAY

TONIGHT = dt.date(2026, 5, 4)
Cadence = Assignment.Cadence
FIVE = [f"Question {number}?" for number in range(5)]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    return Plan(
        cadence=draw(st.sampled_from(list(Cadence))),
        every=draw(st.integers(1, 5)),
        weekdays=tuple(draw(st.sets(st.integers(0, 6), min_size=1))),
        ends_on=draw(st.none() | st.integers(0, 25).map(lambda days: TONIGHT + days * DAY)),
        ends_with_session=draw(st.booleans()),
    )


@pytest.fixture
def connection(db: None) -> Connection:
    return make_connection(make_counselor(), make_user(email="client@example.org"))


def asked(client: User, until: dt.date) -> list[tuple[dt.date, list[str]]]:
    """On which nights the client is asked what, if they answer all of it every night."""
    nights = []
    night = TONIGHT
    while night <= until:
        questions = []
        while found := received.steps_on(client, night):
            questions.append(found[0].step.content.question)
            received.mark_answered(found[0].step.pk, night)
        if questions:
            nights.append((night, questions))
        night += DAY
    return nights


@given(plan=plans(), starts_in=st.integers(0, 3), session_in=st.none() | st.integers(-2, 20))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shows_the_nights_that_are_asked_if_each_is_answered_on_its_night(
    connection: Connection, plan: Plan, starts_in: int, session_in: int | None
) -> None:
    connection.next_session_on = None if session_in is None else TONIGHT + session_in * DAY
    prompt_set = make_set(connection.counselor, steps=FIVE)  # type: ignore[arg-type]
    start = TONIGHT + starts_in * DAY

    shown = assigning.preview(prompt_set.content, plan, start, connection, TONIGHT)

    assignment = make_assignment(connection, prompt_set, starts_on=start, **plan.columns(connection, TONIGHT))
    nights = asked(connection.parent, TONIGHT + 45 * DAY)
    assert [night.night for night in shown.nights] == [night for night, _questions in nights[:3]]
    for night, (_night, questions) in zip(shown.nights, nights, strict=False):
        assert [question.text for question, _note in night.asked] == questions[:3]
        assert night.more == len(questions) - len(night.asked)
    assert shown.comes == sum(len(questions) for _night, questions in nights)
    assert shown.last_night == (nights[-1][0] if nights else None)
    AssignedStep.objects.filter(assignment=assignment).delete()
    assignment.delete()
