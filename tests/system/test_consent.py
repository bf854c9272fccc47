"""A client's writing shows on no page of their counselor's before the client allows it: the pages are the same to the byte.

What a client allows is one rule, `prompts.received.is_answered` over connections with `sees_answered`. Here every page that the
connected counselor can open is read before something is written and afterwards, on the same evening and days later.
"""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import transaction
from django.test import Client

from accounts import notifications
from accounts.models import Connection
from prompts import received
from prompts.models import AssignedStep, Assignment
from tests.factories import page_fields
from tests.helpers import DAY, EVENING, JSON, TONIGHT, signed_in
from tests.system import test_access
from tests.system.test_access import TABLE, People, address

people = test_access.people  # the fixture

# The addresses at which a counselor sees what a parent does not, and their own settings.
COUNSELORS = [route for route, (get, _post) in TABLE.items() if get.counselor or get.connected or route.startswith("journal/shared/")]
LATER = (EVENING, EVENING + 3 * DAY)
QUERIES = {
    "accounts/clients/": ("?show=waiting", "?show=ended", "?q=mara"),
    "prompts/assignments/": ("?state=running", "?state=paused", "?state=finished", "?state=ended"),
}
TOKEN = re.compile(rb'(?:name="csrfmiddlewaretoken" value=|"token": )"\w+"')
ID = re.compile(rb"[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}")

type Views = dict[tuple[Any, str], bytes]


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


def counselors_views(people: People) -> Views:
    """Every page of the counselor's, and what they are mailed, at each of the moments. Looking changes nothing."""
    views: Views = {}
    for moment in LATER:
        with time_machine.travel(moment, tick=False):
            client = signed_in(people.connected)
            for route in COUNSELORS:
                for query in ("", *QUERIES.get(route, ())):
                    url = address(route, "connected", people) + query
                    response = client.get(url)
                    views[moment, url] = b"%d " % response.status_code + _lasting(response.getvalue())
            with transaction.atomic():
                mail.outbox = []
                notifications.send_due(moment)
                views[moment, "mail"] = repr([(message.to, message.subject, message.body) for message in mail.outbox]).encode()
                transaction.set_rollback(True)
    return views


def _lasting(content: bytes) -> bytes:
    """The page without its token, and without the ids that it made up for its forms."""
    return ID.sub(lambda match: match[0] if _is_stored(uuid.UUID(match[0].decode())) else b"new", TOKEN.sub(b"", content))


def _is_stored(pk: uuid.UUID) -> bool:
    return pk in _stored_ids


_stored_ids: set[uuid.UUID] = set()


@pytest.fixture(autouse=True)
def stored_ids(people: People) -> Iterator[None]:
    _stored_ids.update(
        pk for model in apps.get_models() for pk in model._default_manager.values_list("pk", flat=True) if isinstance(pk, uuid.UUID)
    )
    yield
    _stored_ids.clear()


def allow(people: People, *, answered: bool) -> None:
    Connection.objects.filter(pk=people.present.connection.pk).update(sees_answered=answered)


def test_that_a_client_began_a_set_shows_only_where_it_is_allowed(people: People) -> None:
    Assignment.objects.filter(pk=people.present.given.pk).update(starts_on=None)
    for answered in (False, True):
        allow(people, answered=answered)
        before = counselors_views(people)
        with transaction.atomic():
            signed_in(people.owner).post(f"/prompts/given/{people.present.given.pk}/", {"action": "begin"})
            assert Assignment.objects.get(pk=people.present.given.pk).starts_on == TONIGHT

            assert bool(differing(before, counselors_views(people))) == answered
            transaction.set_rollback(True)


def steps_of(people: People) -> list[AssignedStep]:
    return list(people.present.given.steps.order_by("position"))


def write(people: People, step: AssignedStep, *, done: bool = False, nights_ago: int = 0) -> Client:
    """The client answers this step on a page of its own, as the page saves it while it is typed or, if `done`, with its button."""
    client = signed_in(people.owner)
    fields = page_fields(
        people.owner, prompt=f"step-{step.pk}", mode="question", text="A word or two.", night=(TONIGHT - nights_ago * DAY).isoformat()
    )
    response = client.post("/journal/new/", {**fields, "action": "close:done"} if done else fields, headers=None if done else JSON)
    assert response.status_code == (302 if done else 200), response.content
    return client


def differing(before: Views, after: Views) -> dict[Any, set[str]]:
    assert before.keys() == after.keys()
    changed: dict[Any, set[str]] = {}
    for (moment, url), content in before.items():
        if after[moment, url] != content:
            changed.setdefault(moment, set()).add(url)
    return changed


@pytest.mark.parametrize(("done", "nights_ago"), [(False, 0), (False, 9), (True, 0)])
def test_a_client_who_allows_nothing_shows_nothing(people: People, done: bool, nights_ago: int) -> None:
    allow(people, answered=False)
    before = counselors_views(people)

    for step in steps_of(people):
        write(people, step, done=done, nights_ago=nights_ago)

    assert Assignment.objects.get(pk=people.present.given.pk).finished_at is not None
    assert differing(before, counselors_views(people)) == {}


@pytest.mark.parametrize("nights_ago", [0, 9])
def test_a_draft_of_a_client_who_allows_it_shows_once_its_night_is_over(people: People, nights_ago: int) -> None:
    allow(people, answered=True)
    before = counselors_views(people)

    for step in steps_of(people):
        write(people, step, nights_ago=nights_ago)

    changed = differing(before, counselors_views(people))
    assert changed.keys() == {EVENING + 3 * DAY}
    assert {"/prompts/sets/", f"/prompts/assignments/{people.present.given.pk}/"} <= changed[EVENING + 3 * DAY]


def test_a_draft_that_was_begun_and_taken_to_another_question_never_shows(people: People) -> None:
    allow(people, answered=True)
    before, step = counselors_views(people), steps_of(people)[0]

    received.mark_answered(step.pk, TONIGHT - 9 * DAY)
    received.mark_unanswered(step.pk, TONIGHT - 9 * DAY)

    assert differing(before, counselors_views(people)) == {}


def test_done_shows_at_once_where_it_is_allowed(people: People) -> None:
    allow(people, answered=True)
    before = counselors_views(people)

    write(people, steps_of(people)[0], done=True)

    assert differing(before, counselors_views(people)).keys() == set(LATER)


def test_what_was_allowed_once_shows_nothing_once_it_is_not(people: People) -> None:
    allow(people, answered=False)
    before = counselors_views(people)
    allow(people, answered=True)
    write(people, steps_of(people)[0], done=True)

    allow(people, answered=False)

    assert differing(before, counselors_views(people)) == {}
