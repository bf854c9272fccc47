"""`/prompts/assignments/`, `new/` and `<id>/`: the sets a counselor gave, giving one, and changing what was given."""

import datetime as dt
import uuid
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import Tag
from django.db import connection as database
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import connections
from accounts.models import Connection, User
from common.ids import new_id
from counselor.models import ClientGroup, ClientGroupContent
from prompts import received
from prompts.models import AssignedStep, Assignment, PromptSet
from prompts.received import REMOVED_POSITION
from tests.factories import (
    make_assignment,
    make_connection,
    make_counselor,
    make_library_set_prompts,
    make_path_prompts,
    make_prompt,
    make_set,
    make_user,
)
from tests.helpers import DAY, element, form_fields, main_text, parsed, read

NOW = dt.datetime(2026, 5, 4, 20, 0, tzinfo=dt.UTC)  # a Monday
TODAY = NOW.date()
LIST = "/prompts/assignments/"
NEW = "/prompts/assignments/new/"


@time_machine.travel(NOW, tick=False)
class AssignmentsCase(TestCase):
    counselor: User
    other: User
    clients: list[User]
    connections: list[Connection]
    set: PromptSet

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        cls.other = make_counselor(email="second@example.org", name="Ola")
        cls.clients = [make_user(email=f"client-{n}@example.org") for n in range(3)]
        cls.connections = [make_connection(cls.counselor, client, parent_name=f"Client {n}") for n, client in enumerate(cls.clients)]
        cls.set = make_set(cls.counselor)

    def setUp(self) -> None:
        self.client.force_login(self.counselor)

    def text(self, url: str) -> str:
        """The words of the page at this address, which has to be there."""
        response = self.client.get(url)
        assert response.status_code == HTTPStatus.OK
        return main_text(response)

    def url(self, given: Assignment) -> str:
        return reverse("counselor:assignment", args=[given.pk])


class VisitorTests(AssignmentsCase):
    given: Assignment

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.given = make_assignment(cls.connections[0], cls.set)

    def test_visitors_are_led_to_sign_in(self) -> None:
        self.client.logout()

        for url in (LIST, NEW, self.url(self.given)):
            assert "/login/" in self.client.get(url).headers["Location"]

    def test_who_has_no_workspace_is_led_to_one_and_sends_nothing(self) -> None:
        self.client.force_login(self.clients[0])

        for url in (LIST, NEW, self.url(self.given)):
            self.assertRedirects(self.client.get(url), reverse("counselor:workspace"), fetch_redirect_response=False)
        for url in (NEW, self.url(self.given)):
            assert self.client.post(url, {"act": "end"}).status_code == HTTPStatus.NOT_FOUND

    def test_another_counselor_finds_nothing(self) -> None:
        self.client.force_login(self.other)

        assert "First weeks" not in self.text(LIST)
        assert self.client.get(self.url(self.given)).status_code == HTTPStatus.NOT_FOUND
        for act in ("pause", "end", "change", "new_version"):
            assert self.client.post(self.url(self.given), {"act": act}).status_code == HTTPStatus.NOT_FOUND
        self.given.refresh_from_db()
        assert (self.given.paused, self.given.ended_at) == (False, None)

    def test_the_counselor_finds_nothing_once_the_connection_has_ended(self) -> None:
        connections.end(self.clients[0], self.connections[0].pk, timezone.now())

        assert "Client 0" not in self.text(LIST)
        assert self.client.get(self.url(self.given)).status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(self.url(self.given), {"act": "pause"}).status_code == HTTPStatus.NOT_FOUND

    def test_pages_take_only_what_they_are_for(self) -> None:
        assert self.client.post(LIST).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert self.client.delete(NEW).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert self.client.get(reverse("counselor:assignment", args=[new_id()])).status_code == HTTPStatus.NOT_FOUND


class ListTests(AssignmentsCase):
    def test_says_what_was_given_to_whom_and_how_it_comes(self) -> None:
        make_assignment(self.connections[0], self.set, cadence="every_days", every=3, starts_on=dt.date(2026, 5, 4))

        page = read(self.client, LIST)
        assert element(page, "title").get_text() == "Assignments · Nightlight"
        text = self.text(LIST)
        assert "Client 0 · In progress · 0 of 2 done" in text
        assert "First weeks" in text
        assert "Every 3 nights, from 4 May" in text

    def test_each_cadence_in_words(self) -> None:
        first = dt.date(2027, 1, 2)
        for fields, words in (
            ({"cadence": "at_once", "starts_on": TODAY}, "All at once, from 4 May"),
            ({"cadence": "when_done", "starts_on": None}, "One after another, as they answer, from when they start it"),
            (
                {"cadence": "after_days", "every": 1, "starts_on": first},
                "1 night after each answer, from 2 January 2027",
            ),
            ({"cadence": "after_days", "every": 4, "starts_on": TODAY}, "4 nights after each answer, from 4 May"),
            ({"cadence": "every_days", "every": 1, "starts_on": TODAY}, "Every night, from 4 May"),
            ({"cadence": "every_days", "every": 2, "starts_on": TODAY}, "Every other night, from 4 May"),
            ({"cadence": "at_once", "starts_on": TODAY, "ends_with_session": True}, "All at once until your next session, from 4 May"),
            (
                {"cadence": "weekdays", "weekdays": [3, 0], "starts_on": TODAY, "ends_on": TODAY + DAY},
                "On Monday, Thursday, from 4 May to 5 May",
            ),
            ({"starts_on": None, "ends_on": TODAY}, "from when they start it to 4 May"),
        ):
            given = make_assignment(self.connections[0], self.set, **fields)
            assert words in self.text(self.url(given)), fields

    def test_shows_how_far_only_whom_it_was_allowed(self) -> None:
        hidden = make_connection(self.counselor, make_user(email="quiet@example.org"), parent_name="Quiet", sees_answered=False)
        for connection in (hidden, self.connections[0]):
            given = make_assignment(connection, self.set)
            for step in AssignedStep.objects.filter(assignment=given):
                received.mark_answered(step.pk, TODAY)
                received.mark_done(step.pk, timezone.now())

        text = self.text(LIST)
        assert "Client 0 · Finished · 2 of 2 done" in text
        assert "Quiet · In progress First weeks" in text
        assert "Quiet" not in self.text(f"{LIST}?state=finished")
        assert "Quiet" in self.text(f"{LIST}?state=running")
        page = read(self.client, self.url(Assignment.objects.get(connection=hidden)))
        assert not page.select(".badge")
        assert "of 2 done" not in page.get_text()

    def test_a_draft_is_not_done(self) -> None:
        given = make_assignment(self.connections[0], self.set)
        for step in AssignedStep.objects.filter(assignment=given):
            received.mark_answered(step.pk, TODAY)

        assert "Client 0 · In progress · 0 of 2 done" in self.text(LIST)
        assert not read(self.client, self.url(given)).select(".badge")

    def test_filters_by_state(self) -> None:
        states: dict[str, dict[str, Any]] = {
            "running": {},
            "paused": {"paused": True},
            "ended": {"ended_at": timezone.now(), "paused": True},
            "over": {"ends_on": TODAY - DAY},
        }
        for name, fields in states.items():
            make_assignment(self.connections[0], make_set(self.counselor, name=f"Set {name}"), **fields)

        def shown(query: str) -> set[str]:
            return {heading.get_text() for heading in read(self.client, LIST + query).select("article h2")}

        assert shown("?state=running") == {"Set running"}
        assert shown("?state=paused") == {"Set paused"}
        assert shown("?state=ended") == {"Set ended", "Set over"}
        assert shown("?state=finished") == set()
        assert shown("") == shown("?state=nonsense") == {f"Set {name}" for name in states}

    def test_lists_the_latest_first(self) -> None:
        for name, days in {"Second": 2, "First": 1, "Third": 3}.items():
            given = make_assignment(self.connections[0], make_set(self.counselor, name=name))
            Assignment.objects.filter(pk=given.pk).update(assigned_at=timezone.now() - days * DAY)

        assert [heading.get_text() for heading in read(self.client, LIST).select("article h2")] == ["First", "Second", "Third"]

    def test_is_paged(self) -> None:
        for _number in range(51):
            make_assignment(self.connections[0], self.set)

        first = read(self.client, f"{LIST}?state=running")
        assert len(first.select("article")) == 50
        older = str(first.select("a[rel=next]")[0]["href"])
        second = read(self.client, f"{LIST}{older}")
        assert len(second.select("article")) == 1
        assert second.select("a[rel=prev]")[0]["href"] == "?state=running&page=1"
        for number, count in (("0", 1), ("-1", 1), ("x", 50), ("²", 50), ("99999999999999999999", 1)):
            assert len(read(self.client, f"{LIST}?page={number}").select("article")) == count, number

    def test_costs_the_same_with_two_and_with_twenty(self) -> None:
        def give(count: int) -> Assignment:
            for _number in range(count):
                connection = make_connection(self.counselor, make_user(email=f"{new_id()}@example.org"))
                given = make_assignment(connection, make_set(self.counselor))
            return given

        def cost(url: str) -> int:
            with CaptureQueriesContext(database) as queries:
                read(self.client, url)
            assert not [query for query in queries if "journal_entry" in query["sql"]]
            assert not [query for query in queries if query["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
            return len(queries)

        urls = [LIST, f"{LIST}?state=running", NEW, self.url(give(2))]
        before = [cost(url) for url in urls]
        give(18)

        assert [cost(url) for url in urls] == before
        assert max(before) <= 9

    def test_says_so_where_nothing_was_given(self) -> None:
        assert "You haven’t assigned a set yet." in self.text(LIST)


class OneTests(AssignmentsCase):
    given: Assignment

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.given = make_assignment(cls.connections[0], cls.set, note="For <you>.")

    def act(self, act: str, **fields: object) -> Any:
        return self.client.post(self.url(self.given), {"act": act, **fields})

    def current(self) -> Assignment:
        """What was given, as it is stored now."""
        return Assignment.objects.get(pk=self.given.pk)

    def test_shows_the_note_the_steps_and_what_is_done(self) -> None:
        step = AssignedStep.objects.filter(assignment=self.given)[0]
        received.mark_answered(step.pk, TODAY)
        received.mark_done(step.pk, timezone.now())

        page = read(self.client, self.url(self.given))

        assert element(page, "title").get_text() == "An assignment · Nightlight"
        assert "For <you>." in page.get_text()
        assert [bool(item.select(".badge")) for item in page.select("main ol > li")] == [True, False]

    def test_shows_the_caution_that_was_given_and_marks_what_can_hurt(self) -> None:
        make_prompt(slug="a-sore-one", question="What hurt?", depth="deep", tender=True)
        prompt_set = make_set(self.counselor, steps=("Who came?", "prompt:a-sore-one"))
        given = make_assignment(self.connections[1], prompt_set, caution="Not <alone>.")

        page = read(self.client, self.url(given))

        assert "Not <alone>." in page.get_text()
        assert [[badge.get_text() for badge in item.select(".badge")] for item in page.select("main ol > li")] == [
            [],
            ["may touch something sore", "goes deep"],
        ]

    def test_pauses_and_resumes_safe_to_repeat(self) -> None:
        for act, paused in (("pause", True), ("pause", True), ("resume", False), ("resume", False)):
            self.assertRedirects(self.act(act), self.url(self.given), fetch_redirect_response=False)
            assert self.current().paused == paused

    def test_ends_and_within_a_day_that_is_undone(self) -> None:
        self.act("end")
        ended_at = self.current().ended_at
        assert ended_at is not None
        for act in ("end", "resume", "pause", "new_version"):
            self.assertRedirects(self.act(act), self.url(self.given), fetch_redirect_response=False)
        assert self.current().ended_at == ended_at
        assert [button["value"] for button in read(self.client, self.url(self.given)).select("main button")] == ["reopen"]

        for _twice in range(2):
            self.assertRedirects(self.act("reopen"), self.url(self.given), fetch_redirect_response=False)
        assert self.current().ended_at is None

        self.act("end")
        with time_machine.travel(NOW + 2 * DAY, tick=False):
            self.client.force_login(self.counselor)
            assert not read(self.client, self.url(self.given)).select("main button")
            self.act("reopen")
        assert self.current().ended_at is not None

    def test_an_unknown_act_is_not_found(self) -> None:
        assert self.act("delete").status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(self.url(self.given)).status_code == HTTPStatus.NOT_FOUND

    def change(self, **fields: object) -> Any:
        """Save the form of the page with these fields in it."""
        return self.client.post(
            self.url(self.given), {**form_fields(read(self.client, self.url(self.given)), "main details form"), "act": "change", **fields}
        )

    def test_changes_the_note_the_cadence_and_the_end_and_lets_the_client_be_told_once(self) -> None:
        User.objects.update(unread_since=None)
        sent = {"cadence": "weekdays", "weekdays": [0, 3], "end": "date", "ends_on": "2026-06-01", "note": "Another."}
        for _twice in range(2):
            self.assertRedirects(self.change(**sent), self.url(self.given), fetch_redirect_response=False)

        current = self.current()
        assert (current.cadence, current.weekdays, current.ends_on) == ("weekdays", [0, 3], dt.date(2026, 6, 1))
        assert (current.content.note, current.changed_at) == ("Another.", NOW)
        assert User.objects.get(pk=self.clients[0].pk).unread_since == NOW

    def test_saving_what_is_there_already_changes_nothing(self) -> None:
        User.objects.update(unread_since=None)

        self.assertRedirects(self.change(), self.url(self.given), fetch_redirect_response=False)

        assert self.current().changed_at is None
        assert User.objects.get(pk=self.clients[0].pk).unread_since is None

    def test_what_another_window_saved_meanwhile_is_not_overwritten_unseen(self) -> None:
        before = form_fields(read(self.client, self.url(self.given)), "main details form")
        self.change(note="From one window.")

        response = self.client.post(self.url(self.given), {**before, "act": "change", "note": "From the other."})

        assert response.status_code == HTTPStatus.CONFLICT
        assert self.current().content.note == "From one window."
        again = form_fields(parsed(response), "main details form")
        assert again["note"] == ["From the other."]
        self.client.post(self.url(self.given), {**again, "act": "change"})
        assert self.current().content.note == "From the other."

    def test_the_start_can_be_changed_until_it_has_come(self) -> None:
        assert "start" not in form_fields(read(self.client, self.url(self.given)), "main details form")
        Assignment.objects.filter(pk=self.given.pk).update(starts_on=TODAY + 3 * DAY)

        self.change(start="date", starts_on=str(TODAY + DAY))
        assert self.current().starts_on == TODAY + DAY
        self.change(start="self")
        assert self.current().starts_on is None
        self.change(start="tonight")
        assert self.current().starts_on == TODAY

    def test_a_start_that_the_client_chose_and_does_not_show_stays(self) -> None:
        Connection.objects.filter(pk=self.connections[0].pk).update(sees_answered=False)
        Assignment.objects.filter(pk=self.given.pk).update(starts_on=TODAY - DAY, begun_by_client=True)
        sent = form_fields(read(self.client, self.url(self.given)), "main details form")
        assert (sent["start"], sent["starts_on"]) == (["self"], [""])

        self.change(note="Another.")

        assert (self.current().starts_on, self.current().begun_by_client) == (TODAY - DAY, True)

    def test_a_start_on_the_very_night_that_the_client_chose_is_a_change_like_any_other(self) -> None:
        Connection.objects.filter(pk=self.connections[0].pk).update(sees_answered=False)
        Assignment.objects.filter(pk=self.given.pk).update(starts_on=TODAY, begun_by_client=True)

        self.change(start="tonight")  # that nothing changes would tell that they began it tonight

        assert self.current().changed_at == NOW
        assert (self.current().starts_on, self.current().begun_by_client) == (TODAY, False)

    def test_it_can_end_with_the_next_session(self) -> None:
        Connection.objects.filter(pk=self.connections[0].pk).update(next_session_on=TODAY + 5 * DAY)

        self.change(end="session")

        assert (self.current().ends_with_session, self.current().ends_on) == (True, TODAY + 5 * DAY)
        self.change(end="none")
        assert (self.current().ends_with_session, self.current().ends_on) == (False, None)

    def test_a_change_with_a_slip_keeps_what_was_typed(self) -> None:
        for fields in (
            {"cadence": "after_days", "every": "61"},
            {"cadence": "every_days", "every": ""},
            {"cadence": "weekdays"},
            {"cadence": "weekdays", "weekdays": ["7"]},
            {"cadence": "never"},
            {"end": "date", "ends_on": "2026-05-03"},
            {"end": "date", "ends_on": "9999-12-31"},
            {"end": "date", "ends_on": "soon"},
            {"end": "date", "ends_on": ""},
            {"note": "n" * 2001},
        ):
            response = self.change(**fields)
            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, fields
            page = parsed(response)
            assert page.select("details[open] .errorlist")
            assert page.select("input[name=ends_on]")[0].get("value", "") == fields.get("ends_on", "")
        assert self.current().cadence == "when_done"

    def test_an_end_that_lets_nothing_come_is_refused(self) -> None:
        Assignment.objects.filter(pk=self.given.pk).update(starts_on=TODAY)

        response = self.change(cadence="weekdays", weekdays=[6], end="date", ends_on="2026-05-09")

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_an_end_that_has_passed_does_not_keep_the_note_from_being_changed(self) -> None:
        Assignment.objects.filter(pk=self.given.pk).update(ends_on=TODAY - DAY)

        assert self.change(note="Another.").status_code == HTTPStatus.FOUND
        assert self.current().ends_on == TODAY - DAY

    def test_offers_the_new_version_only_where_the_set_has_changed(self) -> None:
        assert not read(self.client, self.url(self.given)).select("button[value=new_version]")
        self.set.content = replace(self.set.content, steps=((f"{1:032x}", "", "What was left unsaid, anew?", ""),))
        self.set.version += 1
        self.set.save()

        assert "What was left unsaid, anew?" not in self.text(self.url(self.given))
        assert read(self.client, self.url(self.given)).select("button[value=new_version]")
        for _twice in range(2):
            self.act("new_version")

        assert "What was left unsaid, anew?" in self.text(self.url(self.given))
        assert "What was said at the door?" not in self.text(self.url(self.given))
        assert not read(self.client, self.url(self.given)).select("button[value=new_version]")

    def test_a_step_that_left_the_set_shows_only_as_done_and_only_where_that_is_allowed(self) -> None:
        step = AssignedStep.objects.filter(assignment=self.given)[0]
        AssignedStep.objects.filter(pk=step.pk).update(position=REMOVED_POSITION, answered_on=TODAY)
        assert "What was said at the door?" not in self.text(self.url(self.given))
        assert "0 of 1 done" in self.text(self.url(self.given))

        received.mark_done(step.pk, timezone.now())
        assert "What was said at the door?" in self.text(self.url(self.given))
        assert "1 of 2 done" in self.text(self.url(self.given))

        Connection.objects.filter(pk=self.connections[0].pk).update(sees_answered=False)
        assert "What was said at the door?" not in self.text(self.url(self.given))

    def test_a_set_that_was_removed_leaves_what_was_given(self) -> None:
        PromptSet.objects.filter(pk=self.set.pk).update(removed_at=timezone.now())
        assert "First weeks" in self.text(LIST)
        PromptSet.objects.filter(pk=self.set.pk).delete()

        assert "A set that no longer exists" in self.text(LIST)
        assert "First weeks" in self.text(self.url(self.given))


class AssignTests(AssignmentsCase):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        for connection, name in zip(cls.connections, ("Mara", "Bente", "Caro"), strict=True):
            connection.parent_name = name
            connection.save()

    def sent(self, **fields: object) -> dict[str, Any]:
        """What the page sends. Fields that are None are left out."""
        defaults = {
            "id": new_id(),
            "set": self.set.pk,
            "clients": [self.connections[0].pk],
            "start": "tonight",
            "starts_on": "",
            "cadence": "when_done",
            "every": "2",
            "end": "none",
            "ends_on": "",
            "note": "",
        }
        return {name: value for name, value in {**defaults, **fields}.items() if value is not None}

    def post(self, **fields: object) -> Any:
        return self.client.post(NEW, self.sent(**fields))

    def show(self, **fields: object) -> Tag:
        """What the page shows of the first nights, besides, after *Show*."""
        response = self.client.post(NEW, self.sent(show="show", **fields))
        assert response.status_code == HTTPStatus.OK
        return element(parsed(response), "[data-preview]")

    def own(self, number: int, field: str = "own_note") -> str:
        return f"{self.connections[number].pk.hex}-{field}"

    def assigned(self) -> dict[uuid.UUID, Assignment]:
        return {row.connection_id: row for row in Assignment.objects.all()}

    def test_assigns_to_three_clients_with_a_note_for_all_and_one_for_one(self) -> None:
        response = self.client.post(
            NEW,
            {
                **self.sent(clients=[connection.pk for connection in self.connections], cadence="every_days", every="3", note=" For all. "),
                "end": "date",
                "ends_on": "2026-08-01",
                self.own(2): "Zinnober  ",
            },
            follow=True,
        )

        assert "Assigned to 3 clients." in response.content.decode()
        rows = [self.assigned()[connection.pk] for connection in self.connections]
        assert [row.content.note for row in rows] == ["For all.", "For all.", "Zinnober"]
        assert {(row.starts_on, row.cadence, row.every, row.ends_on) for row in rows} == {(TODAY, "every_days", 3, dt.date(2026, 8, 1))}

    def test_the_first_nights_that_a_script_asks_for_meanwhile_leave_what_was_done_for_the_next_page_to_say(self) -> None:
        self.post()
        asked = self.client.post(NEW, self.sent(show="show"), headers={"Sec-Fetch-Mode": "cors"})

        assert "Assigned to 1 client." not in asked.content.decode()
        assert "Assigned to 1 client." in self.client.get(LIST, headers={"Sec-Fetch-Mode": "navigate"}).content.decode()

    def test_tonight_is_the_night_of_each_client(self) -> None:
        User.objects.filter(pk=self.clients[1].pk).update(time_zone="Pacific/Auckland")

        self.post(clients=[self.connections[0].pk, self.connections[1].pk])

        assert [self.assigned()[connection.pk].starts_on for connection in self.connections[:2]] == [TODAY, TODAY + DAY]

    def test_when_they_begin_it_and_on_a_date(self) -> None:
        self.post(start="self", starts_on="nonsense")
        self.post(start="date", starts_on="2026-05-09", clients=[self.connections[1].pk])

        assert [self.assigned()[connection.pk].starts_on for connection in self.connections[:2]] == [None, dt.date(2026, 5, 9)]

    def test_with_the_next_session_of_each(self) -> None:
        Connection.objects.filter(pk=self.connections[0].pk).update(next_session_on=TODAY + 5 * DAY)
        Connection.objects.filter(pk=self.connections[1].pk).update(next_session_on=TODAY - DAY)
        chosen = [connection.pk for connection in self.connections]

        assert "You haven’t set a date for the next session." in self.show(end="session", clients=chosen).get_text()
        self.post(end="session", clients=chosen)

        rows = [self.assigned()[connection.pk] for connection in self.connections]
        assert [(row.ends_with_session, row.ends_on) for row in rows] == [(True, TODAY + 5 * DAY), (True, None), (True, None)]

    def test_a_set_of_the_library_and_a_path_are_assigned_from_one_copy_of_each(self) -> None:
        make_library_set_prompts("two-homes")
        make_path_prompts("mending")

        for number in range(2):
            for reference in ("library:two-homes", "path:mending"):
                assert self.post(set=reference, clients=[self.connections[number].pk]).status_code == HTTPStatus.FOUND

        assert sorted(PromptSet.objects.exclude(source="").values_list("source", flat=True)) == ["library:two-homes:en", "path:mending:en"]
        assert Assignment.objects.count() == 4
        text = self.text(LIST)
        assert "Two homes" in text
        assert "Two homes" not in [heading.get_text() for heading in read(self.client, "/prompts/sets/").select("article h2")]

    def test_three_clicks_from_the_library(self) -> None:
        """Choose the set, choose the client, assign."""
        make_library_set_prompts("two-homes")
        choose = element(read(self.client, "/prompts/sets/library/"), 'a.button[href$="library=two-homes"]')
        sent = form_fields(read(self.client, str(choose["href"])))

        response = self.client.post(NEW, {**sent, "clients": [str(self.connections[1].pk)]})

        assert response.status_code == HTTPStatus.FOUND
        assert self.assigned()[self.connections[1].pk].content.name == "Two homes"

    def test_three_clicks_from_a_client(self) -> None:
        """*Assign a set*, choose it, assign; and back to the client."""
        make_library_set_prompts("two-homes")
        url = reverse("counselor:client", args=[self.connections[1].pk])
        choose = element(read(self.client, url), 'a[href*="assignments/new"]')
        sent = form_fields(read(self.client, str(choose["href"])))

        response = self.client.post(NEW, {**sent, "set": "library:two-homes"})

        self.assertRedirects(response, url)
        assert list(self.assigned()) == [self.connections[1].pk]

    def test_sent_twice_it_is_assigned_once(self) -> None:
        sent = self.sent()
        self.client.post(NEW, sent)
        response = self.client.post(NEW, sent, follow=True)

        assert "Nothing was assigned twice." in response.content.decode()
        assert Assignment.objects.count() == 1

    def asked(self, response: Any) -> str:
        """What the button says that was asked."""
        assert response.status_code == HTTPStatus.OK
        return str(element(parsed(response), "button[name=sure]")["value"])

    def test_the_same_set_once_more_is_asked_first(self) -> None:
        with time_machine.travel(NOW - 3 * DAY, tick=False):
            self.client.force_login(self.counselor)
            self.post()
        self.client.force_login(self.counselor)
        sent = self.sent()

        response = self.client.post(NEW, sent)

        assert "You already assigned this set to Mara on 1 May." in main_text(response)
        assert Assignment.objects.count() == 1
        self.client.post(NEW, {**form_fields(parsed(response), "form[data-assigning]"), "sure": self.asked(response)})
        assert Assignment.objects.count() == 2

    def test_what_was_asked_of_one_client_says_nothing_of_another(self) -> None:
        self.post()
        self.post(clients=[self.connections[1].pk])
        sure = self.asked(self.post())

        assert self.post(clients=[self.connections[1].pk], sure=sure).status_code == HTTPStatus.OK
        assert Assignment.objects.count() == 2

    def test_of_two_with_like_names_it_is_asked_which(self) -> None:
        Connection.objects.filter(pk=self.connections[1].pk).update(parent_name="mara l.")
        Connection.objects.filter(pk=self.connections[2].pk).update(parent_name="Nell")
        assert self.post(clients=[self.connections[2].pk]).status_code == HTTPStatus.FOUND

        response = self.post()

        assert "You chose Mara, your client since" in main_text(response)
        assert "not mara l." in main_text(response)
        assert self.post(sure=self.asked(response)).status_code == HTTPStatus.FOUND

    def test_undo_takes_it_back_for_both_sides_and_leads_back(self) -> None:
        page = parsed(self.client.post(NEW, self.sent(clients=[connection.pk for connection in self.connections[:2]]), follow=True))
        undo = element(page, "form.notice")
        step = AssignedStep.objects.filter(connection=self.connections[0])[0]
        received.mark_answered(step.pk, TODAY)

        for _twice in range(2):
            self.assertRedirects(self.client.post(str(undo["action"]), {"next": LIST}), LIST)

        assert not Assignment.objects.exists()
        assert AssignedStep.objects.filter(pk=step.pk, assignment=None, answered_on=TODAY).exists()

    def test_undo_comes_too_late_after_a_day_and_is_not_another_counselors(self) -> None:
        batch = new_id()
        self.post(id=batch)
        url = reverse("counselor:assignments_undo", args=[batch])

        self.client.force_login(self.other)
        self.client.post(url)
        with time_machine.travel(NOW + 2 * DAY, tick=False):
            self.client.force_login(self.counselor)
            self.client.post(url)

        assert Assignment.objects.exists()

    def test_shows_the_first_three_nights_and_what_runs_already(self) -> None:
        make_assignment(self.connections[0], make_set(self.counselor, name="Another set"), cadence="at_once", starts_on=TODAY)

        shown = self.show(cadence="every_days", every="3")

        assert [night.get_text() for night in shown.select(".nights .eyebrow")] == ["Monday, 4 May", "Thursday, 7 May"]
        assert [question.get_text() for question in shown.select(".nights .ask")] == ["What was said at the door?", "What was left unsaid?"]
        assert "Another set All at once, from 4 May" in " ".join(shown.get_text().split())
        assert not Assignment.objects.filter(set=self.set).exists()

    def test_shows_nothing_of_what_a_client_keeps_to_themselves(self) -> None:
        Connection.objects.filter(pk=self.connections[0].pk).update(sees_answered=False)
        given = make_assignment(self.connections[0], self.set)
        before = self.show().get_text()
        for step in given.steps.all():
            received.mark_answered(step.pk, TODAY)
            received.mark_done(step.pk, timezone.now())

        assert self.show().get_text() == before

    def test_says_how_many_come_before_the_end(self) -> None:
        shown = self.show(end="date", ends_on=str(TODAY), set=self.set.pk)

        assert "Only 1 of 2 questions fit before it ends" in " ".join(shown.get_text().split())

    def test_shows_what_can_hurt_and_the_caution(self) -> None:
        make_prompt(slug="a-sore-one", question="What hurt?", depth="deep", tender=True)
        prompt_set = make_set(self.counselor, steps=("Who came?", "prompt:a-sore-one"))
        prompt_set.content = replace(prompt_set.content, caution="Not <alone>.")
        prompt_set.save()

        shown = self.show(set=prompt_set.pk).get_text()

        assert "1 question can touch something sore. 1 question goes deep." in shown
        assert "Not <alone>." in shown
        assert "something sore" not in self.show().get_text()

    def test_what_is_missing_is_not_complained_of_before_it_is_sent(self) -> None:
        for response in (
            self.client.get(NEW),
            self.client.post(NEW, {"show": "show"}),
            self.client.post(NEW, self.sent(show="", set="", clients=[])),
        ):
            assert response.status_code == HTTPStatus.OK
            assert not parsed(response).select(":is(.errorlist, .failures li)")

    def test_expands_groups_and_assigns_to_each_once(self) -> None:
        group = ClientGroup.objects.create(counselor=self.counselor, content=ClientGroupContent(name="Thursdays"))
        group.members.set(self.connections[:2])
        strange = ClientGroup.objects.create(counselor=self.other, content=ClientGroupContent(name="Not yours"))
        strange.members.add(self.connections[0])
        page = read(self.client, f"{NEW}?group={group.pk}").get_text()
        assert "Thursdays" in page
        assert "Not yours" not in page

        assert self.post(clients=[], groups=[strange.pk]).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        self.post(clients=[self.connections[1].pk, self.connections[2].pk], groups=[group.pk])

        assert self.assigned().keys() == {connection.pk for connection in self.connections}
        assert Assignment.objects.count() == 3

    def test_a_slip_keeps_all_that_was_typed(self) -> None:
        slips: list[dict[str, object]] = [
            {"set": ""},
            {"set": new_id()},
            {"set": "library:nonsense"},
            {"set": make_set(self.other).pk},
            {"set": make_set(self.counselor, steps=[]).pk},
            {"clients": []},
            {"clients": [make_connection(self.other, self.clients[0]).pk]},
            {"clients": ["x"]},
            {"start": "date", "starts_on": ""},
            {"start": "date", "starts_on": "tomorrow"},
            {"start": "date", "starts_on": "2026-05-03"},
            {"start": "date", "starts_on": "9999-12-31"},
            {"start": "date", "starts_on": "2026-07-20"},
            {"start": ""},
            {"cadence": "never"},
            {"cadence": "every_days", "every": "0"},
            {"cadence": "after_days", "every": "x"},
            {"cadence": "weekdays"},
            {"end": "never"},
            {"end": "date", "ends_on": "soon"},
            {"id": "x"},
            {"note": "n" * 2001},
        ]
        for slip in slips:
            sent = self.sent(
                **{"end": "date", "ends_on": "2026-07-07", "every": "17", "starts_on": "2026-05-05", "note": "For all.", **slip}
            )
            response = self.client.post(NEW, {**sent, self.own(0): "Typed <before>"})

            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, slip
            page = parsed(response)
            assert page.select(":is(.errorlist, .failures li)"), slip
            kept = form_fields(page)
            for name in ("every", "ends_on", "starts_on", "note"):
                assert kept[name] == [str(sent[name])], slip
            assert kept[self.own(0)] == ["Typed <before>"]
        assert not Assignment.objects.exists()

    def test_a_note_that_is_too_long_is_refused_and_kept(self) -> None:
        response = self.client.post(NEW, {**self.sent(), self.own(0): "n" * 2001})

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert form_fields(parsed(response))[self.own(0)] == ["n" * 2001]
        assert not Assignment.objects.exists()

    def test_a_connection_that_ended_meanwhile_is_assigned_nothing(self) -> None:
        connections.end(self.clients[0], self.connections[0].pk, timezone.now())

        assert self.post().status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Assignment.objects.exists()

    def test_the_address_chooses_beforehand_what_is_on_offer(self) -> None:
        sent = form_fields(read(self.client, f"{NEW}?set={self.set.pk}&client={self.connections[1].pk}"))
        assert (sent["set"], sent["clients"], sent["start"]) == ([str(self.set.pk)], [str(self.connections[1].pk)], ["tonight"])
        assert form_fields(read(self.client, f"{NEW}?path=mending"))["set"] == ["path:mending"]

        sent = form_fields(read(self.client, f"{NEW}?set=x&client={uuid.uuid4()}&group=x"))
        assert sent["set"] == [""]
        assert "clients" not in sent

    def test_an_only_client_is_chosen(self) -> None:
        self.client.force_login(self.other)
        only = make_connection(self.other, self.clients[0])

        assert form_fields(read(self.client, NEW))["clients"] == [str(only.pk)]

    def test_leads_on_where_there_is_no_client_yet(self) -> None:
        self.client.force_login(self.other)

        assert [str(link["href"]) for link in read(self.client, NEW).select(".empty a")] == [reverse("counselor:invitations")]
        assert self.client.post(NEW, self.sent()).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Assignment.objects.exists()

    def test_goes_on_to_no_other_site(self) -> None:
        for address in ("https://example.org/", "//example.org/", "nowhere"):
            self.assertRedirects(self.post(id=new_id(), set=make_set(self.counselor).pk, next=address), LIST, fetch_redirect_response=False)

    def test_every_control_has_a_label(self) -> None:
        page = read(self.client, f"{NEW}?client={self.connections[0].pk}")
        for field in page.select("main input:not([type=hidden]), main select, main textarea"):
            assert page.select(f"label[for={field['id']}]"), field

    def test_needs_the_token_of_the_form(self) -> None:
        careful = Client(enforce_csrf_checks=True)
        careful.force_login(self.counselor)

        assert careful.post(NEW, self.sent()).status_code == HTTPStatus.FORBIDDEN

    def test_a_counselor_who_writes_in_spanish_chooses_weekdays_by_their_own_names(self) -> None:
        User.objects.filter(pk=self.counselor.pk).update(language="es")

        names = [label.get_text(strip=True).lower() for label in read(self.client, NEW).select("label[for^=id_weekdays]")]

        assert names[0] == "lunes"
        assert len(names) == 7
