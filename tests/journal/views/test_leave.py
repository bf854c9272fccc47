"""/leave/: what leaving quickly saves, that it signs out, and what makes it do neither."""

import datetime as dt
from http import HTTPStatus
from typing import Any
from unittest import mock

import time_machine
from django.db import OperationalError
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import User
from journal.models import TEXT_LIMIT, Entry, Night, Revision
from prompts import helplines
from tests.factories import make_entry, make_prompt, make_user, page_fields
from tests.helpers import EVENING, JSON, TONIGHT, element, parsed

GUIDE = "/prompts/hard-nights/i-lost-my-temper/"
FROM_ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "https://testserver.elsewhere.example"},
    {"Origin": "null"},
)


@time_machine.travel(EVENING, tick=False)
class LeaveCase(TestCase):
    url = "/leave/"
    author: User
    stranger: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user(knows_leave=True)
        cls.stranger = make_user(email="stranger@example.org")
        make_prompt()

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def is_signed_in(self) -> bool:
        return self.client.get("/journal/").status_code == HTTPStatus.OK

    def fields(self, at: str = "/tonight/", **changed: Any) -> dict[str, Any]:
        return page_fields(self.author, at=at, **changed)

    def leave(self, fields: dict[str, Any], **kwargs: Any) -> None:
        """Press the button; whatever was sent, the session ends and the response redirects."""
        response = self.client.post(self.url, fields, **kwargs)
        self.assertRedirects(response, self.url, fetch_redirect_response=False)
        assert not self.is_signed_in()

    def opened(self, url: str) -> dict[str, Any]:
        """The hidden fields of the form that the button belongs to on this page; empty where it belongs to none."""
        page = parsed(self.client.get(url))
        button = element(page, ".leave-button")
        assert button["formaction"] == self.url
        fields: dict[str, Any] = {}
        for tag in page.select(f"form#{button['form']} input[type=hidden]"):
            fields.setdefault(str(tag["name"]), []).append(tag.get("value", ""))
        return fields


class SavingTests(LeaveCase):
    def test_saves_the_nights_page_and_signs_out(self) -> None:
        self.leave({**self.opened("/tonight/"), "text": "Half a sen"})

        entry = Entry.objects.get()
        assert (entry.kind, entry.night, entry.content.text) == (Entry.Kind.NIGHT, TONIGHT, "Half a sen")
        assert entry.summary.question == "What happened at the door tonight?"
        assert Night.objects.get().closed == ""

    def test_saves_the_page_of_last_night(self) -> None:
        self.leave({**self.opened("/tonight/?night=2026-02-28"), "text": "Half a sen"})

        entry = Entry.objects.get()
        assert (entry.kind, entry.night) == (Entry.Kind.NIGHT, dt.date(2026, 2, 28))

    def test_saves_a_page_of_its_own(self) -> None:
        self.leave({**self.opened("/journal/new/?prompt=at-the-door"), "night": "2020-05-04", "text": "Long ago"})

        entry = Entry.objects.get()
        assert (entry.kind, entry.night, entry.prompt_id) == (Entry.Kind.FREE, dt.date(2020, 5, 4), "at-the-door")

    def test_saves_it_beside_the_nights_page(self) -> None:
        make_entry(self.author, night=TONIGHT, text="Tonight’s.")

        self.leave(self.fields(at="/journal/new/", text="Beside it."))

        assert {(entry.kind, entry.content.text) for entry in Entry.objects.all()} == {("night", "Tonight’s."), ("free", "Beside it.")}

    def test_saves_a_guide_with_its_parts(self) -> None:
        fields = self.opened(GUIDE)

        self.leave({**fields, "text": "", "part": ["Hands.", "", "Startled.", "", ""]})

        entry = Entry.objects.get()
        assert (entry.kind, entry.summary.guide) == (Entry.Kind.FREE, "i-lost-my-temper")
        assert entry.content.text == f"**{fields['ask'][0]}**\n\nHands.\n\n**{fields['ask'][2]}**\n\nStartled."

    def test_saves_what_went_wrong_as_an_open_repair(self) -> None:
        fields = self.opened(reverse("journal:repair_new"))

        self.leave({**fields, "night": TONIGHT, "text": "", "part": ["I shouted.", "", "", ""]})

        summary = Entry.objects.get().summary
        summary = Entry.objects.get().summary
        assert (summary.guide, summary.repair) == ("something-went-wrong", "open")

    def test_saves_what_was_changed_on_an_entry(self) -> None:
        entry = make_entry(self.author, night=TONIGHT)

        self.leave({**self.opened(reverse("journal:entry_edit", args=[entry.pk])), "text": "We read three"})

        entry = Entry.objects.get()
        assert (entry.kind, entry.content.text, entry.version) == (Entry.Kind.NIGHT, "We read three", 2)

    def test_saves_a_page_of_its_own_where_its_address_is_not_one_of_this_site(self) -> None:
        for count, at in enumerate(("", "/nowhere/", "tonight", "https://elsewhere.example/tonight/", "\0", "/%ff/"), start=1):
            self.client.force_login(self.author)
            self.leave(self.fields(at=at))

            assert Entry.objects.filter(kind=Entry.Kind.FREE).count() == count

    def test_sent_twice_is_saved_once(self) -> None:
        fields = self.fields()

        for _ in range(2):
            self.leave(fields)
        self.client.force_login(self.author)
        self.leave(fields)

        assert Entry.objects.get().version == 1

    def test_says_in_the_background_only_whether_it_is_saved(self) -> None:
        for saved in (True, False):  # the second time nobody is signed in any more
            response = self.client.post(self.url, self.fields(), headers=JSON)

            assert (response.status_code, response.json()) == (HTTPStatus.OK, {"saved": saved})
        assert not self.is_signed_in()
        assert Entry.objects.get().content.text == "We read two chapters."

    def test_keeps_both_texts_where_another_page_wrote_meanwhile(self) -> None:
        make_entry(self.author, night=TONIGHT, text="On the phone.")

        self.leave(self.fields(text="On the laptop."))

        assert Entry.objects.get().content.text == "On the phone."
        assert Revision.objects.get(kind=Revision.Kind.CONFLICT).content.text == "On the laptop."

    def test_with_nothing_written_it_only_signs_out(self) -> None:
        for fields in ({}, {"at": "/tonight/"}, self.fields(text=" \n"), {"page": "x"}):
            self.client.force_login(self.author)
            self.leave(fields)

        assert not Entry.objects.exists()
        assert not Night.objects.exists()

    def test_does_not_save_another_persons_page(self) -> None:
        self.leave({**self.fields(), "author": self.stranger.pk})

        assert not Entry.objects.exists()

    def test_leaves_a_strangers_entry_alone_and_keeps_the_text_on_a_page_of_its_own(self) -> None:
        theirs = make_entry(self.stranger, text="Theirs.")

        self.leave(self.fields(entry=theirs.pk, text="Mine."))

        assert Entry.objects.by(self.stranger).get().content.text == "Theirs."
        assert Entry.objects.by(self.author).get().content.text == "Mine."

    def test_needs_no_token(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(self.author)

        self.leave(self.fields())

        assert Entry.objects.exists()

    def test_needs_nobody_to_be_signed_in(self) -> None:
        self.client.logout()

        self.leave(self.fields())

        assert not Entry.objects.exists()


class KeptAsItIsTests(LeaveCase):
    """A text that cannot be saved as it was sent is kept all the same: nobody is left who could correct it."""

    def kept(self) -> list[str]:
        entries = Entry.objects.by(self.author).order_by("pk")
        assert {(entry.kind, entry.night) for entry in entries} == {(Entry.Kind.FREE, TONIGHT)}
        return [entry.content.text for entry in entries]

    def test_a_text_that_is_too_long_is_kept_on_several_pages(self) -> None:
        text = "".join(f"{n:07} " for n in range(TEXT_LIMIT // 4 + 1))

        self.leave(self.fields(text=text))

        kept = self.kept()
        assert [len(part) for part in kept] == [TEXT_LIMIT, TEXT_LIMIT, 8]
        assert "".join(kept) == text

    def test_characters_that_cannot_be_kept_are_taken_out(self) -> None:
        self.leave(self.fields(text="Be\0fore\0"))

        assert Entry.objects.get().content.text == "Before"

    def test_a_night_that_cannot_be_right_is_not_taken_for_one(self) -> None:
        """The device's clock says that it is the year 2000, and nobody can be asked."""
        self.leave(self.fields(text="Still here.", night="2000-01-01"))

        assert self.kept() == ["Still here."]

    def test_what_came_from_a_damaged_page_is_kept(self) -> None:
        for changed in ({"entry": "broken"}, {"page": ""}, {"seq": "0"}, {"night": "2026-02-30"}, {"mode": "loud"}, {"author": "nobody"}):
            Entry.objects.all().delete()
            self.client.force_login(self.author)

            self.leave({**self.fields(text="Still here."), **changed})

            assert self.kept() == ["Still here."]

    def test_the_parts_of_a_guide_are_kept(self) -> None:
        self.leave({**self.fields(at=GUIDE, seq="0"), "ask": ["One?", "Two?"], "part": ["First.", "Second."]})

        assert self.kept() == ["**One?**\n\nFirst.\n\n**Two?**\n\nSecond."]

    def test_line_ends_are_those_of_every_saved_text(self) -> None:
        self.leave(self.fields(text="one\r\ntwo\r\n", seq="0"))

        assert self.kept() == ["one\ntwo\n"]


class SigningOutTests(LeaveCase):
    def test_signs_out_though_more_was_sent_than_is_read(self) -> None:
        with self.settings(DATA_UPLOAD_MAX_MEMORY_SIZE=2000):
            self.client.post(self.url, self.fields(text="x" * 3000))

        assert not self.is_signed_in()

    def test_is_not_done_by_what_another_site_sends(self) -> None:
        for headers in FROM_ELSEWHERE:
            self.client.post(self.url, self.fields(), headers=headers)

            assert self.is_signed_in(), headers
            assert not Entry.objects.exists(), headers

    def test_is_done_by_what_a_page_of_this_site_sends(self) -> None:
        for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, {"Origin": "http://testserver"}):
            self.client.force_login(self.author)

            self.leave(self.fields(), headers=headers)

        assert Entry.objects.exists()

    def test_is_not_done_by_opening_the_address(self) -> None:
        for method in (self.client.get, self.client.head):
            response = method(self.url, self.fields())

            assert response.status_code == HTTPStatus.OK
        assert self.is_signed_in()
        assert not Entry.objects.exists()

    def test_is_done_by_no_other_method(self) -> None:
        for method in (self.client.put, self.client.patch, self.client.delete):
            assert method(self.url).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert self.is_signed_in()


class NeutralPageTests(LeaveCase):
    def test_leads_on_at_once_and_names_nothing(self) -> None:
        with self.settings(LEAVE_TO="https://weather.example/today"):
            response = self.client.get(self.url)

        page = parsed(response)
        assert element(page, "meta[http-equiv=refresh]")["content"] == "0; url=https://weather.example/today"
        assert "nightlight" not in response.content.decode().lower()
        assert (response.headers["Referrer-Policy"], response.headers["Cache-Control"]) == ("no-referrer", "no-store")


class FailureTests(LeaveCase):
    def test_whatever_fails_the_session_ends(self) -> None:
        for error in (RuntimeError, RecursionError, OperationalError, ValueError):
            self.client.force_login(self.author)
            with mock.patch("journal.views.leave.submit", side_effect=error):
                self.leave(self.fields(text="Nobody may see this."))


class ButtonTests(LeaveCase):
    def buttons(self, url: str) -> int:
        return len(parsed(self.client.get(url)).select(".leave-button"))

    def test_is_on_every_page_for_everybody(self) -> None:
        assert [self.buttons(url) for url in ("/tonight/", "/journal/", "/journal/new/", "/accounts/settings/", GUIDE)] == [1] * 5

        self.client.logout()

        assert [self.buttons(url) for url in ("/", "/help/", "/prompts/", GUIDE, "/accounts/login/")] == [1] * 5

    def test_belongs_to_what_is_being_written(self) -> None:
        for url in ("/tonight/", "/journal/new/", GUIDE):
            assert self.opened(url)["at"] == [url]
        assert self.opened("/journal/") == {}

    def test_belongs_to_nothing_where_the_night_is_closed(self) -> None:
        Night.objects.create(author=self.author, night=TONIGHT, closed=Night.Closed.DONE)

        assert self.opened("/tonight/") == {}

    def test_is_on_error_pages(self) -> None:
        self.client.raise_request_exception = False
        assert self.buttons("/nowhere/") == 1

        for error, status in ((RuntimeError, HTTPStatus.INTERNAL_SERVER_ERROR), (OperationalError, HTTPStatus.SERVICE_UNAVAILABLE)):
            with mock.patch.object(helplines, "countries", side_effect=error):
                response = self.client.get("/help/")
            assert response.status_code == status
            assert b'class="leave-button"' in response.content

    def test_is_on_the_page_of_a_text_that_could_not_be_saved(self) -> None:
        response = self.client.post("/tonight/", self.fields(entry=make_entry(self.stranger).pk))

        self.assertContains(response, 'class="leave-button"', status_code=HTTPStatus.NOT_FOUND)

    def test_stands_in_the_header_beside_the_brand(self) -> None:
        for url in ("/tonight/", "/help/", "/nowhere/"):
            assert parsed(self.client.get(url)).select_one("header .bar .leave-button")

    def test_can_be_hidden_and_shown_again(self) -> None:
        self.author.shows_leave = False
        self.author.save()
        assert [self.buttons(url) for url in ("/tonight/", "/journal/", "/help/", GUIDE)] == [0] * 4

        assert parsed(self.client.get("/accounts/settings/")).select_one("input[type=checkbox][name=shows_leave]:not([checked])")
        self.client.post("/accounts/settings/", {"time_zone": "UTC", "night_ends_at": 4, "appearance": "device", "shows_leave": "on"})

        assert self.buttons("/tonight/") == 1


class LineTests(LeaveCase):
    """The line that says what the button does, until it is put away."""

    def lines(self, url: str) -> int:
        return len(parsed(self.client.get(url)).select("[data-leave-line]"))

    def setUp(self) -> None:
        User.objects.filter(pk=self.author.pk).update(knows_leave=False)
        super().setUp()

    def test_stands_under_the_header_and_before_nothing_that_was_asked_for(self) -> None:
        for url in ("/tonight/", "/journal/", GUIDE, "/accounts/settings/"):
            assert self.lines(url) == 1, url
        assert element(parsed(self.client.get("/tonight/")), "[data-leave-line] a")["href"] == "/help/leaving-quickly/?next=/tonight/"

    def test_is_put_away_once_for_every_page_and_leads_back(self) -> None:
        here = "/tonight/?night=2026-02-28"
        assert element(parsed(self.client.get(here)), "[data-leave-line] input[name=next]")["value"] == here
        for _ in range(2):
            response = self.client.post("/help/leaving-quickly/", {"next": here})

            self.assertRedirects(response, here, fetch_redirect_response=False)
        assert [self.lines(url) for url in ("/tonight/", "/journal/", GUIDE)] == [0] * 3

    def test_is_not_where_there_is_no_button_or_a_number_comes_first(self) -> None:
        assert [self.lines(url) for url in ("/help/", "/help/leaving-quickly/", "/help/shared-device/")] == [0] * 3
        User.objects.filter(pk=self.author.pk).update(shows_leave=False)
        assert self.lines("/tonight/") == 0

    def test_is_not_shown_to_who_is_not_signed_in_or_locked(self) -> None:
        self.client.post("/accounts/lock/")
        for url in ("/accounts/lock/", "/", "/prompts/", "/accounts/login/"):
            page = parsed(self.client.get(url, follow=True))
            assert (len(page.select(".leave-button")), len(page.select("[data-leave-line]"))) == (1, 0), url
            self.client.logout()

    def test_is_not_on_a_page_that_answers_what_was_sent(self) -> None:
        response = self.client.post("/tonight/", self.fields(text="Here.", seq="-1"))

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not parsed(response).select("[data-leave-line]")
