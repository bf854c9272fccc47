"""/journal/shared/ and sharing: what each side sees, and that nobody sees more."""

import datetime as dt
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections, notifications, people
from accounts.models import Connection, Role, User
from common.ids import new_id
from counselor import workspace
from journal.entries import saving, trash
from journal.entries.submission import submit
from journal.models import Entry, Reading, Reply, Share
from journal.sharing import readings, replies, shares
from prompts.models import AssignedStep, Assignment
from tests.factories import make_assignment, make_connection, make_counselor, make_draft, make_entry, make_set, make_user, page_fields

EVENING = dt.datetime(2026, 3, 1, 21, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
NOT_FOUND, FOUND, OK, REFUSED = HTTPStatus.NOT_FOUND, HTTPStatus.FOUND, HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY
SECRET = "The lamp fell on the stairs."

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


@dataclass
class House:
    counselor: User
    other_counselor: User
    parent: User
    stranger: User
    connection: Connection
    other_connection: Connection
    entry: Entry

    def share(self, **fields: Any) -> Share:
        return shares.share(self.parent, self.connection, make_entry(self.parent, **fields) if fields else self.entry, timezone.now())


@pytest.fixture
def house() -> House:
    counselor, other = make_counselor(), make_counselor(email="second@example.org", name="Olu Okafor", practice="")
    parent = make_user()
    connection, other_connection = make_connection(counselor, parent), make_connection(other, parent, parent_name="M.")
    Connection.objects.update(informed_at=EVENING)
    parent.refresh_from_db()
    return House(
        counselor, other, parent, make_user(email="stranger@example.org"), connection, other_connection, make_entry(parent, text=SECRET)
    )


def as_(person: User | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def text_of(response: Any) -> str:
    main = soup(response).main
    assert main is not None
    return " ".join(main.get_text(" ").split())


def url(share: Share, act: str = "") -> str:
    return f"/journal/shared/{share.pk}/{act}"


def reply_fields(person: User, **fields: Any) -> dict[str, Any]:
    return {"id": new_id(), "author": person.pk, "text": "Thank you.", **fields}


def share_fields(entry: Entry, *with_whom: Connection, **fields: Any) -> dict[str, Any]:
    return {"version": entry.version, "connections": [str(connection.pk) for connection in with_whom], **fields}


class TestWhoGetsWhat:
    def test_nobody_is_led_to_sign_in(self, house: House) -> None:
        share = house.share()

        for address in ("/journal/shared/", url(share), "/journal/shared/nights/", f"/journal/{house.entry.pk}/share/"):
            assert as_(None).get(address).headers["Location"].startswith("/accounts/login/")
        for act in ("open/", "take-back/"):
            assert as_(None).post(url(share, act)).status_code == FOUND
        assert as_(None).post(url(share, "reply/"), reply_fields(house.parent)).status_code == HTTPStatus.UNAUTHORIZED
        assert not Reading.objects.exists()

    @pytest.mark.parametrize("who", ["stranger", "other_counselor"])
    def test_strangers_and_other_counselors_find_nothing(self, who: str, house: House) -> None:
        share, client = house.share(), as_(getattr(house, who))

        assert client.get(url(share)).status_code == NOT_FOUND
        assert client.get(f"/journal/{house.entry.pk}/share/").status_code == NOT_FOUND
        for act in ("open/", "take-back/"):
            assert client.post(url(share, act)).status_code == NOT_FOUND
        assert client.post(url(share, "reply/"), reply_fields(getattr(house, who))).status_code == NOT_FOUND
        assert "Sunday, 1 March" not in text_of(client.get("/journal/shared/"))
        assert not Reading.objects.exists()
        assert not Reply.objects.exists()
        assert Share.objects.active().exists()

    def test_a_counselor_takes_nothing_back(self, house: House) -> None:
        share = house.share()

        assert as_(house.counselor).post(url(share, "take-back/")).status_code == NOT_FOUND
        assert Share.objects.active().exists()

    def test_unknown_shares_are_not_found(self, house: House) -> None:
        for person in (house.parent, house.counselor):
            assert as_(person).get(f"/journal/shared/{new_id()}/").status_code == NOT_FOUND

    @pytest.mark.parametrize("end", ["take back", "by parent", "by counselor", "closed", "deleted"])
    def test_after_it_is_gone_the_parent_has_the_record_and_the_counselor_nothing(self, end: str, house: House) -> None:
        share = house.share()
        as_(house.counselor).post(url(share, "open/"))
        as_(house.counselor).post(url(share, "reply/"), reply_fields(house.counselor, text="I read it."))
        as_(house.parent).post(url(share, "open/"))
        match end:
            case "take back":
                as_(house.parent).post(url(share, "take-back/"))
            case "by parent" | "by counselor":
                connections.end(house.parent if end == "by parent" else house.counselor, house.connection.pk, EVENING)
            case "closed":
                workspace.close_workspace(house.counselor, EVENING)
            case "deleted":
                trash.delete(house.parent, house.entry, EVENING)
                as_(house.parent).post(f"/journal/{house.entry.pk}/delete-for-good/")

        counselor = as_(house.counselor)
        assert counselor.get(url(share)).status_code == NOT_FOUND
        assert counselor.post(url(share, "open/")).status_code == NOT_FOUND
        assert url(share) not in counselor.get("/journal/shared/").content.decode()
        for person in (house.counselor, house.parent):
            late = as_(person).post(url(share, "reply/"), reply_fields(person, text="Too late."), headers={"Sec-Fetch-Site": "same-origin"})
            assert late.status_code == NOT_FOUND
            assert "Too late." in late.content.decode()
        page = text_of(as_(house.parent).get(url(share)))
        assert "Ines Holm read it on Sunday, 1 March at 21:04" in page
        assert "I read it." in page
        assert SECRET not in page
        assert "Read on Sunday, 1 March at 21:04" in text_of(as_(house.parent).get("/journal/shared/"))
        assert Reply.objects.count() == 1


class TestTheCounselorsPages:
    def test_the_list_tells_what_is_new_and_no_text(self, house: House) -> None:
        share = house.share()
        client = as_(house.counselor)

        listed = client.get("/journal/shared/")
        assert "Mara Sunday, 1 March new" in text_of(listed)
        assert SECRET not in listed.content.decode()

        client.post(url(share, "open/"))
        assert "Mara Sunday, 1 March read on Sunday, 1 March at 21:04" in text_of(client.get("/journal/shared/"))

        as_(house.parent).post(url(share, "reply/"), reply_fields(house.parent))
        assert "Mara Sunday, 1 March new reply" in text_of(client.get("/journal/shared/"))

    def test_unread_comes_first_then_the_newest(self, house: House, clock: Any) -> None:
        shares = []
        for day in (26, 27, 28):
            clock.move_to(EVENING + day * MINUTE)
            shares.append(house.share(night=dt.date(2026, 2, day)))
        as_(house.counselor).post(url(shares[2], "open/"))

        rows = [a["href"] for a in soup(as_(house.counselor).get("/journal/shared/")).select(".shares a")]

        assert rows == [url(shares[1]), url(shares[0]), url(shares[2])]

    def test_can_be_looked_at_by_client(self, house: House) -> None:
        second = make_connection(house.counselor, house.stranger, parent_name="Noor")
        theirs = shares.share(house.stranger, second, make_entry(house.stranger), EVENING)
        mine = house.share()
        client = as_(house.counselor)

        listed = client.get("/journal/shared/", {"client": str(second.pk)}).content.decode()

        assert url(theirs) in listed
        assert url(mine) not in listed
        for wrong in ("x", str(new_id()), str(house.other_connection.pk), "\0"):
            assert client.get("/journal/shared/", {"client": wrong}).status_code == NOT_FOUND

    def test_has_pages(self, house: House) -> None:
        for n in range(31):
            house.share(night=dt.date(2026, 1, 1) + n * dt.timedelta(days=1))
        client = as_(house.counselor)

        first = soup(client.get("/journal/shared/"))
        older = first.select_one("[rel=next]")
        assert older
        second = soup(client.get(f"/journal/shared/{older['href']}"))

        links = [a["href"] for a in first.select(".shares a") + second.select(".shares a")]
        assert (len(links), len(set(links))) == (31, 31)
        assert second.select_one("[rel=prev]")
        for number, shown in (("7", 1), ("0", 1), ("-1", 1), ("x", 30), ("²", 30), ("9" * 30, 1)):
            assert len(soup(client.get("/journal/shared/", {"page": number})).select(".shares a")) == shown, number

    def test_says_where_nothing_is_shared(self, house: House) -> None:
        assert "Nothing is shared with you at present" in text_of(as_(house.counselor).get("/journal/shared/"))

    def test_a_text_opens_only_on_the_record_and_for_a_while(self, house: House, clock: Any) -> None:
        share = house.share()
        client = as_(house.counselor)
        closed = client.get(url(share))
        assert SECRET not in closed.content.decode()
        assert "Mara will see that you read it, and when." in text_of(closed)

        assert client.post(url(share, "open/")).headers["Location"] == url(share)
        client.post(url(share, "open/"))

        assert Reading.objects.count() == 1
        assert SECRET in text_of(client.get(url(share)))
        clock.shift(dt.timedelta(minutes=31))
        assert SECRET not in client.get(url(share)).content.decode()
        client.post(url(share, "open/"))
        assert Reading.objects.count() == 2
        record = text_of(as_(house.parent).get(url(share)))
        assert "read it on Sunday, 1 March at 21:04" in record
        assert "read it on Sunday, 1 March at 21:35" in record

    def test_a_new_text_is_opened_anew(self, house: House) -> None:
        share = house.share()
        client = as_(house.counselor)
        client.post(url(share, "open/"))
        entry = edit(house, "It was mended.")
        shares.share(house.parent, house.connection, entry, EVENING)

        assert "It was mended." not in client.get(url(share)).content.decode()
        client.post(url(share, "open/"))
        assert "It was mended." in text_of(client.get(url(share)))
        assert "an earlier text" in text_of(as_(house.parent).get(url(share)))

    def test_a_clients_reply_is_shown_once_it_was_opened(self, house: House) -> None:
        share = house.share()
        client = as_(house.counselor)
        client.post(url(share, "open/"))
        as_(house.parent).post(url(share, "reply/"), reply_fields(house.parent, text="One thing more."))

        waiting = client.get(url(share))
        assert "One thing more." not in waiting.content.decode()
        assert "a reply that you have not opened" in text_of(waiting)

        client.post(url(share, "open/"))
        assert "One thing more." in text_of(client.get(url(share)))
        assert "read on Sunday, 1 March" in text_of(as_(house.parent).get(url(share)))

    def test_never_ask_for_an_entry(self, house: House) -> None:
        share = house.share()
        client = as_(house.counselor)
        as_(house.parent).post(url(share, "reply/"), reply_fields(house.parent))

        with CaptureQueriesContext(database) as asked:
            client.get("/journal/shared/")
            client.get("/journal/shared/", {"client": str(house.connection.pk)})
            client.get(url(share))
            client.post(url(share, "open/"))
            client.get(url(share))
            client.post(url(share, "reply/"), reply_fields(house.counselor))
            client.post(url(share, "reply/"), reply_fields(house.counselor, text=""))

        assert len(asked) > 20
        assert not [query["sql"] for query in asked if "journal_entry" in query["sql"]]

    def test_somebody_who_is_both_sees_each_under_its_role(self, house: House) -> None:
        mine = make_connection(house.other_counselor, house.counselor, parent_name="Ines")
        given = shares.share(house.counselor, mine, make_entry(house.counselor), EVENING)
        received = house.share()
        client = as_(house.counselor)

        as_counselor = client.get("/journal/shared/").content.decode()
        people.switch_role(house.counselor, Role.PARENT)
        as_parent = client.get("/journal/shared/").content.decode()

        assert (url(received) in as_counselor, url(given) in as_counselor) == (True, False)
        assert (url(received) in as_parent, url(given) in as_parent) == (False, True)
        assert client.get(url(given)).status_code == client.get(url(received)).status_code == OK


def edit(house: House, text: str) -> Entry:
    entry = Entry.objects.get(pk=house.entry.pk)
    outcome = submit(house.parent, make_draft(entry_id=entry.pk, base=entry.version, night=entry.night, text=text), None, timezone.now())
    assert isinstance(outcome, saving.Saved)
    return outcome.entry


class TestTheParentsPages:
    def test_the_list_shows_every_reading_for_good(self, house: House, clock: Any) -> None:
        share = house.share()
        client = as_(house.parent)
        assert "with Ines Holm, shared on Sunday, 1 March at 21:04 Sunday, 1 March Not read yet." in text_of(client.get("/journal/shared/"))
        for _ in range(2):
            as_(house.counselor).post(url(share, "open/"))
            clock.shift(2 * MINUTE)
        client.post(url(share, "take-back/"))

        listed = text_of(client.get("/journal/shared/"))

        assert "Read on Sunday, 1 March at 21:04 Read on Sunday, 1 March at 21:06 Taken back on Sunday, 1 March at 21:08" in listed

    def test_the_list_says_that_a_reply_waits(self, house: House) -> None:
        share = house.share()
        as_(house.counselor).post(url(share, "reply/"), reply_fields(house.counselor))
        assert "A reply waits" in text_of(as_(house.parent).get("/journal/shared/"))

        as_(house.parent).post(url(share, "open/"))

        assert "A reply waits" not in text_of(as_(house.parent).get("/journal/shared/"))

    def test_the_list_invites_nobody_to_share(self, house: House) -> None:
        assert "You have shared nothing." in text_of(as_(house.stranger).get("/journal/shared/"))

    def test_one_shows_what_was_shared_and_what_changed(self, house: House) -> None:
        share = house.share()
        client = as_(house.parent)
        page = client.get(url(share))
        assert SECRET in text_of(page)
        assert "changed since" not in text_of(page)

        edit(house, "It was mended.")

        page = client.get(url(share))
        assert SECRET in text_of(page)
        assert "It was mended." not in text_of(page)
        again = soup(page).find("a", string="Share the new text")
        assert again
        offered = client.get(str(again["href"]))
        assert "It was mended." in text_of(offered)
        assert [box["value"] for box in soup(offered).select("[name=connections][checked]")] == [str(house.connection.pk)]

    def test_a_reply_is_shown_once_it_was_opened(self, house: House) -> None:
        share = house.share()
        as_(house.counselor).post(url(share, "reply/"), reply_fields(house.counselor, text="How was the morning?"))
        client = as_(house.parent)
        assert "How was the morning?" not in client.get(url(share)).content.decode()

        assert client.post(url(share, "open/")).headers["Location"] == url(share)

        assert "How was the morning?" in text_of(client.get(url(share)))

    def test_when_the_parent_read_a_reply_is_not_told(self, house: House) -> None:
        share = house.share()
        counselor = as_(house.counselor)
        counselor.post(url(share, "open/"))
        counselor.post(url(share, "reply/"), reply_fields(house.counselor))
        counselor.get(url(share))  # shows the message, once
        before = text_of(counselor.get(url(share)))
        as_(house.parent).post(url(share, "open/"))

        assert text_of(counselor.get(url(share))) == before

    def test_a_reply_not_opened_before_the_end_is_gone_and_said_to_be(self, house: House) -> None:
        share = house.share()
        as_(house.counselor).post(url(share, "reply/"), reply_fields(house.counselor, text="Unread."))
        connections.end(house.counselor, house.connection.pk, EVENING)

        page = text_of(as_(house.parent).get(url(share)))

        assert "You had not opened this reply." in page
        assert "Unread." not in page

    def test_taking_back_twice_is_taking_back(self, house: House) -> None:
        share = house.share()
        for _ in range(2):
            assert as_(house.parent).post(url(share, "take-back/")).headers["Location"] == url(share)

        assert Share.objects.get().content is None


class TestReplying:
    @pytest.mark.parametrize("who", ["parent", "counselor"])
    def test_twice_sent_is_written_once(self, who: str, house: House) -> None:
        share, person = house.share(), getattr(house, who)
        as_(house.counselor).post(url(share, "open/"))
        fields = reply_fields(person, text="**Thank** you.")

        for _ in range(2):
            assert as_(person).post(url(share, "reply/"), fields).status_code == FOUND

        assert Reply.objects.count() == 1
        assert soup(as_(person).get(url(share))).select_one(".reply strong")

    @pytest.mark.parametrize("who", ["parent", "counselor"])
    @pytest.mark.parametrize("text", ["", "   ", "x" * 20_001, "a\0b"])
    def test_what_cannot_be_sent_stays_on_the_page(self, text: str, who: str, house: House) -> None:
        share, person = house.share(), getattr(house, who)

        response = as_(person).post(url(share, "reply/"), reply_fields(person, text=text))

        assert response.status_code == REFUSED
        assert text.strip("\0 ")[:50] in response.content.decode()
        assert not Reply.objects.exists()

    def test_twenty_thousand_letters_on_windows_line_ends_fit(self, house: House) -> None:
        share = house.share()

        as_(house.parent).post(url(share, "reply/"), reply_fields(house.parent, text="x\r\n" * 9_999 + "xy"))

        words = Reply.objects.get().content
        assert words
        assert len(words.text) == 20_000

    def test_a_damaged_page_gets_an_id_anew(self, house: House) -> None:
        share = house.share()

        response = as_(house.parent).post(url(share, "reply/"), reply_fields(house.parent, id="12", author="x"))

        assert response.status_code == REFUSED
        page = soup(response)
        assert "Thank you." in page.select("textarea")[0].get_text()
        sent = {field["name"]: field["value"] for field in page.select("form[action$='reply/'] input[name=id], form input[name=author]")}
        assert as_(house.parent).post(url(share, "reply/"), {**sent, "text": "Thank you."}).status_code == FOUND

    def test_a_page_that_somebody_else_opened_is_refused(self, house: House) -> None:
        share = house.share()

        response = as_(house.parent).post(url(share, "reply/"), reply_fields(house.counselor, text=SECRET))

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert SECRET not in response.content.decode()


class TestSharingOne:
    def address(self, entry: Entry) -> str:
        return f"/journal/{entry.pk}/share/"

    def test_shows_what_will_be_copied_and_shares_it(self, house: House) -> None:
        client, address = as_(house.parent), self.address(house.entry)
        page = client.get(address)
        assert SECRET in text_of(page)
        assert not soup(page).select("[name=connections][checked]")

        for _ in range(2):
            response = client.post(address, share_fields(house.entry, house.connection))
            assert response.headers["Location"] == f"/journal/{house.entry.pk}/"

        assert Share.objects.get().connection == house.connection
        assert "Shared with Ines Holm on Sunday, 1 March at 21:04, not read yet" in text_of(client.get(f"/journal/{house.entry.pk}/"))

    def test_with_two_at_once(self, house: House) -> None:
        as_(house.parent).post(self.address(house.entry), share_fields(house.entry, house.connection, house.other_connection))

        assert {share.connection for share in Share.objects.all()} == {house.connection, house.other_connection}
        for counselor in (house.counselor, house.other_counselor):
            assert Share.objects.for_counselor(counselor).count() == 1

    def test_tells_once_before_the_first_share(self, house: House) -> None:
        Connection.objects.update(informed_at=None)
        client, address = as_(house.parent), self.address(house.entry)
        page = text_of(client.get(address))
        for told in ("law to report danger", "notes of their own", "what somebody remembers", "Nobody watches", "not for emergencies"):
            assert told in page

        refused = client.post(address, share_fields(house.entry, house.connection))
        assert refused.status_code == REFUSED
        assert [box["value"] for box in soup(refused).select("[name=connections][checked]")] == [str(house.connection.pk)]
        assert not Share.objects.exists()

        assert client.post(address, share_fields(house.entry, house.connection, informed="on")).status_code == FOUND
        house.connection.refresh_from_db()
        house.other_connection.refresh_from_db()
        assert (house.connection.informed_at, house.other_connection.informed_at) == (EVENING, None)
        assert client.post(address, share_fields(house.entry, house.connection)).status_code == FOUND
        assert client.post(address, share_fields(house.entry, house.other_connection)).status_code == REFUSED

    def test_a_text_that_changed_is_looked_at_once_more(self, house: House) -> None:
        before = share_fields(house.entry, house.connection)
        edit(house, "It was mended.")

        response = as_(house.parent).post(self.address(house.entry), before)

        assert response.status_code == REFUSED
        assert "It was mended." in text_of(response)
        assert not Share.objects.exists()

    @pytest.mark.parametrize("chosen", [[], ["x"], [str(new_id())]])
    def test_refuses_connections_that_are_not_there(self, chosen: list[str], house: House) -> None:
        response = as_(house.parent).post(self.address(house.entry), {"version": house.entry.version, "connections": chosen})

        assert response.status_code == REFUSED
        assert not Share.objects.exists()

    def test_refuses_the_connection_of_somebody_else(self, house: House) -> None:
        theirs = make_connection(house.counselor, house.stranger)

        assert as_(house.parent).post(self.address(house.entry), share_fields(house.entry, theirs)).status_code == REFUSED
        assert not Share.objects.exists()

    def test_pages_without_words_or_in_the_trash_are_not_found(self, house: House) -> None:
        empty = make_entry(house.parent, text="", feeling="heavy", night=dt.date(2026, 2, 20))
        trash.delete(house.parent, house.entry, EVENING)

        for entry in (empty, house.entry):
            assert as_(house.parent).get(self.address(entry)).status_code == NOT_FOUND
            assert as_(house.parent).post(self.address(entry), share_fields(entry, house.connection)).status_code == NOT_FOUND

    def test_without_a_counselor_says_what_is_needed(self, house: House) -> None:
        entry = make_entry(house.stranger)
        connections.end_all(house.parent, EVENING)

        for person, page in ((house.stranger, entry), (house.parent, house.entry)):
            response = as_(person).get(self.address(page))
            assert response.status_code == OK
            assert soup(response).select("a[href='/accounts/care/']")
        assert as_(house.parent).post(self.address(house.entry), share_fields(house.entry, house.connection)).status_code == REFUSED
        assert as_(house.stranger).get("/journal/shared/nights/").status_code == OK
        assert as_(house.stranger).post("/journal/shared/nights/").status_code == REFUSED


class TestSharingNights:
    address = "/journal/shared/nights/"

    def test_lists_the_last_week_unticked_and_shows_no_whole_text(self, house: House) -> None:
        long = "A long evening. " * 40 + "The end of it."
        make_entry(house.parent, night=dt.date(2026, 2, 23), text=long)
        make_entry(house.parent, night=dt.date(2026, 2, 22), text="Too long ago.")
        make_entry(house.parent, night=dt.date(2026, 2, 24), text="", feeling="even")
        make_entry(house.stranger, night=dt.date(2026, 2, 25), text="Somebody else’s.")

        page = as_(house.parent).get(self.address)

        boxes = soup(page).select("[name=entries]")
        assert len(boxes) == 2
        assert not [box for box in boxes if box.has_attr("checked")]
        for absent in ("The end of it.", "Too long ago.", "Somebody else"):
            assert absent not in page.content.decode()

    def test_shares_the_chosen_ones(self, house: House) -> None:
        chosen = [make_entry(house.parent, night=dt.date(2025, 12, day)) for day in (1, 2, 3)]
        client, address = as_(house.parent), f"{self.address}?from=2025-12-01&until=2025-12-31"
        fields = {"entries": [str(entry.pk) for entry in chosen[:2]], "connections": [str(house.connection.pk)]}

        for _ in range(2):
            assert client.post(address, fields).headers["Location"] == "/journal/shared/"

        assert {share.entry for share in Share.objects.all()} == set(chosen[:2])
        assert text_of(client.get(address)).count("Shared with Ines Holm") == 2

    def test_refuses_pages_outside_the_span_or_of_others(self, house: House) -> None:
        wrong = [make_entry(house.parent, night=dt.date(2025, 1, 1)), make_entry(house.stranger)]

        for pk in (*(entry.pk for entry in wrong), "x", new_id()):
            response = as_(house.parent).post(self.address, {"entries": [str(pk)], "connections": [str(house.connection.pk)]})
            assert response.status_code == REFUSED
        assert not Share.objects.exists()

    def test_keeps_what_was_ticked_where_something_is_missing(self, house: House) -> None:
        Connection.objects.update(informed_at=None)
        fields = {"entries": [str(house.entry.pk)], "connections": [str(house.connection.pk)]}

        for missing in ("informed", "connections"):
            response = as_(house.parent).post(self.address, {k: v for k, v in fields.items() if k != missing})
            assert response.status_code == REFUSED
            assert [box["value"] for box in soup(response).select("[name=entries][checked]")] == [str(house.entry.pk)]
        assert not Share.objects.exists()
        assert as_(house.parent).post(self.address, {**fields, "informed": "on"}).status_code == FOUND

    @pytest.mark.parametrize(
        "query", ["from=x", "from=", "from=2026-03-01&until=2026-02-01", "from=2020-01-01&until=2026-02-01", "until=9999-99-99", "from=%00"]
    )
    def test_refuses_spans_that_are_none(self, query: str, house: House) -> None:
        assert as_(house.parent).get(f"{self.address}?{query}").status_code == REFUSED

    def test_says_where_more_is_written_than_fits(self, house: House) -> None:
        for _ in range(101):
            make_entry(house.parent, kind=Entry.Kind.FREE)

        page = as_(house.parent).get(self.address)

        assert len(soup(page).select("[name=entries]")) == 100
        assert "more pages" in text_of(page)


class TestWhileWriting:
    @pytest.fixture
    def step(self, house: House) -> AssignedStep:
        make_assignment(house.connection, make_set(house.counselor), shares=True)
        return AssignedStep.objects.all()[0]

    def test_done_on_tonight_shares_and_drafts_do_not(self, house: House, step: AssignedStep) -> None:
        client = as_(house.parent)
        fields = page_fields(house.parent, entry=house.entry.pk, base=1, prompt=f"step-{step.pk}", mode="question", text="A draft.")

        client.post("/tonight/", fields, headers={"Accept": "application/json"})
        client.post("/tonight/", {**fields, "action": "save", "seq": 2})
        assert not Share.objects.exists()
        for _ in range(2):
            client.post("/tonight/", {**fields, "text": "Done with it.", "action": "close:done", "seq": 3})

        words = Share.objects.get().content
        assert words
        assert words.text == "Done with it."
        step.refresh_from_db()
        assert step.done_at

    def test_what_is_changed_later_is_offered_and_not_shared(self, house: House, step: AssignedStep) -> None:
        client = as_(house.parent)
        fields = page_fields(house.parent, entry=house.entry.pk, base=1, prompt=f"step-{step.pk}", mode="question", text="First.")
        client.post("/tonight/", {**fields, "action": "close:done"})
        address = f"/journal/{house.entry.pk}/"
        assert "not shared by itself" in text_of(client.get(f"{address}edit/"))

        client.post(f"{address}edit/", {**fields, "page": new_id(), "base": 2, "text": "Second."})

        words = Share.objects.get().content
        assert words
        assert words.text == "First."
        assert "The text has changed since" in text_of(client.get(address))

    def test_a_first_answer_on_a_page_of_its_own_is_shared_when_done(self, house: House, step: AssignedStep) -> None:
        client = as_(house.parent)
        page = client.get("/journal/new/", {"prompt": f"step-{step.pk}"})
        assert "When you press Done, a copy of this answer goes to Ines Holm." in text_of(page)
        fields = page_fields(house.parent, prompt=f"step-{step.pk}", mode="question", text="First.")

        client.post("/journal/new/", fields, headers={"Accept": "application/json"})
        assert not Share.objects.exists()
        for _ in range(2):
            client.post("/journal/new/", {**fields, "action": "save"})

        share = Share.objects.get()
        shares.take_back(house.parent, share.pk, EVENING)
        client.post("/journal/new/", {**fields, "action": "save"})
        assert not Share.objects.active().exists()

    def test_the_page_says_where_nothing_is_shared(self, house: House, step: AssignedStep) -> None:
        Assignment.objects.update(shares=False)
        client = as_(house.parent)

        assert "It reaches Ines Holm only if you share it yourself." in text_of(client.get("/journal/new/", {"prompt": f"step-{step.pk}"}))
        client.post("/journal/new/", page_fields(house.parent, prompt=f"step-{step.pk}", mode="question"))

        assert not Share.objects.exists()

    def test_an_old_page_that_is_changed_is_not_shared_by_itself(self, house: House, step: AssignedStep) -> None:
        Assignment.objects.update(shares=False)
        client = as_(house.parent)
        fields = page_fields(house.parent, prompt=f"step-{step.pk}", mode="question", text="First.")
        client.post("/journal/new/", fields)
        Assignment.objects.update(shares=True)

        client.post(f"/journal/{fields['entry']}/edit/", {**fields, "page": new_id(), "base": 1, "text": "Second."})

        assert not Share.objects.exists()


class TestThePageItself:
    def test_offers_sharing_only_to_who_has_had_a_counselor(self, house: House) -> None:
        theirs = make_entry(house.stranger)

        assert soup(as_(house.parent).get(f"/journal/{house.entry.pk}/")).find("a", string="Share")
        assert not soup(as_(house.stranger).get(f"/journal/{theirs.pk}/")).find("a", string="Share")

    @pytest.mark.parametrize("shared", [False, True])
    def test_deleting_says_what_becomes_of_the_copy(self, shared: bool, house: House) -> None:
        if shared:
            house.share()
        client = as_(house.parent)

        assert ("stays shared until you take it back" in text_of(client.get(f"/journal/{house.entry.pk}/delete/"))) == shared
        client.post(f"/journal/{house.entry.pk}/delete/")
        assert ("is taken back" in text_of(client.get(f"/journal/{house.entry.pk}/delete-for-good/"))) == shared

    def test_who_never_had_a_counselor_pays_no_query(self, house: House) -> None:
        entry = make_entry(house.stranger)
        client = as_(house.stranger)
        with CaptureQueriesContext(database) as asked:
            client.get(f"/journal/{entry.pk}/")

        assert not [query for query in asked if "journal_share" in query["sql"]]


def test_a_get_writes_nothing(house: House) -> None:
    share = house.share()
    as_(house.counselor).post(url(share, "open/"))
    for person in (house.parent, house.counselor):
        other = house.counselor if person == house.parent else house.parent
        as_(other).post(url(share, "reply/"), reply_fields(other))
        client = as_(person)
        with CaptureQueriesContext(database) as asked:
            for address in ("/journal/shared/", url(share), f"/journal/{house.entry.pk}/share/", "/journal/shared/nights/"):
                client.get(address)
                client.head(address)

        wrote = [query["sql"] for query in asked if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert not wrote
        assert User.objects.get(pk=person.pk).unread_since == EVENING
        for act in ("open/", "take-back/", "reply/"):
            assert client.get(url(share, act)).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        client.post(url(share, "open/"))
        assert User.objects.get(pk=person.pk).unread_since is None


def test_no_words_get_outside(house: House, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.MAILER = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    private = (SECRET, "Mara", "Ines Holm", "A careful reply.", "Lindgatan")
    parent, counselor = as_(house.parent), as_(house.counselor)
    pages: list[HttpResponse] = []

    def go(client: Client, address: str, fields: dict[str, Any] | None = None) -> None:
        if fields is not None:
            client.post(address, fields)
            said = str(client.session.get("_messages"))
            assert not [words for words in private if words in said]
        else:
            pages.append(client.get(address))  # type: ignore[arg-type]

    go(parent, f"/journal/{house.entry.pk}/share/", share_fields(house.entry, house.connection))
    share = Share.objects.get()
    go(counselor, url(share, "open/"), {})
    go(counselor, url(share, "reply/"), reply_fields(house.counselor, text="A careful reply."))
    go(parent, url(share, "open/"), {})
    for client in (parent, counselor):
        for address in ("/journal/shared/", url(share)):
            go(client, address)
    go(parent, f"/journal/{house.entry.pk}/share/")
    go(parent, "/journal/shared/nights/")
    go(parent, url(share, "take-back/"), {})
    house.share()
    notifications.send_due(EVENING + dt.timedelta(days=2))

    for page in pages:
        title = soup(page).title
        assert title
        assert not [words for words in private if words in title.get_text()]
    assert mail.outbox
    for message in mail.outbox:
        assert not [words for words in private if words in f"{message.subject} {message.body}"]
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert not [words for words in private if words in logged]


@pytest.mark.parametrize("who", ["parent", "counselor"])
def test_a_list_costs_the_same_with_two_shares_and_with_thirty(who: str, house: House) -> None:
    client = as_(getattr(house, who))

    def more(nights: range) -> None:
        for n in nights:
            share = house.share(night=dt.date(2026, 1, 1) + n * dt.timedelta(days=1))
            readings.open_share(house.counselor, share.pk, EVENING)
            replies.reply(house.parent if n % 2 else house.counselor, share, new_id(), "Words.", EVENING)

    more(range(2))
    with CaptureQueriesContext(database) as few:
        assert client.get("/journal/shared/").status_code == OK
    more(range(2, 30))
    with CaptureQueriesContext(database) as many:
        assert client.get("/journal/shared/").status_code == OK

    assert len(few) == len(many) <= 5


def test_one_page_costs_the_same_with_two_replies_and_with_twenty(house: House) -> None:
    share = house.share()

    def more(count: int) -> None:
        for _ in range(count):
            for person in (house.parent, house.counselor):
                replies.reply(person, share, new_id(), "Words.", EVENING)
        replies.see_replies(house.parent, share, EVENING)
        readings.open_share(house.counselor, share.pk, EVENING)

    def cost() -> list[int]:
        costs = []
        for person in (house.parent, house.counselor):
            client = as_(person)
            with CaptureQueriesContext(database) as asked:
                assert client.get(url(share)).status_code == OK
            costs.append(len(asked))
        return costs

    more(1)
    few = cost()
    more(19)
    assert cost() == few


def test_the_nights_cost_the_same_however_many_are_shown(house: House) -> None:
    client = as_(house.parent)
    address = "/journal/shared/nights/?from=2026-01-01&until=2026-03-01"
    house.share()
    with CaptureQueriesContext(database) as few:
        client.get(address)
    for n in range(40):
        house.share(night=dt.date(2026, 1, 1) + n * dt.timedelta(days=1))
    with CaptureQueriesContext(database) as many:
        client.get(address)

    assert len(few) == len(many)
