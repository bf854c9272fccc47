"""`/journal/shared/` and `<id>/` as a counselor sees them: the list of what is shared, and one shared page."""

import datetime as dt

import pytest
import time_machine
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts import people
from accounts.models import Role
from common.ids import new_id
from journal.models import Reading
from journal.sharing import shares
from tests.factories import make_connection, make_entry
from tests.helpers import DAY, EVENING, MINUTE, element, main_text, on_own_device, parsed, signed_in
from tests.sharing import NOT_FOUND, OK, SECRET, Sharing, edit, reply_fields, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


class CounselorTests:
    def test_the_list_says_what_is_new_and_shows_no_text(self, sharing: Sharing) -> None:
        share = sharing.share()
        client = signed_in(sharing.counselor)

        listed = client.get("/journal/shared/")
        assert "Mara Sunday, 1 March new" in main_text(listed)
        assert SECRET not in listed.content.decode()

        client.post(url(share, "open/"))
        assert "Mara Sunday, 1 March read on Sunday, 1 March at 21:04" in main_text(client.get("/journal/shared/"))

        signed_in(sharing.parent).post(url(share, "reply/"), reply_fields(sharing.parent))
        assert "Mara Sunday, 1 March new reply" in main_text(client.get("/journal/shared/"))

    def test_unread_comes_first_then_the_newest(self, sharing: Sharing, evening: time_machine.Traveller) -> None:
        shares = []
        for day in (26, 27, 28):
            evening.move_to(EVENING + day * MINUTE)
            shares.append(sharing.share(night=dt.date(2026, 2, day)))
        signed_in(sharing.counselor).post(url(shares[2], "open/"))

        rows = [a["href"] for a in parsed(signed_in(sharing.counselor).get("/journal/shared/")).select(".shares a")]

        assert rows == [url(shares[1]), url(shares[0]), url(shares[2])]

    def test_the_list_can_be_filtered_by_client(self, sharing: Sharing) -> None:
        second = make_connection(sharing.counselor, sharing.stranger, parent_name="Noor")
        theirs = shares.share(sharing.stranger, second, make_entry(sharing.stranger), EVENING)
        mine = sharing.share()
        client = signed_in(sharing.counselor)

        listed = client.get("/journal/shared/", {"client": str(second.pk)}).content.decode()

        assert url(theirs) in listed
        assert url(mine) not in listed
        for wrong in ("x", str(new_id()), str(sharing.other_connection.pk), "\0"):
            assert client.get("/journal/shared/", {"client": wrong}).status_code == NOT_FOUND

    def test_the_list_has_pages(self, sharing: Sharing) -> None:
        for number in range(31):
            sharing.share(night=dt.date(2026, 1, 1) + number * DAY)
        client = signed_in(sharing.counselor)

        first = parsed(client.get("/journal/shared/"))
        second = parsed(client.get(f"/journal/shared/{element(first, '[rel=next]')['href']}"))

        links = [a["href"] for a in first.select(".shares a") + second.select(".shares a")]
        assert (len(links), len(set(links))) == (31, 31)
        assert second.select("[rel=prev]")
        for page, count in (("7", 1), ("0", 1), ("-1", 1), ("x", 30), ("²", 30), ("9" * 30, 1)):
            assert len(parsed(client.get("/journal/shared/", {"page": page})).select(".shares a")) == count, page

    def test_the_list_says_where_nothing_is_shared(self, sharing: Sharing) -> None:
        assert "No one is sharing anything with you" in main_text(signed_in(sharing.counselor).get("/journal/shared/"))

    def test_a_text_opens_only_on_the_record_and_for_a_day(self, sharing: Sharing, evening: time_machine.Traveller) -> None:
        share = sharing.share()
        client = on_own_device(signed_in(sharing.counselor))
        closed = client.get(url(share))
        assert SECRET not in closed.content.decode()
        assert "Mara will see that you read it, and when." in main_text(closed)

        assert client.post(url(share, "open/")).headers["Location"] == url(share)
        client.post(url(share, "open/"))

        assert Reading.objects.count() == 1
        assert SECRET in main_text(client.get(url(share)))
        evening.shift(dt.timedelta(minutes=31))
        client.post(url(share, "open/"))
        assert Reading.objects.count() == 1
        evening.shift(DAY)
        assert SECRET not in client.get(url(share)).content.decode()
        client.post(url(share, "open/"))
        assert Reading.objects.count() == 2
        record = main_text(signed_in(sharing.parent).get(url(share)))
        assert "read it on Sunday, 1 March at 21:04" in record
        assert "read it on Monday, 2 March at 21:35" in record

    def test_a_new_text_is_opened_anew(self, sharing: Sharing) -> None:
        share = sharing.share()
        client = signed_in(sharing.counselor)
        client.post(url(share, "open/"))
        entry = edit(sharing, "It was mended.")
        shares.share(sharing.parent, sharing.connection, entry, EVENING)

        assert "It was mended." not in client.get(url(share)).content.decode()
        client.post(url(share, "open/"))
        assert "It was mended." in main_text(client.get(url(share)))
        assert "an earlier version" in main_text(signed_in(sharing.parent).get(url(share)))

    def test_a_clients_reply_is_shown_once_it_was_opened(self, sharing: Sharing) -> None:
        share = sharing.share()
        client = signed_in(sharing.counselor)
        client.post(url(share, "open/"))
        signed_in(sharing.parent).post(url(share, "reply/"), reply_fields(sharing.parent, text="One thing more."))

        waiting = client.get(url(share))
        assert "One thing more." not in waiting.content.decode()
        assert "a reply you haven’t opened" in main_text(waiting)

        client.post(url(share, "open/"))
        assert "One thing more." in main_text(client.get(url(share)))
        assert "read on Sunday, 1 March" in main_text(signed_in(sharing.parent).get(url(share)))

    def test_a_reply_to_what_was_taken_back_is_given_back_and_becomes_no_page_of_the_counselors(self, sharing: Sharing) -> None:
        share = sharing.share()
        signed_in(sharing.parent).post(url(share, "take-back/"))

        headers = {"Sec-Fetch-Site": "same-origin"}
        fields = reply_fields(sharing.counselor, text="What I would have said.")
        response = signed_in(sharing.counselor).post(url(share, "reply/"), fields, headers=headers)

        assert response.status_code == NOT_FOUND
        page = parsed(response)
        assert "What I would have said." in element(page, "main textarea").get_text()
        assert "There’s nowhere to save this now" in main_text(response)
        assert not page.select("form[action='/journal/new/'], main form button")

    def test_never_ask_for_an_entry(self, sharing: Sharing) -> None:
        share = sharing.share()
        client = signed_in(sharing.counselor)
        signed_in(sharing.parent).post(url(share, "reply/"), reply_fields(sharing.parent))

        with CaptureQueriesContext(database) as queries:
            client.get("/journal/shared/")
            client.get("/journal/shared/", {"client": str(sharing.connection.pk)})
            client.get(url(share))
            client.post(url(share, "open/"))
            client.get(url(share))
            client.post(url(share, "reply/"), reply_fields(sharing.counselor))
            client.post(url(share, "reply/"), reply_fields(sharing.counselor, text=""))

        assert len(queries) > 20
        assert not [query["sql"] for query in queries if "journal_entry" in query["sql"]]

    def test_a_person_who_is_both_sees_each_under_its_role(self, sharing: Sharing) -> None:
        mine = make_connection(sharing.other_counselor, sharing.counselor, parent_name="Ines")
        given = shares.share(sharing.counselor, mine, make_entry(sharing.counselor), EVENING)
        received = sharing.share()
        client = signed_in(sharing.counselor)

        as_counselor = client.get("/journal/shared/").content.decode()
        people.switch_role(sharing.counselor, Role.PARENT)
        as_parent = client.get("/journal/shared/").content.decode()

        assert (url(received) in as_counselor, url(given) in as_counselor) == (True, False)
        assert (url(received) in as_parent, url(given) in as_parent) == (False, True)
        assert client.get(url(given)).status_code == client.get(url(received)).status_code == OK
