"""`/accounts/clients/<id>/session/` and `open/`: what a client shared in a span, opened with one press, and the notes beside it."""

import datetime as dt

import pytest
import time_machine
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import connections, notifications
from accounts.models import Connection, User
from common import dates
from common.ids import new_id
from journal.models import Entry, Reading, Share
from journal.sharing import drafts, replies, shares
from tests.factories import make_assignment, make_connection, make_entry, make_note, make_set
from tests.helpers import DAY, EVENING, element, form_fields, main_text, parsed, signed_in
from tests.sharing import FOUND, NOT_FOUND, OK, SECRET, Sharing, reply_fields, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]
TODAY = EVENING.date()
MOST_QUERIES = 16  # those for the session and the person among them


@pytest.fixture
def client(sharing: Sharing) -> Client:
    return signed_in(sharing.counselor)


def page_of(connection: Connection) -> str:
    return f"/accounts/clients/{connection.pk}/session/"


def nights(client: Client, address: str) -> list[str]:
    """The nights of the answers on the page."""
    response = client.get(address)
    assert response.status_code == OK
    return [" ".join(str(row.contents[0]).split()) for row in parsed(response).select(".answer > .eyebrow")]


class OpeningTests:
    def test_it_is_closed_until_one_press_opens_all(self, client: Client, sharing: Sharing) -> None:
        address = page_of(sharing.connection)
        for number in range(3):
            sharing.share(night=TODAY - number * DAY, kind=Entry.Kind.FREE, text=f"Night {number}.")
        notifications.queue(sharing.counselor.pk, EVENING)

        for _ in range(2):
            closed = main_text(client.get(address))
            assert "Open all (3)" in closed
            assert "Night" not in closed
        assert not Reading.objects.exists()
        for _ in range(2):
            response = client.post(f"{address}open/")
            assert (response.status_code, response.headers["Location"]) == (FOUND, address)

        opened = main_text(client.get(address))
        assert [opened.index(f"Night {number}.") for number in (2, 1, 0)] == sorted(
            opened.index(f"Night {number}.") for number in (2, 1, 0)
        )
        assert "Open all" not in opened
        assert opened.count(" new") == 3
        assert Reading.objects.count() == 3
        assert User.objects.get(pk=sharing.counselor.pk).unread_since is None
        assert "read it on Sunday, 1 March at 21:04" in main_text(signed_in(sharing.parent).get(url(Share.objects.all()[0])))

    def test_the_next_day_it_is_closed_again_and_nothing_is_new(
        self, client: Client, sharing: Sharing, evening: time_machine.Traveller
    ) -> None:
        sharing.share()
        client.post(f"{page_of(sharing.connection)}open/")
        evening.shift(DAY)
        page = main_text(signed_in(sharing.counselor).get(page_of(sharing.connection)))
        assert "read on 1 March" in page
        assert "Open all (1)" in page
        assert SECRET not in page

    def test_a_reply_is_opened_with_them_and_answered_in_its_place(self, client: Client, sharing: Sharing) -> None:
        share, address = sharing.share(), page_of(sharing.connection)
        client.post(f"{address}open/")
        replies.reply(sharing.parent, share, new_id(), "And then it rained.", EVENING)
        drafts.save(sharing.counselor, share, "Begun", 0, EVENING)
        before = main_text(client.get(address))
        assert "Open all (1)" in before
        assert "rained" not in before
        client.post(f"{address}open/")
        page = parsed(client.get(address))
        assert "rained" in page.get_text()
        form = form_fields(page, ".reply-box")
        assert form["text"] == ["Begun"]

        response = client.post(url(share, "reply/"), {**form, "text": "Thank you."})

        assert response.headers["Location"] == f"{address}#share-{share.pk}"
        assert "You · Sunday, 1 March at 21:04 Thank you." in main_text(client.get(address))

    def test_only_of_ones_own_clients_while_connected(self, client: Client, sharing: Sharing) -> None:
        sharing.share()
        for stranger in (sharing.other_counselor, sharing.parent):
            other = signed_in(stranger)
            assert other.get(page_of(sharing.connection)).status_code in {NOT_FOUND, FOUND}
            assert other.post(f"{page_of(sharing.connection)}open/").status_code == NOT_FOUND
        connections.end(sharing.parent, sharing.connection.pk, EVENING)
        assert client.get(page_of(sharing.connection)).status_code == NOT_FOUND
        assert client.post(f"{page_of(sharing.connection)}open/").status_code == NOT_FOUND
        assert not Reading.objects.exists()


class SpanTests:
    @pytest.fixture(autouse=True)
    def began(self, sharing: Sharing) -> None:
        Connection.objects.update(began_at=EVENING - 60 * DAY)

    def test_since_the_last_session_by_its_date_or_the_last_note(self, client: Client, sharing: Sharing) -> None:
        address = page_of(sharing.connection)
        for days in (20, 9, 2):
            with time_machine.travel(EVENING - days * DAY, tick=False):
                sharing.share(night=TODAY - days * DAY, text=f"{days} days ago.")
                signed_in(sharing.counselor).post(f"{address}open/")
        client = signed_in(sharing.counselor)
        assert len(nights(client, address)) == 3
        assert "Since you started" in main_text(client.get(address))

        make_note(sharing.connection, dated=TODAY - 10 * DAY)
        make_note(sharing.connection, dated=TODAY)  # for today's session itself
        assert nights(client, address) == ["Friday, 20 February", "Friday, 27 February"]
        assert "Since your last session, on 19 February" in main_text(client.get(address))
        earlier = element(parsed(client.get(address)), ".spans [rel=prev]")["href"]
        assert nights(client, str(earlier)) == ["Monday, 9 February"]

        Connection.objects.filter(pk=sharing.connection.pk).update(next_session_on=TODAY - 5 * DAY)
        assert nights(client, address) == ["Friday, 27 February"]
        Connection.objects.filter(pk=sharing.connection.pk).update(next_session_on=TODAY + DAY)
        assert len(nights(client, address)) == 2

    def test_the_next_session_is_named_by_its_day_until_it_is_past(self, client: Client, sharing: Sharing) -> None:
        for day, is_said in ((TODAY - DAY, False), (TODAY, True), (TODAY + 2 * DAY, True)):
            Connection.objects.filter(pk=sharing.connection.pk).update(next_session_on=day)
            said = main_text(client.get(page_of(sharing.connection)))
            assert (f"next session on {dates.evening(day)}" in said) is is_said

    def test_what_is_new_is_there_whenever_it_was_shared_and_stays_for_the_day(self, client: Client, sharing: Sharing) -> None:
        address = page_of(sharing.connection)
        with time_machine.travel(EVENING - 20 * DAY, tick=False):
            sharing.share()
        make_note(sharing.connection, dated=TODAY - DAY)
        assert len(nights(client, address)) == 1
        client.post(f"{address}open/")
        assert SECRET in main_text(client.get(address))

    def test_a_week_a_month_and_those_before(self, client: Client, sharing: Sharing) -> None:
        address = page_of(sharing.connection)
        for days in (40, 9, 2):
            with time_machine.travel(EVENING - days * DAY, tick=False):
                sharing.share(night=TODAY - days * DAY, text=f"{days} days ago.")
        Share.objects.update(read_at=EVENING - DAY)
        assert [len(nights(client, f"{address}?span={span}")) for span in ("week", "month", "session", "x")] == [1, 2, 3, 3]
        week = parsed(client.get(f"{address}?span=week"))
        before = str(element(week, ".spans [rel=prev]")["href"])
        assert nights(client, before) == ["Friday, 20 February"]
        assert nights(client, str(element(parsed(client.get(before)), ".spans [rel=next]")["href"])) == ["Friday, 27 February"]
        for until in ("yesterday", "2030-01-01", "0001-01-01"):
            assert client.get(address, {"span": "week", "until": until}).status_code == OK

    def test_the_answers_to_a_set(self, client: Client, sharing: Sharing) -> None:
        given = make_assignment(sharing.connection, make_set(sharing.counselor, name="First weeks"))
        share = sharing.share()
        Share.objects.filter(pk=share.pk).update(assigned=given.steps.first())
        sharing.share(night=TODAY - DAY)
        address = page_of(sharing.connection)
        link = element(parsed(client.get(address)), f".spans a[href$='set={given.pk}']")
        assert link.get_text() == "First weeks"
        assert len(nights(client, str(link["href"]))) == 1
        theirs = make_assignment(sharing.other_connection, make_set(sharing.other_counselor))
        for wrong in (theirs.pk, new_id()):
            assert client.get(address, {"set": str(wrong)}).status_code == NOT_FOUND
            assert client.post(f"{address}open/?set={wrong}").status_code == NOT_FOUND

    def test_a_long_span_has_pages_each_opened_for_itself(self, client: Client, sharing: Sharing) -> None:
        for number in range(62):
            sharing.share(night=dt.date(2025, 12, 1) + number * DAY)
        address = page_of(sharing.connection)
        opening = element(parsed(client.get(address, {"page": 2})), ".open-all")
        assert client.post(str(opening["action"])).headers["Location"] == f"{address}?page=2"
        assert Reading.objects.count() == 2
        assert "Open all (60)" in main_text(client.get(address))


class AroundTests:
    def test_the_next_client_with_something_to_read_is_one_press_away(self, client: Client, sharing: Sharing) -> None:
        others = {name: make_connection(sharing.counselor, person, parent_name=name) for name, person in self.people(sharing).items()}
        for connection in others.values():
            shares.share(connection.parent, connection, make_entry(connection.parent, text=SECRET), EVENING)
        around = element(parsed(client.get(page_of(sharing.connection))), ".around")
        assert [" ".join(button.get_text(" ").split()) for button in around.select("button")] == ["Previous: Ada (1)", "Next: Noor (1)"]

        response = client.post(str(around.select("form")[1]["action"]), follow=True)

        assert SECRET in main_text(response)
        assert response.request["PATH_INFO"] == page_of(others["Noor"])
        again = element(parsed(response), ".around")
        assert [" ".join(button.get_text(" ").split()) for button in again.select("button")] == ["Next: Ada (1)"]

    @staticmethod
    def people(sharing: Sharing) -> dict[str, User]:
        return {"Ada": sharing.stranger, "Noor": sharing.other_counselor}

    def test_so_is_the_next_shared_answer(self, client: Client, sharing: Sharing) -> None:
        first, second, third = (sharing.share(night=TODAY - days * DAY) for days in (3, 2, 1))
        client.post(url(second, "open/"))
        around = element(parsed(client.get(url(second))), ".around")
        assert [form["action"] for form in around.select("form")] == [url(first, "open/"), url(third, "open/")]


def test_queries_do_not_grow(client: Client, sharing: Sharing) -> None:
    def cost() -> int:
        with CaptureQueriesContext(database) as queries:
            assert client.get(page_of(sharing.connection)).status_code == OK
        assert not [query for query in queries if '"journal_entry"' in query["sql"]]
        return len(queries)

    def share(night: dt.date) -> None:
        row = sharing.share(night=night, kind=Entry.Kind.FREE)
        replies.reply(sharing.parent, row, new_id(), f"And {new_id()}.", EVENING)
        client.post(f"{page_of(sharing.connection)}open/")
        signed_in(sharing.counselor).post(url(row, "reply/"), reply_fields(sharing.counselor))
        drafts.save(sharing.counselor, row, "Begun", 0, EVENING)
        make_note(sharing.connection)
        make_assignment(sharing.connection, make_set(sharing.counselor, name="First weeks"))

    share(TODAY)
    cost()
    few = cost()
    for number in range(5):
        share(TODAY - number * DAY)
    assert cost() == few <= MOST_QUERIES


def test_a_reply_of_the_client_does_not_put_their_name_on_paper(client: Client, sharing: Sharing) -> None:
    share = sharing.share()
    replies.reply(sharing.parent, share, new_id(), "And then it rained.", EVENING)
    replies.reply(sharing.counselor, share, new_id(), "Thank you.", EVENING)
    client.post(f"{page_of(sharing.connection)}open/")
    said = parsed(client.get(page_of(sharing.connection))).select(".reply h3")
    on_paper = [" ".join(heading.get_text() for heading in row.select("span:not(.no-print)")) for row in said]
    assert ["Mara" in row for row in on_paper] == [False, False]
    assert any("Mara" in row.get_text() for row in said)
