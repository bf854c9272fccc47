"""`/prompts/assignments/`, `new/` and `<id>/`: the sets a counselor gave, giving one, and changing what was given."""

import datetime as dt
import uuid
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import time_machine
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
from tests.factories import make_assignment, make_connection, make_counselor, make_prompt, make_set, make_user
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
        assert element(page, "title").get_text() == "What you gave · Nightlight"
        text = self.text(LIST)
        assert "Client 0 · Running · 0 of 2 done" in text
        assert "First weeks" in text
        assert "Every 3 nights, from 4 May" in text

    def test_each_cadence_in_words(self) -> None:
        first = dt.date(2027, 1, 2)
        for fields, words in (
            ({"cadence": "at_once", "starts_on": TODAY}, "All at once, from 4 May"),
            ({"cadence": "when_done", "starts_on": None}, "The next when the last is answered, from when they begin it"),
            (
                {"cadence": "after_days", "every": 1, "starts_on": first},
                "The next 1 night after the last was answered, from 2 January 2027",
            ),
            ({"cadence": "after_days", "every": 4, "starts_on": TODAY}, "The next 4 nights after the last was answered, from 4 May"),
            ({"cadence": "every_days", "every": 1, "starts_on": TODAY}, "Every night, from 4 May"),
            (
                {"cadence": "weekdays", "weekdays": [3, 0], "starts_on": TODAY, "ends_on": TODAY + DAY},
                "On Monday, Thursday, from 4 May to 5 May",
            ),
            ({"starts_on": None, "ends_on": TODAY}, "from when they begin it to 4 May"),
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
        assert "Quiet · Running First weeks" in text
        assert "Quiet" not in self.text(f"{LIST}?state=finished")
        assert "Quiet" in self.text(f"{LIST}?state=running")
        page = read(self.client, self.url(Assignment.objects.get(connection=hidden)))
        assert not page.select(".badge")
        assert "of 2 done" not in page.get_text()

    def test_a_draft_is_not_done(self) -> None:
        given = make_assignment(self.connections[0], self.set)
        for step in AssignedStep.objects.filter(assignment=given):
            received.mark_answered(step.pk, TODAY)

        assert "Client 0 · Running · 0 of 2 done" in self.text(LIST)
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
        assert "You have not given a set to anybody yet." in self.text(LIST)


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

        assert element(page, "title").get_text() == "What a client was given · Nightlight"
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
            ["can touch something sore", "goes deep"],
        ]

    def test_pauses_and_resumes_safe_to_repeat(self) -> None:
        for act, paused in (("pause", True), ("pause", True), ("resume", False), ("resume", False)):
            self.assertRedirects(self.act(act), self.url(self.given), fetch_redirect_response=False)
            assert self.current().paused == paused

    def test_ends_for_good(self) -> None:
        assert read(self.client, self.url(self.given)).select("details button[value=end]")

        self.act("end")
        ended_at = self.current().ended_at
        assert ended_at is not None
        for act in ("end", "resume", "pause", "new_version"):
            self.assertRedirects(self.act(act), self.url(self.given), fetch_redirect_response=False)

        assert self.current().ended_at == ended_at
        assert not read(self.client, self.url(self.given)).select("main button")

    def test_an_unknown_act_is_not_found(self) -> None:
        assert self.act("delete").status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(self.url(self.given)).status_code == HTTPStatus.NOT_FOUND

    def test_changes_the_cadence_and_the_end(self) -> None:
        response = self.act("change", cadence="weekdays", weekdays=[0, 3], every="", ends_on="2026-06-01")

        self.assertRedirects(response, self.url(self.given), fetch_redirect_response=False)
        assert (self.current().cadence, self.current().weekdays, self.current().ends_on) == ("weekdays", [0, 3], dt.date(2026, 6, 1))

    def test_a_change_with_a_slip_keeps_what_was_typed(self) -> None:
        for fields in (
            {"cadence": "after_days", "every": "61"},
            {"cadence": "every_days", "every": ""},
            {"cadence": "weekdays"},
            {"cadence": "weekdays", "weekdays": ["7"]},
            {"cadence": "never"},
            {"cadence": "when_done", "ends_on": "2026-05-03"},
            {"cadence": "when_done", "ends_on": "9999-12-31"},
            {"cadence": "when_done", "ends_on": "soon"},
        ):
            response = self.act("change", **fields)
            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, fields
            page = parsed(response)
            assert page.select("details[open] .errorlist")
            assert page.select("input[name=ends_on]")[0].get("value", "") == fields.get("ends_on", "")
        assert self.current().cadence == "when_done"

    def test_an_end_that_lets_nothing_come_is_refused(self) -> None:
        Assignment.objects.filter(pk=self.given.pk).update(starts_on=TODAY)

        assert self.act("change", cadence="weekdays", weekdays=[6], ends_on="2026-05-09").status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_an_end_that_has_passed_does_not_keep_the_cadence_from_being_changed(self) -> None:
        Assignment.objects.filter(pk=self.given.pk).update(ends_on=TODAY - DAY)

        assert self.act("change", cadence="at_once", ends_on=str(TODAY - DAY)).status_code == HTTPStatus.FOUND

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

        assert "A set that is no longer there" in self.text(LIST)
        assert "First weeks" in self.text(self.url(self.given))


class GiveTests(AssignmentsCase):
    def first(self, **fields: object) -> dict[str, Any]:
        """What the first page sends. Fields that are None are left out."""
        defaults = {
            "id": new_id(),
            "set": self.set.pk,
            "clients": [self.connections[0].pk],
            "start": "date",
            "starts_on": "2026-05-05",
            "cadence": "when_done",
            "every": "3",
            "ends_on": "",
        }
        return {name: value for name, value in {**defaults, **fields}.items() if value is not None}

    def review(self, **fields: object) -> dict[str, Any]:
        """What the second page would send, after the first with these fields."""
        response = self.client.post(NEW, self.first(**fields))
        assert response.status_code == HTTPStatus.OK, parsed(response).select(":is(.errorlist, .failures li)")
        return dict(form_fields(parsed(response)))

    def own(self, number: int, field: str) -> str:
        return f"{self.connections[number].pk.hex}-{field}"

    def test_gives_it_to_three_clients_with_a_start_and_a_note_of_each_ones_own(self) -> None:
        sent = self.review(
            clients=[connection.pk for connection in self.connections], cadence="every_days", every="3", ends_on="2026-08-01"
        )
        assert sent[self.own(0, "starts_on")] == ["2026-05-05"]
        assert not Assignment.objects.exists()

        own = {self.own(1, "starts_on"): "2026-05-20", self.own(2, "starts_on"): "", self.own(2, "note"): "Zinnober  "}
        response = self.client.post(NEW, {**sent, **own, "give": "give"}, follow=True)

        assert "Given to 3 clients." in response.content.decode()
        given = {row.connection_id: row for row in Assignment.objects.all()}
        starts = [given[connection.pk].starts_on for connection in self.connections]
        assert starts == [dt.date(2026, 5, 5), dt.date(2026, 5, 20), None]
        assert [given[connection.pk].content.note for connection in self.connections] == ["", "", "Zinnober"]
        assert {(row.cadence, row.every, row.ends_on) for row in given.values()} == {("every_days", 3, dt.date(2026, 8, 1))}

    def test_says_before_it_is_given_what_can_hurt(self) -> None:
        make_prompt(slug="a-sore-one", question="What hurt?", depth="deep", tender=True)
        make_prompt(slug="a-sad-one", question="What was sad?", tender=True)
        prompt_set = make_set(self.counselor, steps=("Who came?", "prompt:a-sore-one", "prompt:a-sad-one"))
        prompt_set.content = replace(prompt_set.content, caution="Not <alone>.")
        prompt_set.save()

        sore = main_text(self.client.post(NEW, self.first(set=prompt_set.pk)))
        calm = main_text(self.client.post(NEW, self.first()))

        assert "2 questions can touch something sore. 1 question goes deep." in sore
        assert "Not <alone>." in sore
        assert "something sore" not in calm
        assert "Before you begin" not in calm

    def test_sent_twice_it_is_given_once(self) -> None:
        sent = {**self.review(), "give": "give"}
        for _twice in range(2):
            response = self.client.post(NEW, sent, follow=True)

        assert "Nothing was given twice." in response.content.decode()
        assert Assignment.objects.count() == 1

    def test_expands_groups_and_gives_to_each_once(self) -> None:
        group = ClientGroup.objects.create(counselor=self.counselor, content=ClientGroupContent(name="Thursdays"))
        group.members.set(self.connections[:2])
        strange = ClientGroup.objects.create(counselor=self.other, content=ClientGroupContent(name="Not yours"))
        page = read(self.client, NEW).get_text()
        assert "Thursdays" in page
        assert "Not yours" not in page

        self.client.post(NEW, {**self.review(clients=[self.connections[1].pk, self.connections[2].pk], groups=[group.pk]), "give": "give"})

        assert {row.connection_id for row in Assignment.objects.all()} == {connection.pk for connection in self.connections}
        assert Assignment.objects.count() == 3
        response = self.client.post(NEW, self.first(groups=[strange.pk]))
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_a_group_alone_is_enough_and_an_empty_one_is_not(self) -> None:
        group = ClientGroup.objects.create(counselor=self.counselor, content=ClientGroupContent(name="Thursdays"))
        assert self.client.post(NEW, self.first(clients=[], groups=[group.pk])).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        group.members.add(self.connections[0])

        assert self.own(0, "note") in self.review(clients=[], groups=[group.pk])

    def test_when_each_begins_it_themselves(self) -> None:
        sent = self.review(start="self", starts_on="nonsense")
        assert sent[self.own(0, "starts_on")] == [""]

        self.client.post(NEW, {**sent, "give": "give"})

        assert Assignment.objects.get().starts_on is None

    def test_a_slip_on_the_first_page_keeps_all_that_was_typed(self) -> None:
        slips: list[dict[str, object]] = [
            {"set": ""},
            {"set": new_id()},
            {"set": make_set(self.other).pk},
            {"set": make_set(self.counselor, steps=[]).pk},
            {"clients": []},
            {"clients": [make_connection(self.other, self.clients[0]).pk]},
            {"clients": ["x"]},
            {"starts_on": ""},
            {"starts_on": "tomorrow"},
            {"starts_on": "2026-05-03"},
            {"starts_on": "9999-12-31"},
            {"starts_on": "2026-05-20", "ends_on": "2026-05-19"},
            {"start": ""},
            {"cadence": "never"},
            {"cadence": "every_days", "every": "0"},
            {"cadence": "after_days", "every": "x"},
            {"cadence": "weekdays", "starts_on": "2026-05-05"},
            {"id": "x"},
        ]
        for slip in slips:
            sent = self.first(**{"ends_on": "2026-07-07", "every": "17", **slip})
            response = self.client.post(NEW, {**sent, self.own(0, "note"): "Typed <before>"})

            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, slip
            page = parsed(response)
            assert page.select(":is(.errorlist, .failures li)"), slip
            kept = form_fields(page)
            assert kept["every"] == [str(sent["every"])]
            assert kept["ends_on"] == [str(sent["ends_on"])]
            assert kept["starts_on"] == [str(sent["starts_on"])]
            assert kept[self.own(0, "note")] == ["Typed <before>"]
        assert not Assignment.objects.exists()

    def test_a_slip_on_the_second_page_keeps_all_that_was_typed(self) -> None:
        sent = self.review(ends_on="2026-05-20", clients=[connection.pk for connection in self.connections])
        for start in ("soon", "2026-05-21", "2026-05-03", "9999-12-31"):
            typed = {**sent, self.own(0, "starts_on"): start, self.own(1, "note"): "Zinnober", "give": "give"}
            response = self.client.post(NEW, typed)

            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            page = parsed(response)
            assert len(page.select(".errorlist")) == 1
            kept = form_fields(page)
            assert kept[self.own(0, "starts_on")] == [start]
            assert kept[self.own(1, "note")] == ["Zinnober"]
            assert kept["id"] == sent["id"]
        assert not Assignment.objects.exists()

    def test_going_back_and_forth_keeps_notes_and_own_starts_and_moves_common_ones(self) -> None:
        sent = self.review(clients=[self.connections[0].pk, self.connections[1].pk])
        typed = {**sent, self.own(0, "note"): "Zinnober", self.own(1, "starts_on"): "2026-06-01"}
        back = self.client.post(NEW, {**typed, "back": "back"})
        assert back.status_code == HTTPStatus.OK
        first = form_fields(parsed(back))
        assert first["clients"] == [str(self.connections[0].pk), str(self.connections[1].pk)]

        again = self.client.post(NEW, {**first, "starts_on": "2026-05-10"})
        second = form_fields(parsed(again))

        assert second["id"] == sent["id"]
        assert second[self.own(0, "note")] == ["Zinnober"]
        assert (second[self.own(0, "starts_on")], second[self.own(1, "starts_on")]) == (["2026-05-10"], ["2026-06-01"])

    def test_a_client_who_joined_a_group_meanwhile_is_shown_before_anything_is_given(self) -> None:
        group = ClientGroup.objects.create(counselor=self.counselor, content=ClientGroupContent(name="Thursdays"))
        sent = self.review(groups=[group.pk])
        group.members.add(self.connections[1])

        response = self.client.post(NEW, {**sent, self.own(0, "note"): "Zinnober", "give": "give"})

        assert response.status_code == HTTPStatus.OK
        kept = form_fields(parsed(response))
        assert (kept[self.own(0, "note")], kept[self.own(1, "starts_on")]) == (["Zinnober"], ["2026-05-05"])
        assert not Assignment.objects.exists()

    def test_a_connection_that_ended_meanwhile_is_given_nothing(self) -> None:
        sent = self.review()
        connections.end(self.clients[0], self.connections[0].pk, timezone.now())

        assert self.client.post(NEW, {**sent, "give": "give"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Assignment.objects.exists()

    def test_the_address_chooses_beforehand_what_is_on_offer(self) -> None:
        sent = form_fields(read(self.client, f"{NEW}?set={self.set.pk}&client={self.connections[1].pk}"))
        assert (sent["set"], sent["clients"], sent["starts_on"]) == ([str(self.set.pk)], [str(self.connections[1].pk)], ["2026-05-05"])

        sent = form_fields(read(self.client, f"{NEW}?set=x&client={uuid.uuid4()}"))
        assert sent["set"] == [""]
        assert "clients" not in sent

    def test_leads_on_where_there_is_no_client_or_no_set_yet(self) -> None:
        self.client.force_login(self.other)
        links = [str(link["href"]) for link in read(self.client, NEW).select(".empty a")]
        assert links == [reverse("counselor:invitations"), reverse("counselor:sets")]

        make_connection(self.other, self.clients[0])
        assert [str(link["href"]) for link in read(self.client, NEW).select(".empty a")] == [reverse("counselor:sets")]
        assert self.client.post(NEW, self.first()).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Assignment.objects.exists()

    def test_every_control_has_a_label(self) -> None:
        response = self.client.post(NEW, self.first())
        for page in (read(self.client, NEW), parsed(response)):
            for field in page.select("main input:not([type=hidden]), main select, main textarea"):
                assert page.select(f"label[for={field['id']}]"), field

    def test_needs_the_token_of_the_form(self) -> None:
        careful = Client(enforce_csrf_checks=True)
        careful.force_login(self.counselor)

        assert careful.post(NEW, {**self.first(), "give": "give"}).status_code == HTTPStatus.FORBIDDEN

    def test_a_counselor_who_writes_in_spanish_chooses_weekdays_by_their_own_names(self) -> None:
        User.objects.filter(pk=self.counselor.pk).update(language="es")

        names = [label.get_text(strip=True).lower() for label in read(self.client, NEW).select("label[for^=id_weekdays]")]

        assert names[0] == "lunes"
        assert len(names) == 7
