"""`/accounts/clients/` and `<id>/`: the list of a counselor's clients, and one client with the counselor's private notes."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import time_machine
from bs4 import BeautifulSoup, Tag
from django.db import connection as database
from django.http import HttpResponseBase
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts import connections
from accounts.keys import keyring
from accounts.models import Connection, User
from common.ids import new_id
from counselor import groups, labels
from counselor.clients import addresses
from counselor.models import ClientLabel
from journal.models import Reply, Share, ShareContent
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
            response = self.client.post(url, query) if query.get("q") else self.client.get(url, query)
        assert response.status_code == HTTPStatus.OK
        self.queries, self.size = [query["sql"] for query in queries], len(response.content)
        assert not [sql for sql in self.queries if "journal_entry" in sql]
        written = [sql for sql in self.queries if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE")) and "django_session" not in sql]
        assert not written  # but for the session, from which a message goes once it was shown
        return parsed(response)

    def names(self, **query: Any) -> list[str]:
        return [words(name) for name in self.read(**query).select(".clients .who, main .ways-on li span:first-child")]

    def row(self, name: str = "Mara") -> str:
        [row] = [row for row in self.read().select(".clients li") if words(element(row, ".who")) == name]
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

    def test_what_is_looked_for_is_in_no_address(self) -> None:
        form = element(self.read(), "form[data-narrow]")
        assert (form["method"], form["action"]) == ("post", self.url)
        assert not self.client.get(self.url, {"q": "nobody"}).context["filters"].name
        posted = self.client.post(self.url, {"q": "", "show": "all", "sort": "name"})
        self.assertRedirects(posted, f"{self.url}?show=all&sort=name", fetch_redirect_response=False)


class ListTests(ClientsCase):
    def test_without_clients_it_says_how_it_begins(self) -> None:
        self.client.force_login(self.other)
        page = self.read()
        assert "No clients yet" in words(page.main)
        assert page.select("main a[href='/today/']")

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

    def test_tells_when_they_last_answered_where_they_allow_it(self) -> None:
        given = self.give()
        assert "no answer yet" in self.row()
        self.answer(given, NIGHT - DAY)
        assert "last on Monday, 9 March" in self.row()

    def test_a_draft_is_not_seen_until_its_night_is_over_everywhere(self) -> None:
        given = self.give()
        self.answer(given, NIGHT - DAY, done=False)
        assert "last on" not in self.row()
        self.answer(given, NIGHT - 2 * DAY, done=False)
        assert "last on Sunday, 8 March" in self.row()

    def test_tells_nothing_of_answers_where_they_do_not_allow_it(self) -> None:
        connections.change_terms(self.parent, self.connection.pk, parent_name="Mara", sees_answered=False)
        given = self.give()
        before = self.row()
        self.answer(given, NIGHT - 3 * DAY)
        self.answer(given)
        assert Assignment.objects.get().finished_at is not None
        assert self.row() == before
        assert "answers not shown" in before
        assert not [sql for sql in self.queries if "done_at" in sql]  # there is nobody to count for
        assert self.names(sort="answered") == ["Mara"]
        assert not [sql for sql in self.queries if "done_at" in sql]

    def test_asks_only_of_those_who_allow_it(self) -> None:
        hidden = self.add_client("Hidden", sees_answered=False)
        self.answer(self.give())
        self.answer(self.give(hidden))
        assert "last on" in self.row()
        assert "last on" not in self.row("Hidden")
        [counted] = [sql for sql in self.queries if "MAX(" in sql]
        assert '."sees_answered"' in counted
        assert hidden.pk.hex not in counted
        assert str(hidden.pk) not in counted

    def test_is_sorted_by_what_waits_by_the_last_answer_or_by_name(self) -> None:
        bente, zoe = self.add_client("Bente"), self.add_client("Zoe")
        self.add_client("Arne", sees_answered=False)
        self.answer(self.give(bente), NIGHT - 2 * DAY)
        self.answer(self.give(zoe), NIGHT - DAY)
        self.share()
        assert self.names() == ["Mara", "Arne", "Bente", "Zoe"]
        assert self.names(sort="answered") == ["Zoe", "Bente", "Arne", "Mara"]
        assert self.names(sort="name") == ["Arne", "Bente", "Mara", "Zoe"]
        assert self.names(sort="x") == ["Mara", "Arne", "Bente", "Zoe"]

    def test_shows_labels_finds_by_them_and_sorts_by_the_whole(self) -> None:
        self.add_client("Bente")
        labels.save(self.counselor, self.connection.pk, "of Tuesdays", NOW)
        assert self.names() == ["Bente", "Mara (of Tuesdays)"]
        assert self.names(q="tuesd") == ["Mara (of Tuesdays)"]

    def test_shows_the_next_session_until_it_has_passed(self) -> None:
        for day, shown in ((NIGHT, True), (NIGHT - DAY, False)):
            Connection.objects.update(next_session_on=day)
            assert ("session 10 March" in self.row()) is shown

    def test_a_row_leads_to_assigning_and_to_the_session(self) -> None:
        [row] = self.read().select(".clients li")
        links = {str(link.get("aria-label") or words(link)): str(link["href"]) for link in row.select("a")}
        assert links == {
            "Mara": self.address(),
            "Assign: Mara": f"/prompts/assignments/new/?client={self.connection.pk}",
            "Session: Mara": addresses.session(self.connection.pk),
        }

    def test_filters_are_folded_until_one_is_used(self) -> None:
        assert not self.read().select("details[open]")
        assert not self.read(q="mar").select("details[open]")
        assert self.read(sort="name").select("details[open]")
        assert self.read(show="waiting").select("details[open]")

    def test_search_minds_neither_case_nor_accents(self) -> None:
        for name in ("Émile", "Bente"):
            self.add_client(name)
        assert self.names(q="emi") == ["Émile"]
        assert self.names(q="ÉM") == ["Émile"]
        assert self.names(q="nobody") == []
        assert "No client matches this." in words(self.read(q="%").main)

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
        for query in ({"show": "x"}, {"page": "x"}, {"page": "²"}, {"page": "99999"}, {"page": "-1"}):
            assert self.names(**query) == ["Mara"]
            assert not self.read(**query).select(".failures")

    def test_pages_hold_eighty(self) -> None:
        Connection.objects.all().delete()
        parents = User.objects.bulk_create([User(email=f"p{n}@example.org") for n in range(83)])
        Connection.objects.bulk_create(
            [Connection(counselor=self.counselor, parent=parent, parent_name=f"P {n:03}", began_at=NOW) for n, parent in enumerate(parents)]
        )
        page = self.read(show="all", sort="name")
        later = str(element(page, "main [rel=next]")["href"])
        first = [words(name) for name in page.select(".who")]
        second = self.read(self.url + later)
        rest = [words(name) for name in second.select(".who")]
        assert first + rest == [f"P {n:03}" for n in range(83)]
        assert len(first) == 80
        assert second.select("main [rel=prev]")
        assert "sort=name" in later
        found = self.read(q="p")
        assert len(found.select(".who")) == 80
        assert not found.select("main [rel=next]")
        assert "there are more: add a word to narrow them down" in words(found.main)

    def test_the_title_names_nobody(self) -> None:
        for url in (self.url, self.address()):
            assert "Mara" not in words(self.read(url).title)

    def test_queries_do_not_grow(self) -> None:
        self.give()
        self.share()
        groups.change(groups.create(self.counselor, new_id(), "Monday"), "Monday", [self.connection.pk])
        self.read()
        before = len(self.queries)
        for number in range(19):
            connection = self.add_client(f"Client {number}", sees_answered=number % 2 == 0)
            labels.save(self.counselor, connection.pk, f"Label {number}", NOW)
            self.share(connection)
        groups.create(self.counselor, new_id(), "Tuesday")
        page = self.read()
        assert len(page.select(".clients li")) == 20
        assert len(self.queries) == before <= MOST_QUERIES

    def test_two_hundred_clients_cost_no_more(self) -> None:
        parents = User.objects.bulk_create([User(email=f"p{n}@example.org") for n in range(200)])
        Connection.objects.bulk_create(
            [
                Connection(counselor=self.counselor, parent=parent, parent_name=f"Client {n:03}", sees_answered=True, began_at=NOW)
                for n, parent in enumerate(parents)
            ]
        )
        entry = make_entry(self.parent, night=NIGHT, text="Unheard of words.", entry_id=new_id())
        content = ShareContent(question="", text="", html="", renderer=1)
        made = {"entry": entry, "entry_version": 1, "night": NIGHT, "shared_at": NOW, "parent": self.parent}
        with keyring.cached():
            own = list(Connection.objects.filter(parent__in=parents))
            for connection in own:
                keyring.make_connection_key(connection.pk)
            Share.objects.bulk_create([Share(connection=connection, content=content, **made) for connection in own[::2]])
            for connection in own:
                labels.save(self.counselor, connection.pk, f"Of Tuesdays at {connection.pk.hex[:4]}", NOW)
        for query in ({}, {"sort": "answered"}, {"page": "2"}, {"q": "client"}):
            page = self.read(**query)
            assert len(page.select(".clients li")) == 80
            assert len(self.queries) <= MOST_QUERIES
            assert self.size <= 60_000


class EndedTests(ClientsCase):
    def test_are_listed_apart(self) -> None:
        self.give(name="What I gave")
        self.share()
        connections.end(self.parent, self.connection.pk, NOW)
        assert not self.read().select(".clients")

        ended = self.read(show="ended")
        assert "Mara" in words(element(ended, ".ways-on"))
        assert "ended by them, Tuesday, 10 March" in words(element(ended, ".ways-on"))
        assert "What I gave" not in words(ended.main)
        assert not ended.select(".badge")

        assert self.names(show="ended", q="mar") == ["Mara"]

    def test_says_who_ended_it(self) -> None:
        connections.end(self.counselor, self.connection.pk, NOW)
        assert "ended by you" in words(self.read(show="ended").main)

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
        assert "First weeks 0 of 2 questions" in words(page.main)
        for url in (
            f"/prompts/assignments/{given.pk}/",
            f"/journal/shared/{share.pk}/",
            f"/prompts/assignments/new/?client={self.connection.pk}&next={self.address()}",
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
        assert "1 of 2 questions · last on Tuesday, 10 March" in words(self.read(self.address()).main)

        connections.change_terms(self.parent, self.connection.pk, parent_name="Mara", sees_answered=False)
        before = words(self.read(self.address()).main)
        self.answer(given)
        page = self.read(self.address())
        assert "of 2" not in words(page.main)
        assert "last on" not in words(page.main)
        assert "but not whether they’ve answered." in words(page.main)
        assert words(page.main) == before
        assert not [sql for sql in self.queries if "done_at" in sql or "finished_at" in sql]

    def test_says_what_was_paused_and_what_has_ended(self) -> None:
        self.give(name="Resting", paused=True)
        self.give(name="Over", ended_at=NOW)
        main = words(self.read(self.address()).main)
        assert "Resting paused" in main
        assert "Over ended on Tuesday, 10 March" in main

    def test_a_set_that_starts_later_says_when(self) -> None:
        self.give(name="Later", starts_on=NIGHT + 2 * DAY)
        self.give(name="Tonight", starts_on=NIGHT)
        main = words(self.read(self.address()).main)
        assert "Later starts on Thursday, 12 March" in main
        assert "Tonight starts" not in main

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


class LabelTests(ClientsCase):
    def save(self, text: str, base: object = None) -> HttpResponseBase:
        return self.client.post(f"{self.address()}label/", {"text": text, "base": self.version() if base is None else base})

    def send(self, text: str, base: object = None) -> dict[str, object]:
        """What the server answers to a page that saves as one writes."""
        fields = {"text": text, "base": self.version() if base is None else base}
        return dict(self.client.post(f"{self.address()}label/", fields, headers={"accept": "application/json"}).json())

    def version(self) -> int:
        return labels.stored(Connection.objects.get(pk=self.connection.pk)).version

    def test_stands_beside_the_name_to_its_counselor_alone(self) -> None:
        for _ in range(2):
            assert self.save("  of Tuesdays  ").status_code == HTTPStatus.FOUND
        page = self.read(self.address())
        assert words(page.h1) == "Mara (of Tuesdays)"
        assert element(page, "[name=text][id=label_text]")["value"] == "of Tuesdays"
        with database.cursor() as cursor:
            cursor.execute("SELECT content FROM counselor_clientlabel")
            assert b"Tuesdays" not in bytes(cursor.fetchone()[0])
        self.client.force_login(self.parent)
        assert "Tuesdays" not in self.client.get("/accounts/care/").content.decode()

    def test_emptied_it_is_gone(self) -> None:
        self.save("of Tuesdays")
        assert self.save("").status_code == HTTPStatus.FOUND
        assert not ClientLabel.objects.exists()

    def test_is_saved_as_it_is_written(self) -> None:
        answer = self.send("of Tues", "")
        assert (answer["state"], answer["version"]) == ("saved", self.version())
        assert self.send("of Tuesdays")["state"] == "saved"
        assert self.send("x" * 100)["state"] == "refused"
        assert labels.of(Connection.objects.get(pk=self.connection.pk)) == "of Tuesdays"

    def test_two_pages_overwrite_nothing_unknowingly(self) -> None:
        self.save("of Tuesdays")
        old = self.version()
        self.save("of Fridays")

        assert self.send("of Mondays", old)["stored"] == "of Fridays"
        for base in (old, "damaged", ""):
            response = self.save("of Mondays", base)
            assert response.status_code == HTTPStatus.CONFLICT
        page = parsed(response)
        assert element(page, "[id=label_text]")["value"] == "of Mondays"
        self.save("of Mondays", element(page, "[id=label_base]")["value"])
        assert labels.of(Connection.objects.get(pk=self.connection.pk)) == "of Mondays"

    def test_too_long_it_comes_back_whole(self) -> None:
        response = self.save("x" * 100)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert element(parsed(response), "[id=label_text]")["value"] == "x" * 100
        assert not ClientLabel.objects.exists()

    def test_stays_after_the_end_and_is_of_ones_own_clients(self) -> None:
        connections.end(self.parent, self.connection.pk, NOW)
        assert self.save("of Tuesdays").status_code == HTTPStatus.FOUND
        for visitor in (self.other, self.parent):
            self.client.force_login(visitor)
            assert self.save("Mine now").status_code == HTTPStatus.NOT_FOUND
        assert labels.of(Connection.objects.get(pk=self.connection.pk)) == "of Tuesdays"


class DetailsTests(ClientsCase):
    def save(self, **fields: str) -> int:
        return self.client.post(f"{self.address()}details/", fields).status_code

    def test_the_next_session_is_set_moved_and_cleared(self) -> None:
        given = self.give()
        Assignment.objects.update(ends_with_session=True)
        for day in (NIGHT, NIGHT + 7 * DAY, None):
            assert self.save(next_session_on=day.isoformat() if day else "") == HTTPStatus.FOUND
            self.connection.refresh_from_db()
            given.refresh_from_db()
            assert (self.connection.next_session_on, given.ends_on, given.changed_at) == (day, day, NOW)

    def test_saving_it_as_it_was_is_no_news_to_the_client(self) -> None:
        self.give()
        self.save(next_session_on=NIGHT.isoformat())
        Assignment.objects.update(ends_with_session=True)
        self.save(next_session_on=NIGHT.isoformat())
        assert Assignment.objects.get().changed_at is None

    def test_a_day_that_cannot_be_is_refused_and_what_was_typed_stays(self) -> None:
        for day in (NIGHT - DAY, NIGHT + 2000 * DAY, "x"):
            response = self.client.post(f"{self.address()}details/", {"next_session_on": str(day)})
            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            assert element(parsed(response), "[name=next_session_on]")["value"] == str(day)
        self.connection.refresh_from_db()
        assert self.connection.next_session_on is None

    def test_after_the_end_there_is_no_session(self) -> None:
        connections.end(self.parent, self.connection.pk, NOW)
        assert not self.read(self.address()).select("[name=next_session_on]")
        self.save(next_session_on=NIGHT.isoformat())
        self.connection.refresh_from_db()
        assert self.connection.next_session_on is None

    def test_is_of_ones_own_clients(self) -> None:
        for visitor in (self.other, self.parent):
            self.client.force_login(visitor)
            assert self.save(next_session_on=NIGHT.isoformat()) == HTTPStatus.NOT_FOUND


class SetsOfOthersTests(ClientsCase):
    def test_one_counselors_list_has_nothing_of_anothers(self) -> None:
        theirs = make_connection(self.other, self.parent, parent_name="Mara L")
        make_assignment(theirs, make_set(self.other, name="Theirs"))
        self.share(theirs)
        main = words(self.read().main)
        assert "Theirs" not in main
        assert "Mara L" not in main
        assert "answer to read" not in main
