"""`/accounts/clients/` and `<id>/`: the list of a counselor's clients, and one client with the counselor's private notes."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import BeautifulSoup, Tag
from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts import connections
from accounts.models import Connection, User
from common.ids import new_id
from counselor import groups
from journal.models import Reply, Share
from journal.sharing import readings, replies, shares
from prompts import received
from prompts.models import AssignedStep, Assignment
from tests.factories import make_assignment, make_connection, make_counselor, make_entry, make_note, make_set, make_user
from tests.helpers import DAY, element, parsed

NOW = dt.datetime(2026, 3, 10, 21, 4, tzinfo=dt.UTC)
NIGHT = NOW.date()
MOST_QUERIES = 8  # those for the session and the person among them


def words(tag: Tag | None) -> str:
    """The words of an element, which has to be there, on one line."""
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


@time_machine.travel(NOW, tick=False)
class ClientsCase(TestCase):
    url = "/accounts/clients/"
    counselor: User
    other: User
    parent: User
    connection: Connection

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        cls.other = make_counselor(email="other-counselor@example.org", name="Bo Lind")
        cls.parent = make_user()
        cls.connection = make_connection(cls.counselor, cls.parent)

    def setUp(self) -> None:
        self.client.force_login(self.counselor)

    def read(self, url: str = url, **query: Any) -> BeautifulSoup:
        """The page, whose queries are in `self.queries` then: they read no entries and write nothing."""
        with CaptureQueriesContext(database) as queries:
            response = self.client.get(url, query)
        assert response.status_code == HTTPStatus.OK
        self.queries = [query["sql"] for query in queries]
        assert not [sql for sql in self.queries if "journal_entry" in sql]
        written = [sql for sql in self.queries if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE")) and "django_session" not in sql]
        assert not written  # but for the session, from which a message goes once it was shown
        return parsed(response)

    def names(self, **query: Any) -> list[str]:
        return [words(name) for name in self.read(**query).select(".clients .who, main .ways-on li span:first-child")]

    def row(self, name: str = "Mara") -> str:
        [row] = [row for row in self.read().select(".clients tbody tr") if words(element(row, ".who")) == name]
        return words(row)

    def address(self, connection: Connection | None = None) -> str:
        return f"{self.url}{(connection or self.connection).pk}/"

    def add_client(self, name: str, *, sees_answered: bool = True, counselor: User | None = None) -> Connection:
        parent = make_user(email=f"{new_id()}@example.org")
        return make_connection(counselor or self.counselor, parent, parent_name=name, sees_answered=sees_answered)

    def share(self, connection: Connection | None = None, night: dt.date = NIGHT, *, now: dt.datetime = NOW) -> Share:
        connection = connection or self.connection
        entry = make_entry(connection.parent, night=night, text="Unheard of words.", entry_id=new_id())
        return shares.share(connection.parent, connection, entry, now)

    def give(self, connection: Connection | None = None, name: str = "First weeks", **fields: Any) -> Assignment:
        return make_assignment(connection or self.connection, make_set(self.counselor, name=name), **fields)

    def answer(self, assignment: Assignment, night: dt.date = NIGHT, *, done: bool = True) -> None:
        step = AssignedStep.objects.filter(assignment=assignment, answered_on=None).order_by("position")[0]
        with time_machine.travel(NOW + (night - NIGHT), tick=False):
            received.mark_answered(step.pk, night)
        if done:
            received.mark_done(step.pk, NOW)


class WhoMayLookTests(ClientsCase):
    def test_visitors_are_led_to_sign_in(self) -> None:
        self.client.logout()
        for url in (self.url, self.address()):
            response = self.client.get(url)
            assert response.status_code == HTTPStatus.FOUND
            assert "/accounts/login/" in response["Location"]

    def test_parents_are_led_to_the_page_that_opens_a_workspace(self) -> None:
        for visitor in (self.parent, make_user(email="stranger@example.org")):
            self.client.force_login(visitor)
            for url in (self.url, self.address()):
                self.assertRedirects(self.client.get(url), "/accounts/workspace/", fetch_redirect_response=False)

    def test_another_counselor_sees_none_of_the_clients(self) -> None:
        self.client.force_login(self.other)
        assert self.names() == []
        assert self.client.get(self.address()).status_code == HTTPStatus.NOT_FOUND

    def test_the_list_takes_no_posts(self) -> None:
        assert self.client.post(self.url).status_code == HTTPStatus.METHOD_NOT_ALLOWED


class ListTests(ClientsCase):
    def test_without_clients_it_says_how_it_begins(self) -> None:
        self.client.force_login(self.other)
        page = self.read()
        assert "No clients yet" in words(page.main)
        assert page.select("main a[href='/accounts/invitations/']")

    def test_who_waits_comes_first_then_by_name_whatever_its_letters(self) -> None:
        for name in ("zoe", "Åsa", "Bente", "Émile"):
            self.add_client(name)
        self.share(Connection.objects.get(parent_name="zoe"))
        assert self.names() == ["zoe", "Åsa", "Bente", "Émile", "Mara"]

    def test_tells_what_waits(self) -> None:
        first, second = self.share(night=NIGHT - DAY), self.share()
        assert "2 answers to read" in self.row()
        readings.open_share(self.counselor, second.pk, NOW)
        assert "1 answer to read" in self.row()
        readings.open_share(self.counselor, first.pk, NOW)
        assert "to read" not in self.row()
        replies.reply(self.parent, first, new_id(), "One more word.", NOW)
        assert "1 reply to read" in self.row()
        assert self.names(show="waiting") == ["Mara"]
        readings.open_share(self.counselor, first.pk, NOW)
        assert self.names(show="waiting") == []
        assert Reply.objects.count() == 1

    def test_replies_of_ones_own_do_not_wait(self) -> None:
        share = self.share()
        readings.open_share(self.counselor, share.pk, NOW)
        replies.reply(self.counselor, share, new_id(), "Thank you.", NOW)
        assert "to read" not in self.row()

    def test_what_was_taken_back_waits_no_more(self) -> None:
        share = self.share()
        readings.open_share(self.counselor, share.pk, NOW)
        replies.reply(self.parent, share, new_id(), "One more word.", NOW)
        self.share(night=NIGHT - DAY)
        shares.take_back_all([self.connection.pk])
        assert "to read" not in self.row()

    def test_names_what_was_given_and_counts_the_rest(self) -> None:
        assert "Nothing just now" in self.row()
        for number in range(5):
            with time_machine.travel(NOW + number * DAY, tick=False):
                self.give(name=f"Set <{number}>")
        self.give(name="Paused one", paused=True)
        self.give(name="Ended one", ended_at=NOW)
        row = self.row()
        assert [f"Set <{n}>" in row for n in range(5)] == [False, False, True, True, True]
        assert "and 2 more, 1 paused" in row
        assert "Ended one" not in row

    def test_a_set_that_was_removed_keeps_its_name(self) -> None:
        given = self.give()
        assert given.set is not None
        given.set.removed_at = NOW
        given.set.save(update_fields=["removed_at"])
        assert "First weeks" in self.row()

    def test_tells_how_far_they_are_where_they_allow_it(self) -> None:
        given = self.give()
        assert "nothing yet" not in self.row()
        assert "0 of 2 steps" in self.row()
        self.answer(given, NIGHT - DAY)
        assert "1 of 2 steps" in self.row()
        assert "last on Monday, 9 March" in self.row()
        self.answer(given)
        row = self.row()
        assert "2 of 2 steps" in row
        assert "All answered" in row
        assert "First weeks" not in row

    def test_a_draft_is_not_seen_until_its_night_is_over_everywhere(self) -> None:
        given = self.give()
        self.answer(given, NIGHT - DAY, done=False)
        assert "0 of 2 steps" in self.row()
        assert "last on" not in self.row()
        self.answer(given, NIGHT - 2 * DAY, done=False)  # the second, so that the assignment is finished with a draft in it
        row = self.row()
        assert "1 of 2 steps" in row
        assert "First weeks" in row

    def test_tells_nothing_of_answers_where_they_do_not_allow_it(self) -> None:
        connections.change_terms(self.parent, self.connection.pk, parent_name="Mara", sees_answered=False)
        given = self.give()
        before = self.row()
        self.answer(given, NIGHT - 3 * DAY)
        self.answer(given)
        assert Assignment.objects.get().finished_at is not None
        assert self.row() == before
        assert "not shown to you" in before
        assert "First weeks" in before
        counted = [sql for sql in self.queries if "done_at" in sql]
        assert not [sql for sql in counted if "MAX(" in sql]  # there is nobody to count for
        assert all("sees_answered" in sql for sql in counted)

    def test_asks_only_of_those_who_allow_it(self) -> None:
        hidden = self.add_client("Hidden", sees_answered=False)
        self.answer(self.give())
        self.answer(self.give(hidden))
        assert "1 of 2 steps" in self.row()
        assert "step" not in self.row("Hidden")
        [counted] = [sql for sql in self.queries if "MAX(" in sql]
        assert '."sees_answered"' in counted
        assert hidden.pk.hex not in counted
        assert str(hidden.pk) not in counted

    def test_search_minds_neither_case_nor_accents(self) -> None:
        for name in ("Émile", "Bente"):
            self.add_client(name)
        assert self.names(q="emi") == ["Émile"]
        assert self.names(q="ÉM") == ["Émile"]
        assert self.names(q="nobody") == []
        assert "Nobody fits this." in words(self.read(q="%").main)

    def test_filters_by_group(self) -> None:
        self.add_client("Bente")
        group = groups.create(self.counselor, new_id(), "Monday")
        groups.change(group, "Monday", [self.connection.pk])
        assert self.names(group=group.pk) == ["Mara"]
        assert self.names(group=group.pk, q="bente") == []
        theirs = groups.create(self.other, new_id(), "Theirs")
        for unknown in (theirs.pk, "x", new_id()):
            assert self.names(group=unknown) == ["Bente", "Mara"]

    def test_slips_in_the_address_filter_nothing(self) -> None:
        for query in ({"show": "x"}, {"page": "x"}, {"page": "²"}, {"page": "99999"}, {"q": "\0"}, {"page": "-1"}):
            assert self.names(**query) == ["Mara"]
            assert not self.read(**query).select(".failures")

    def test_pages_hold_a_hundred(self) -> None:
        Connection.objects.all().delete()
        parents = User.objects.bulk_create([User(email=f"p{n}@example.org") for n in range(103)])
        Connection.objects.bulk_create(
            [Connection(counselor=self.counselor, parent=parent, parent_name=f"P {n:03}", began_at=NOW) for n, parent in enumerate(parents)]
        )
        page = self.read(q="p", show="all")
        later = str(element(page, "main [rel=next]")["href"])
        first = [words(name) for name in page.select(".who")]
        second = self.read(self.url + later)
        rest = [words(name) for name in second.select(".who")]
        assert first + rest == [f"P {n:03}" for n in range(103)]
        assert len(first) == 100
        assert second.select("main [rel=prev]")
        assert "q=p" in later

    def test_the_title_names_nobody(self) -> None:
        for url in (self.url, self.address()):
            assert "Mara" not in words(self.read(url).title)

    def test_queries_do_not_grow(self) -> None:
        self.give()
        self.share()
        groups.change(groups.create(self.counselor, new_id(), "Monday"), "Monday", [self.connection.pk])
        self.read()
        before = len(self.queries)
        sets = [make_set(self.counselor, name=f"Set {n}") for n in range(6)]
        for number in range(19):
            connection = self.add_client(f"Client {number}", sees_answered=number % 2 == 0)
            for prompt_set in sets:
                make_assignment(connection, prompt_set)
            self.share(connection)
        groups.create(self.counselor, new_id(), "Tuesday")
        page = self.read()
        assert len(page.select(".clients tbody tr")) == 20
        assert len(self.queries) == before <= MOST_QUERIES


class EndedTests(ClientsCase):
    def test_clients_who_ended_the_connection_are_announced_until_that_is_seen_and_listed_apart(self) -> None:
        self.give(name="What I gave")
        self.share()
        connections.end(self.parent, self.connection.pk, NOW)
        page = self.read()
        assert "Mara has ended your connection." in words(element(page, ".notice.ended"))
        assert page.select(f".notice.ended form[method=post][action='/accounts/care/{self.connection.pk}/seen/']")
        assert not page.select(".clients")

        ended = self.read(show="ended")
        assert "Mara" in words(element(ended, ".ways-on"))
        assert "ended by them, Tuesday, 10 March" in words(element(ended, ".ways-on"))
        assert "What I gave" not in words(ended.main)
        assert not ended.select(".badge")

        connections.mark_end_seen(self.counselor, self.connection.pk)
        assert not self.read().select(".notice.ended")
        assert self.names(show="ended", q="mar") == ["Mara"]

    def test_an_end_of_ones_own_is_not_announced(self) -> None:
        connections.end(self.counselor, self.connection.pk, NOW)
        assert not self.read().select(".notice.ended")
        assert "ended by you" in words(self.read(show="ended").main)

    def test_an_end_is_announced_whatever_is_filtered(self) -> None:
        connections.end(self.parent, self.connection.pk, NOW)
        self.add_client("Bente")
        group = groups.create(self.counselor, new_id(), "Monday")
        for query in ({"q": "bente"}, {"show": "waiting"}, {"group": group.pk}, {"show": "ended", "q": "x"}):
            assert self.read(**query).select(".notice.ended")

    def test_their_page_holds_the_note_and_when_it_ended(self) -> None:
        self.give(name="What I gave")
        self.share()
        make_note(self.connection)
        connections.end(self.parent, self.connection.pk, NOW)
        page = self.read(self.address())
        main = words(page.main)
        assert "ended by them, on Tuesday, 10 March" in main
        assert "Likes the rain." in main
        assert "What I gave" not in main
        assert not page.select("main a[href*='/journal/shared/'], main a[href*='/prompts/'], main a[href$='/end/']")


class OneClientTests(ClientsCase):
    def test_shows_who_they_are_and_leads_on(self) -> None:
        given, share = self.give(), self.share()
        page = self.read(self.address())
        assert words(page.h1) == "Mara"
        assert "Your client since Tuesday, 10 March." in words(page.main)
        assert "First weeks 0 of 2 steps" in words(page.main)
        for url in (
            f"/prompts/assignments/{given.pk}/",
            f"/journal/shared/{share.pk}/",
            f"/prompts/assignments/new/?client={self.connection.pk}",
            f"/accounts/care/{self.connection.pk}/end/",
        ):
            assert page.select(f"main a[href='{url}']"), url
        assert "Unheard of words." not in str(page)

    def test_new_shares_come_first_and_no_more_than_ten(self) -> None:
        shares = [self.share(night=NIGHT - n * DAY, now=NOW - n * DAY) for n in range(12)]
        for share in shares[:11]:
            readings.open_share(self.counselor, share.pk, NOW)
        replies.reply(self.parent, shares[5], new_id(), "One more word.", NOW)
        rows = [words(row) for row in self.read(self.address()).select("a[href^='/journal/shared/'] ") if "?" not in str(row["href"])]
        rows = [row for row in rows if "March" in row or "February" in row]
        assert len(rows) == 10
        assert rows[0] == "Thursday, 5 March 1 reply to read"
        assert rows[1] == "Friday, 27 February new"
        assert rows[2] == "Tuesday, 10 March"

    def test_progress_only_where_it_is_allowed(self) -> None:
        given = self.give()
        self.answer(given)
        assert "1 of 2 steps · last on Tuesday, 10 March" in words(self.read(self.address()).main)

        connections.change_terms(self.parent, self.connection.pk, parent_name="Mara", sees_answered=False)
        before = words(self.read(self.address()).main)
        self.answer(given)
        page = self.read(self.address())
        assert "step" not in words(page.main)
        assert "last on" not in words(page.main)
        assert "Whether they answered anything is not shown." in words(page.main)
        assert words(page.main) == before
        assert not [sql for sql in self.queries if "done_at" in sql or "finished_at" in sql]

    def test_says_what_was_paused_and_what_has_ended(self) -> None:
        self.give(name="Resting", paused=True)
        self.give(name="Over", ended_at=NOW)
        main = words(self.read(self.address()).main)
        assert "Resting paused" in main
        assert "Over ended on Tuesday, 10 March" in main

    def test_queries_do_not_grow(self) -> None:
        self.give()
        self.share()
        make_note(self.connection)
        self.client.get(self.address())
        self.read(self.address())
        before = len(self.queries)
        for number in range(8):
            make_note(self.connection)
            self.give(name=f"Set {number}")
            self.share(night=NIGHT - (number + 1) * DAY)
        self.read(self.address())
        assert len(self.queries) == before


class SetsOfOthersTests(ClientsCase):
    def test_one_counselors_list_has_nothing_of_anothers(self) -> None:
        theirs = make_connection(self.other, self.parent, parent_name="Mara L")
        make_assignment(theirs, make_set(self.other, name="Theirs"))
        self.share(theirs)
        main = words(self.read().main)
        assert "Theirs" not in main
        assert "Mara L" not in main
        assert "answer to read" not in main
