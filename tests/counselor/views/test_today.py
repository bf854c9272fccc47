"""`/today/`: what a counselor meets first."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import BeautifulSoup
from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts import connections
from accounts.models import Connection, User
from common.ids import new_id
from counselor import labels
from counselor.clients import examples
from counselor.workspace import close_workspace, open_workspace
from journal.models import Share
from journal.sharing import readings, replies, shares
from prompts import received
from prompts.models import AssignedStep, Assignment, PromptSet
from tests.factories import make_assignment, make_connection, make_counselor, make_entry, make_invitation, make_set, make_user
from tests.helpers import DAY, element, parsed

NOW = dt.datetime(2026, 3, 10, 21, 4, tzinfo=dt.UTC)
NIGHT = NOW.date()
MOST_QUERIES = 8  # those for the session and the person among them


@time_machine.travel(NOW, tick=False)
class TodayCase(TestCase):
    url = "/today/"
    counselor: User
    parent: User
    connection: Connection

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        cls.parent = make_user()
        cls.connection = make_connection(cls.counselor, cls.parent)
        Connection.objects.update(began_at=NOW - 30 * DAY)

    def setUp(self) -> None:
        self.client.force_login(self.counselor)

    def read(self) -> BeautifulSoup:
        """The page, whose queries are in `self.queries` then: they read no entries and write nothing."""
        with CaptureQueriesContext(database) as queries:
            response = self.client.get(self.url)
        assert response.status_code == HTTPStatus.OK
        self.queries = [query["sql"] for query in queries]
        assert not [sql for sql in self.queries if "journal_entry" in sql or not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
        return parsed(response)

    def sections(self) -> dict[str, dict[str, str]]:
        """The words of each section's lines, and where they lead."""
        return {
            element(section, "h2").get_text(): {" ".join(line.get_text(" ").split()): str(line["href"]) for line in section.select("li a")}
            for section in self.read().select("section.today")
        }

    def share(self, connection: Connection | None = None, night: dt.date = NIGHT) -> Share:
        connection = connection or self.connection
        entry = make_entry(connection.parent, night=night, text="Unheard of words.", entry_id=new_id())
        return shares.share(connection.parent, connection, entry, NOW - (NIGHT - night))

    def give(self, connection: Connection | None = None, name: str = "First weeks", **fields: Any) -> Assignment:
        return make_assignment(connection or self.connection, make_set(self.counselor, name=name), **fields)

    def answer_all(self, assignment: Assignment, night: dt.date = NIGHT, *, done: bool = True) -> None:
        for step in AssignedStep.objects.filter(assignment=assignment):
            received.mark_answered(step.pk, night)
            if done:
                received.mark_done(step.pk, NOW)

    def add_client(self, name: str, *, sees_answered: bool = True) -> Connection:
        connection = make_connection(
            self.counselor, make_user(email=f"{new_id()}@example.org"), parent_name=name, sees_answered=sees_answered
        )
        Connection.objects.filter(pk=connection.pk).update(began_at=NOW - 30 * DAY)
        return connection

    def client_url(self, connection: Connection | None = None) -> str:
        return f"/accounts/clients/{(connection or self.connection).pk}/"


class WhoMayLookTests(TodayCase):
    def test_it_is_for_counselors(self) -> None:
        self.client.force_login(self.parent)
        self.assertRedirects(self.client.get(self.url), "/accounts/workspace/", fetch_redirect_response=False)
        self.client.logout()
        assert "/accounts/login/" in self.client.get(self.url)["Location"]

    def test_one_counselor_meets_nothing_of_anothers(self) -> None:
        self.share()
        self.give()
        self.client.force_login(make_counselor(email="other-counselor@example.org", name="Bo Lind"))
        main = self.read().main
        assert main is not None
        assert "Mara" not in main.get_text()
        assert "to read" not in main.get_text()

    def test_counselors_land_here(self) -> None:
        for landing in (self.client.get("/"), self.client.post("/accounts/role/", {"role": "counselor"})):
            self.assertRedirects(landing, self.url, fetch_redirect_response=False)


class SectionsTests(TodayCase):
    def test_with_nothing_to_do_it_says_so(self) -> None:
        assert self.sections() == {}
        assert "Nothing to read" in element(self.read(), ".empty").get_text()

    def test_to_read_is_what_waits_since_when_the_oldest_first(self) -> None:
        bente = self.add_client("Bente")
        labels.save(self.counselor, bente.pk, "of Tuesdays", NOW)
        share = self.share()
        readings.open_share(self.counselor, share.pk, NOW)
        replies.reply(self.parent, share, new_id(), "One more word.", NOW)
        self.share(bente, NIGHT - DAY)
        self.share(bente, NIGHT - 2 * DAY)

        assert self.sections() == {
            "To read": {
                "Bente (of Tuesdays) 2 answers to read · since Sunday, 8 March": f"{self.client_url(bente)}session/",
                "Mara 1 reply to read · since Tuesday, 10 March": f"{self.client_url()}session/",
            }
        }
        assert "Unheard of words." not in str(self.read())

        shares.take_back_all([self.connection.pk, bente.pk])
        assert self.sections() == {}

    def test_sessions_of_the_next_seven_days(self) -> None:
        for day, is_shown in ((NIGHT - DAY, False), (NIGHT, True), (NIGHT + 7 * DAY, True), (NIGHT + 8 * DAY, False)):
            Connection.objects.update(next_session_on=day)
            assert bool(self.sections()) is is_shown, day
        Connection.objects.update(next_session_on=NIGHT + DAY)
        assert self.sections() == {"Sessions in the next seven days": {"Mara Wednesday, 11 March": f"{self.client_url()}session/"}}

    def test_who_accepted_until_they_are_given_something_or_for_a_fortnight(self) -> None:
        Connection.objects.update(began_at=NOW - 13 * DAY)
        assert self.sections() == {
            "Accepted your invitation": {
                "Mara on Wednesday, 25 February Assign a set": f"/prompts/assignments/new/?client={self.connection.pk}"
            }
        }
        self.give(starts_on=NIGHT)
        assert self.sections() == {}
        Assignment.objects.all().delete()
        Connection.objects.update(began_at=NOW - 15 * DAY)
        assert self.sections() == {}

    def test_a_finished_set_until_another_is_given_or_for_a_fortnight(self) -> None:
        given = self.give(starts_on=NIGHT)
        self.answer_all(given, done=False)
        assert self.sections() == {}  # a draft
        self.answer_all(given)
        AssignedStep.objects.update(done_at=NOW)
        line = {"Mara First weeks: all answered Assign a set": f"/prompts/assignments/new/?client={self.connection.pk}"}
        assert self.sections() == {"Finished or running out": line}
        Assignment.objects.update(finished_at=NOW - 15 * DAY)
        assert self.sections() == {}
        Assignment.objects.update(finished_at=NOW - DAY)
        self.give(name="The next", starts_on=NIGHT)
        assert self.sections() == {}

    def test_a_set_whose_end_is_near_with_progress_only_where_the_client_allows_it(self) -> None:
        given = self.give(starts_on=NIGHT)
        for ends_on, is_shown in ((NIGHT - DAY, False), (NIGHT, True), (NIGHT + 3 * DAY, True), (NIGHT + 4 * DAY, False)):
            Assignment.objects.update(ends_on=ends_on)
            assert bool(self.sections()) is is_shown, ends_on
        Assignment.objects.update(ends_on=NIGHT + DAY)
        received.mark_done(given.steps.get(position=0).pk, NOW)
        link = f"/prompts/assignments/{given.pk}/"
        shown = {"Mara First weeks: ends on Wednesday, 11 March · 1 of 2 done": link}
        assert self.sections() == {"Finished or running out": shown}

        connections.change_terms(self.parent, self.connection.pk, parent_name="Mara", sees_answered=False)
        hidden = {"Finished or running out": {"Mara First weeks: ends on Wednesday, 11 March": link}}
        assert self.sections() == hidden
        self.answer_all(given)
        AssignedStep.objects.update(done_at=NOW)
        assert self.sections() == hidden  # that all is answered is not known
        Assignment.objects.update(paused=True)
        assert self.sections() == {}

    def test_gone_quiet_is_who_was_asked_and_has_not_answered_for_seven_nights(self) -> None:
        given = self.give(starts_on=NIGHT - 7 * DAY)
        assert self.sections() == {"Gone quiet": {"Mara no answer yet": self.client_url()}}
        step = given.steps.get(position=0)
        AssignedStep.objects.filter(pk=step.pk).update(answered_on=NIGHT - 7 * DAY, done_at=NOW)
        assert self.sections() == {"Gone quiet": {"Mara last on Tuesday, 3 March": self.client_url()}}
        AssignedStep.objects.filter(pk=step.pk).update(answered_on=NIGHT - 6 * DAY)
        assert self.sections() == {}

    def test_nobody_is_quiet_who_is_asked_nothing_or_was_asked_lately(self) -> None:
        given = self.give(starts_on=NIGHT - 6 * DAY)
        assert self.sections() == {}
        for quiet in ({"paused": True}, {"ended_at": NOW}, {"ends_on": NIGHT - DAY}, {"starts_on": None}):
            Assignment.objects.filter(pk=given.pk).update(starts_on=NIGHT - 20 * DAY, paused=False, ended_at=None, ends_on=None)
            assert "Gone quiet" in self.sections()
            Assignment.objects.filter(pk=given.pk).update(**quiet)
            assert self.sections() == {}, quiet

    def test_whether_somebody_is_quiet_is_not_asked_where_they_do_not_show_it(self) -> None:
        connections.change_terms(self.parent, self.connection.pk, parent_name="Mara", sees_answered=False)
        given = self.give(starts_on=NIGHT - 20 * DAY)
        assert self.sections() == {}
        before = element(self.read(), "main").get_text()
        received.mark_answered(given.steps.get(position=0).pk, NIGHT - 9 * DAY)
        received.mark_done(given.steps.get(position=0).pk, NOW)
        assert element(self.read(), "main").get_text() == before
        assert not [sql for sql in self.queries if "MAX(" in sql]

    def test_what_a_client_ended_is_announced_until_that_was_read(self) -> None:
        self.share()
        connections.end(self.parent, self.connection.pk, NOW)
        page = self.read()
        assert "Mara ended your connection." in " ".join(element(page, ".notice.ended").get_text().split())
        assert "To read" not in self.sections()
        seen = element(page, ".notice.ended form")["action"]
        self.assertRedirects(self.client.post(str(seen)), self.url, fetch_redirect_response=False)
        assert not self.read().select(".notice.ended")

    def test_an_end_of_ones_own_is_not_announced(self) -> None:
        connections.end(self.counselor, self.connection.pk, NOW)
        assert not self.read().select(".notice.ended")

    def test_a_second_step_is_offered_until_it_is_settled(self) -> None:
        assert self.read().select(".notice.offer")
        self.client.post("/accounts/second-step/")
        assert not self.read().select(".notice.offer")

    def test_the_title_names_nobody(self) -> None:
        self.share()
        assert element(self.read(), "title").get_text().strip().startswith("Today")

    def test_queries_do_not_grow(self) -> None:
        def fill(connection: Connection, name: str) -> None:
            self.give(connection, name, starts_on=NIGHT - 20 * DAY)
            self.give(connection, name, starts_on=NIGHT - 20 * DAY, ends_on=NIGHT + DAY)
            self.share(connection)
            labels.save(self.counselor, connection.pk, "of Tuesdays", NOW)

        fill(self.connection, "First")
        self.read()
        before = len(self.queries)
        for number in range(7):
            fill(self.add_client(f"Client {number}", sees_answered=number % 2 == 0), f"Set {number}")
        self.read()
        assert len(self.queries) == before <= MOST_QUERIES


class FirstStepsTests(TodayCase):
    def setUp(self) -> None:
        super().setUp()
        self.counselor = make_counselor(email="new@example.org", name="Bo Lind")
        self.client.force_login(self.counselor)

    def steps(self) -> dict[str, bool]:
        lines = self.read().select(".first-steps li")
        return {element(line, "a, button").get_text(): bool(line.select(".badge")) for line in lines}

    def test_lead_a_new_counselor_until_there_is_a_client(self) -> None:
        none = {"Say who you are": True, "Invite someone": False, "Try it on a practice client": False, "Make or choose a set": False}
        assert self.steps() == none
        assert len(self.queries) <= MOST_QUERIES
        make_invitation(self.counselor, now=NOW)
        make_set(self.counselor)
        examples.make(self.counselor, NOW)
        assert self.steps() == dict.fromkeys(none, True)
        assert "To read" in self.sections()

        make_connection(self.counselor, self.parent)
        assert self.steps() == {}

    def test_a_ready_made_set_is_a_set_that_was_chosen(self) -> None:
        examples.make(self.counselor, NOW)
        assert not self.steps()["Make or choose a set"]
        make_set(self.counselor)
        PromptSet.objects.by(self.counselor).own().update(source="library:two-homes:en")
        assert self.steps()["Make or choose a set"]

    def test_the_practice_client_is_made_at_a_press(self) -> None:
        form = element(self.read(), ".first-steps form")
        response = self.client.post(str(form["action"]))
        connection = examples.of(self.counselor)
        assert connection is not None
        self.assertRedirects(response, self.client_url(connection), fetch_redirect_response=False)

    def test_begin_again_when_the_workspace_was_closed_and_opened(self) -> None:
        examples.make(self.counselor, NOW)
        close_workspace(self.counselor, NOW)
        open_workspace(self.counselor, name="Bo Lind", practice="", line="", now=NOW)
        assert not self.steps()["Try it on a practice client"]


class NavigationTests(TodayCase):
    def name(self, url: str) -> str:
        link = element(parsed(self.client.get(url)), "nav a[href='/today/']")
        return str(link.get("aria-label") or link.get_text())

    def test_says_how_much_is_to_be_read_on_every_page_of_a_counselor(self) -> None:
        assert self.name("/prompts/sets/") == "Today"
        self.share(night=NIGHT - DAY)
        share = self.share()
        readings.open_share(self.counselor, share.pk, NOW)
        replies.reply(self.parent, share, new_id(), "One more word.", NOW)
        for url in (self.url, "/prompts/sets/", "/accounts/clients/", "/accounts/clients/?show=ended", "/accounts/settings/"):
            assert self.name(url) == "Today, 2 to read", url
        connections.end(self.parent, self.connection.pk, NOW)
        assert self.name("/prompts/sets/") == "Today"

    def test_costs_one_query_where_the_page_does_not_know(self) -> None:
        for url, expected in ((self.url, 1), ("/accounts/clients/", 1), ("/prompts/sets/", 1), ("/accounts/settings/", 1)):
            self.client.get(url)
            with CaptureQueriesContext(database) as queries:
                self.client.get(url)
            counted = [query["sql"] for query in queries if 'FROM "journal_share"' in query["sql"] or "journal_share " in query["sql"]]
            assert len(counted) == expected, url

    def test_a_parents_pages_count_nothing(self) -> None:
        self.client.force_login(self.parent)
        with CaptureQueriesContext(database) as queries:
            self.client.get("/accounts/settings/")
        assert not [query for query in queries if "journal_share" in query["sql"]]
