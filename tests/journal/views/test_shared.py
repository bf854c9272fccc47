"""/journal/shared/ for a parent: the list, one share with its replies, and sharing a span of nights."""

import datetime as dt

import pytest
import time_machine

from accounts import connections
from accounts.models import Connection
from common.ids import new_id
from journal.models import Entry, Share
from journal.views.sharing.shared import choice_of
from tests.factories import make_entry
from tests.helpers import DAY, EVENING, main_text, parsed, signed_in
from tests.sharing import FOUND, REFUSED, SECRET, Sharing, edit, reply_fields, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


class SharedTests:
    def test_the_list_shows_every_reading_for_good(self, sharing: Sharing, evening: time_machine.Traveller) -> None:
        share = sharing.share()
        client = signed_in(sharing.parent)
        assert "with Ines Holm, shared on Sunday, 1 March at 21:04 Sunday, 1 March Not read yet." in main_text(
            client.get("/journal/shared/")
        )
        for _ in range(2):
            signed_in(sharing.counselor).post(url(share, "open/"))
            evening.shift(DAY)
        client = signed_in(sharing.parent)
        client.post(url(share, "take-back/"))

        shown = main_text(client.get("/journal/shared/"))

        assert "Read on Sunday, 1 March at 21:04 Read on Monday, 2 March at 21:04 Taken back on Tuesday, 3 March at 21:04" in shown

    def test_the_list_says_that_a_reply_waits(self, sharing: Sharing) -> None:
        share = sharing.share()
        signed_in(sharing.counselor).post(url(share, "reply/"), reply_fields(sharing.counselor))
        assert "You have a reply" in main_text(signed_in(sharing.parent).get("/journal/shared/"))

        signed_in(sharing.parent).post(url(share, "open/"))

        assert "You have a reply" not in main_text(signed_in(sharing.parent).get("/journal/shared/"))

    def test_the_list_invites_nobody_to_share(self, sharing: Sharing) -> None:
        assert "You haven’t shared anything." in main_text(signed_in(sharing.stranger).get("/journal/shared/"))

    def test_one_shows_what_was_shared_and_what_changed(self, sharing: Sharing) -> None:
        share = sharing.share()
        client = signed_in(sharing.parent)
        page = client.get(url(share))
        assert SECRET in main_text(page)
        assert "changed since" not in main_text(page)

        edit(sharing, "It was mended.")

        page = client.get(url(share))
        assert SECRET in main_text(page)
        assert "It was mended." not in main_text(page)
        link = parsed(page).find("a", string="Share the new text")
        assert link
        offered = client.get(str(link["href"]))
        assert "It was mended." in main_text(offered)
        assert [box["value"] for box in parsed(offered).select("[name=connections][checked]")] == [str(sharing.connection.pk)]

    def test_a_reply_is_shown_once_it_was_opened(self, sharing: Sharing) -> None:
        share = sharing.share()
        signed_in(sharing.counselor).post(url(share, "reply/"), reply_fields(sharing.counselor, text="How was the morning?"))
        client = signed_in(sharing.parent)
        assert "How was the morning?" not in client.get(url(share)).content.decode()

        assert client.post(url(share, "open/")).headers["Location"] == url(share)

        assert "How was the morning?" in main_text(client.get(url(share)))

    def test_when_the_parent_read_a_reply_is_not_shown(self, sharing: Sharing) -> None:
        share = sharing.share()
        counselor = signed_in(sharing.counselor)
        counselor.post(url(share, "open/"))
        counselor.post(url(share, "reply/"), reply_fields(sharing.counselor))
        counselor.get(url(share))  # shows the message, once
        before = main_text(counselor.get(url(share)))
        signed_in(sharing.parent).post(url(share, "open/"))

        assert main_text(counselor.get(url(share))) == before

    def test_a_reply_not_opened_before_the_end_is_gone_and_the_page_says_so(self, sharing: Sharing) -> None:
        share = sharing.share()
        signed_in(sharing.counselor).post(url(share, "reply/"), reply_fields(sharing.counselor, text="Unread."))
        connections.end(sharing.counselor, sharing.connection.pk, EVENING)

        page = main_text(signed_in(sharing.parent).get(url(share)))

        assert "You hadn’t opened this reply." in page
        assert "Unread." not in page

    def test_taking_back_twice_is_taking_back(self, sharing: Sharing) -> None:
        share = sharing.share()
        for _ in range(2):
            assert signed_in(sharing.parent).post(url(share, "take-back/")).headers["Location"] == url(share)

        assert Share.objects.get().content is None


class SharedNightsTests:
    address = "/journal/shared/nights/"

    def test_lists_the_last_week_unticked_and_shows_no_whole_text(self, sharing: Sharing) -> None:
        long = "A long evening. " * 40 + "The end of it."
        make_entry(sharing.parent, night=dt.date(2026, 2, 23), text=long)
        make_entry(sharing.parent, night=dt.date(2026, 2, 22), text="Too long ago.")
        make_entry(sharing.parent, night=dt.date(2026, 2, 24), text="", feeling="even")
        make_entry(sharing.stranger, night=dt.date(2026, 2, 25), text="Somebody else’s.")

        page = signed_in(sharing.parent).get(self.address)

        boxes = parsed(page).select("[name=entries]")
        assert len(boxes) == 2
        assert not [box for box in boxes if box.has_attr("checked")]
        for absent in ("The end of it.", "Too long ago.", "Somebody else"):
            assert absent not in page.content.decode()

    def test_shares_the_chosen_ones(self, sharing: Sharing) -> None:
        chosen = [make_entry(sharing.parent, night=dt.date(2025, 12, day)) for day in (1, 2, 3)]
        client, address = signed_in(sharing.parent), f"{self.address}?from=2025-12-01&until=2025-12-31"
        fields = {"entries": [choice_of(entry) for entry in chosen[:2]], "connections": [str(sharing.connection.pk)]}

        for _ in range(2):
            assert client.post(address, fields).headers["Location"] == "/journal/shared/"

        assert {share.entry for share in Share.objects.all()} == set(chosen[:2])
        assert main_text(client.get(address)).count("Shared with Ines Holm") == 2

    def test_refuses_pages_outside_the_span_or_of_others(self, sharing: Sharing) -> None:
        wrong = [make_entry(sharing.parent, night=dt.date(2025, 1, 1)), make_entry(sharing.stranger)]

        for choice in (*(choice_of(entry) for entry in wrong), "x", f"{new_id()}:1"):
            response = signed_in(sharing.parent).post(self.address, {"entries": [choice], "connections": [str(sharing.connection.pk)]})
            assert response.status_code == REFUSED
        assert not Share.objects.exists()

    def test_shares_no_text_that_was_not_seen(self, sharing: Sharing) -> None:
        fields = {"entries": [choice_of(sharing.entry)], "connections": [str(sharing.connection.pk)]}
        edited = edit(sharing, "Written since.")

        response = signed_in(sharing.parent).post(self.address, fields)

        assert response.status_code == REFUSED
        assert "changed in the meantime" in main_text(response)
        assert not Share.objects.exists()
        assert [box["value"] for box in parsed(response).select("[name=entries][checked]")] == [choice_of(edited)]

    def test_keeps_what_was_ticked_where_something_is_missing(self, sharing: Sharing) -> None:
        Connection.objects.update(informed_at=None)
        fields = {"entries": [choice_of(sharing.entry)], "connections": [str(sharing.connection.pk)]}

        for missing in ("informed", "connections"):
            response = signed_in(sharing.parent).post(self.address, {name: value for name, value in fields.items() if name != missing})
            assert response.status_code == REFUSED
            assert [box["value"] for box in parsed(response).select("[name=entries][checked]")] == [choice_of(sharing.entry)]
        assert not Share.objects.exists()
        assert signed_in(sharing.parent).post(self.address, {**fields, "informed": "on"}).status_code == FOUND

    @pytest.mark.parametrize(
        "query", ["from=x", "from=", "from=2026-03-01&until=2026-02-01", "from=2020-01-01&until=2026-02-01", "until=9999-99-99", "from=%00"]
    )
    def test_refuses_spans_that_make_no_sense(self, query: str, sharing: Sharing) -> None:
        assert signed_in(sharing.parent).get(f"{self.address}?{query}").status_code == REFUSED

    def test_says_where_more_is_written_than_fits(self, sharing: Sharing) -> None:
        for _ in range(101):
            make_entry(sharing.parent, kind=Entry.Kind.FREE)

        page = signed_in(sharing.parent).get(self.address)

        assert len(parsed(page).select("[name=entries]")) == 100
        assert "more pages" in main_text(page)
