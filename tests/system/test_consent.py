"""A client's writing shows on no page of their counselor's before the client allows it: the pages are the same to the byte.

What a client allows is one rule, `prompts.received.is_answered` over connections with `sees_answered`. Here every page that the
connected counselor can open is read before something is written and afterwards, on the same evening and days later.
"""

import re
import uuid
from typing import Any

import time_machine
from django.apps import apps
from django.core import mail
from django.db import transaction
from django.test import Client, TestCase

from accounts.models import Connection
from journal.messages import sending
from prompts import received
from prompts.models import AssignedStep, Assignment
from tests.factories import page_fields
from tests.helpers import DAY, EVENING, JSON, TONIGHT, signed_in
from tests.mails import whole
from tests.system.test_access import TABLE, People, address, make_people

# The addresses at which a counselor sees what a parent does not, and their own settings.
COUNSELORS = [route for route, (get, _post) in TABLE.items() if get.counselor or get.connected or route.startswith("journal/shared/")]
LATER = (EVENING, EVENING + 3 * DAY)
QUERIES = {
    "accounts/clients/": ("?show=waiting", "?show=ended", "?sort=answered"),
    "prompts/assignments/": ("?state=running", "?state=paused", "?state=finished", "?state=ended"),
}
TOKEN = re.compile(rb'(?:name="csrfmiddlewaretoken" value=|"token": )"\w+"')
ID = re.compile(rb"[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}")

type Views = dict[tuple[Any, str], bytes]


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
                sending.send_due(moment)
                views[moment, "mail"] = repr([(message.to, whole(message)) for message in mail.outbox]).encode()
                transaction.set_rollback(True)
    return views


def _lasting(content: bytes) -> bytes:
    """The page without its token, and without the ids that it made up for its forms."""
    return ID.sub(lambda match: match[0] if _is_stored(uuid.UUID(match[0].decode())) else b"new", TOKEN.sub(b"", content))


def _is_stored(pk: uuid.UUID) -> bool:
    return pk in _stored_ids


_stored_ids: set[uuid.UUID] = set()


def allow(people: People, *, answered: bool) -> None:
    Connection.objects.filter(pk=people.present.connection.pk).update(sees_answered=answered)


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


@time_machine.travel(EVENING, tick=False)
class ConsentTests(TestCase):
    """Everybody, and `before`: what the counselor sees while nothing is written, where the client allows nothing and where they do."""

    people: People
    before: dict[bool, Views]

    @classmethod
    def setUpTestData(cls) -> None:
        with time_machine.travel(EVENING, tick=False):
            cls.people = make_people()
            _stored_ids.update(
                pk for model in apps.get_models() for pk in model._default_manager.values_list("pk", flat=True) if isinstance(pk, uuid.UUID)
            )
            cls.before = {}
            for answered in (False, True):
                allow(cls.people, answered=answered)
                cls.before[answered] = counselors_views(cls.people)

    @classmethod
    def tearDownClass(cls) -> None:
        _stored_ids.clear()
        super().tearDownClass()

    def changed(self, *, since: bool) -> dict[Any, set[str]]:
        """What has changed of all that the counselor sees since nothing was written."""
        return differing(self.before[since], counselors_views(self.people))

    def test_that_a_client_began_a_set_shows_only_where_it_is_allowed(self) -> None:
        given = Assignment.objects.filter(pk=self.people.present.given.pk)
        given.update(starts_on=None)
        for answered in (False, True):
            allow(self.people, answered=answered)
            before = counselors_views(self.people)
            with transaction.atomic():
                signed_in(self.people.owner).post(f"/prompts/given/{self.people.present.given.pk}/", {"action": "begin"})
                assert given.get().starts_on == TONIGHT

                assert bool(differing(before, counselors_views(self.people))) == answered
                transaction.set_rollback(True)

    def test_a_client_who_allows_nothing_shows_nothing(self) -> None:
        allow(self.people, answered=False)
        for done, nights_ago in ((False, 0), (False, 9), (True, 0)):
            with self.subTest(done=done, nights_ago=nights_ago), transaction.atomic():
                for step in steps_of(self.people):
                    write(self.people, step, done=done, nights_ago=nights_ago)

                assert Assignment.objects.get(pk=self.people.present.given.pk).finished_at is not None
                assert self.changed(since=False) == {}
                transaction.set_rollback(True)

    def test_a_draft_of_a_client_who_allows_it_shows_once_its_night_is_over(self) -> None:
        for nights_ago in (0, 9):
            with self.subTest(nights_ago=nights_ago), transaction.atomic():
                for step in steps_of(self.people):
                    write(self.people, step, nights_ago=nights_ago)

                changed = self.changed(since=True)
                assert changed.keys() == {EVENING + 3 * DAY}
                assert {"/prompts/sets/", f"/prompts/assignments/{self.people.present.given.pk}/"} <= changed[EVENING + 3 * DAY]
                transaction.set_rollback(True)

    def test_a_draft_that_was_begun_and_taken_to_another_question_never_shows(self) -> None:
        step = steps_of(self.people)[0]

        received.mark_answered(step.pk, TONIGHT - 9 * DAY)
        received.mark_unanswered(step.pk, TONIGHT - 9 * DAY)

        assert self.changed(since=True) == {}

    def test_done_shows_at_once_where_it_is_allowed(self) -> None:
        write(self.people, steps_of(self.people)[0], done=True)

        assert self.changed(since=True).keys() == set(LATER)

    def test_what_was_allowed_once_shows_nothing_once_it_is_not(self) -> None:
        write(self.people, steps_of(self.people)[0], done=True)

        allow(self.people, answered=False)

        assert self.changed(since=False) == {}
