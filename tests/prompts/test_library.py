"""/prompts/: the library looked through by anybody, and what a parent marks in it."""

import datetime as dt
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import time_machine
from bs4 import BeautifulSoup
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import Preferences, User
from prompts.library import translations
from prompts.models import Mark
from prompts.questions import forget_library
from tests.factories import make_prompt, make_theme, make_user

EVENING = dt.datetime(2026, 3, 1, 21, 4, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
EVERYTHING = ["on-the-phone", "at-the-door", "a-slow-evening", "a-small-prayer"]


@time_machine.travel(EVENING, tick=False)
class LibraryCase(TestCase):
    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        for position, slug in enumerate(["repair", "presence", "grace"]):
            make_theme(slug=slug, position=position, opt_in=slug == "grace")
        make_prompt(slug="a-slow-evening", question="When did the evening slow down?", depth="deep")
        make_prompt(slug="at-the-door", if_stuck=["Shoes in the café count."], tomorrow="Look up when they come in.")
        make_prompt(slug="on-the-phone", theme="repair", question="What did the phone hear?", depth="steady", ages=["teen", "grown"])
        make_prompt(slug="a-small-prayer", theme="grace", question="What did you pray for?")
        make_prompt(slug="long-gone", question="What was asked in former years?", retired=True)
        make_prompt(slug="on-a-path", question="What is asked on a path alone?", daily=False)
        cls.parent = make_user()

    def read(self, url: str = "/prompts/", **query: str) -> BeautifulSoup:
        response = self.client.get(url, query)
        assert response.status_code == HTTPStatus.OK
        return BeautifulSoup(response.content, "html.parser")

    def mark(self, slug: str = "at-the-door", **sent: str) -> Any:
        return self.client.post(f"/prompts/{slug}/mark/", sent)

    def marks(self, parent: User | None = None) -> dict[str, str]:
        return dict(Mark.objects.filter(parent=parent or self.parent).values_list("prompt_id", "kind"))


def slugs_in(page: BeautifulSoup) -> list[str]:
    return [str(a["href"]).split("/")[-2] for a in page.select(".questions a")]


class BrowseTests(LibraryCase):
    def found(self, **query: str) -> list[str]:
        return slugs_in(self.read(**query))

    def pages(self, **query: str) -> Iterator[BeautifulSoup]:
        page = self.read(**query)
        yield page
        while more := page.select_one("[rel=next]"):
            page = self.read("/prompts/" + str(more["href"]))
            yield page

    def test_shows_anybody_what_is_asked_by_theme_the_lighter_first(self) -> None:
        page = self.read()

        assert [h.get_text() for h in page.select("h3")] == ["Repair", "Presence", "Grace"]
        assert slugs_in(page) == EVERYTHING
        assert not page.select("main form[method=post]")

    def test_finds_by_the_beginnings_of_words_whatever_their_accents(self) -> None:
        for words in ("café", "CAFE", "caf", "cafe\u0301", "door   shoes", "door PRES"):
            assert self.found(q=words) == ["at-the-door"], words
        for words in ("afé", "door phone", "former", "alone"):
            assert self.found(q=words) == [], words

    def test_narrows_by_theme_age_and_depth_together(self) -> None:
        assert self.found(theme="presence") == ["at-the-door", "a-slow-evening"]
        assert self.found(age="teen") == EVERYTHING
        assert self.found(age="baby") == EVERYTHING[1:]
        assert self.found(depth="deep") == ["a-slow-evening"]
        assert self.found(theme="repair", age="grown", depth="steady", q="phone") == ["on-the-phone"]

    def test_says_where_nothing_fits_and_keeps_what_was_asked_for(self) -> None:
        page = self.read(theme="repair", age="baby", q="the rain")

        assert "No question fits all of that." in page.get_text()
        assert [str(option["value"]) for option in page.select("main option[selected]")] == ["repair", "baby", ""]
        assert [str(box["value"]) for box in page.select("input[name=q]")] == ["the rain"]

    def test_what_is_not_there_filters_nothing(self) -> None:
        for name, value in [
            *(("q", words) for words in ("", "  ", "?!", "\0", "x" * 101)),
            *((field, junk) for field in ("theme", "age", "depth", "colour") for junk in ("wrath", "\0", "-1")),
            *(("page", number) for number in ("", "0", "-1", "two", "1.5", "2", "9" * 5000, "\0")),
        ]:
            assert self.found(**{name: value}) == EVERYTHING, (name, value)
        assert slugs_in(self.read("/prompts/?q=%ff&theme=%ff&page=%ff")) == EVERYTHING

    def test_pages_through_all_that_fits_once_and_back(self) -> None:
        for n in range(60):
            make_prompt(slug=f"question-{n:02}", theme="grace", question="Was it ever so & so?")

        there = list(self.pages(q="ever & so", theme="grace"))

        assert [slug for page in there for slug in slugs_in(page)] == [f"question-{n:02}" for n in range(60)]
        assert [len(slugs_in(page)) for page in there] == [24, 24, 12]
        assert "60 questions · page 2 of 3" in there[1].get_text()
        assert not there[0].select("[rel=prev]")
        back = there[2].select_one("[rel=prev]")
        assert back is not None
        assert self.read("/prompts/" + str(back["href"])).select(".questions a") == there[1].select(".questions a")

    def test_shows_a_parent_their_own_marks_only(self) -> None:
        other = make_user(email="other@example.org")
        for parent, slug, kind in [
            (self.parent, "at-the-door", "later"),
            (self.parent, "a-slow-evening", "never"),
            (other, "on-the-phone", "later"),
        ]:
            Mark.objects.create(parent=parent, prompt_id=slug, kind=kind, marked_at=timezone.now())

        assert not self.read().select(".badge, main a[href*=marked]")

        self.client.force_login(self.parent)
        page = self.read()
        badges = {
            slug: badge.get_text() for slug, item in zip(EVERYTHING, page.select(".questions li"), strict=True) for badge in item("span")
        }
        assert badges == {"at-the-door": "kept for later", "a-slow-evening": "not for me"}
        assert [(a["href"], a.get_text()) for a in page.select("main a[href*=marked]")] == [
            ("/prompts/marked/later/", "1 kept for later"),
            ("/prompts/marked/never/", "1 not for me"),
        ]

    def test_costs_two_queries_for_anybody_and_a_parents_marks(self) -> None:
        for n in range(40):
            make_prompt(slug=f"question-{n}")

        with self.assertNumQueries(2):  # themes, prompts
            self.read()

        self.client.force_login(self.parent)
        with self.assertNumQueries(5):  # session, person, themes, marks, own questions: the library is kept in between
            self.read()

    def test_is_only_read(self) -> None:
        assert self.client.head("/prompts/").status_code == HTTPStatus.OK
        assert self.client.post("/prompts/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


class PromptTests(LibraryCase):
    def article(self, slug: str, **headers: str) -> BeautifulSoup:
        response = self.client.get(f"/prompts/{slug}/", headers=headers)
        assert response.status_code == HTTPStatus.OK
        return BeautifulSoup(str(BeautifulSoup(response.content, "html.parser").article), "html.parser")

    def test_says_everything_of_it_to_anybody(self) -> None:
        article = self.article("at-the-door")

        for words in ("What happened at the door tonight?", "Shoes in the café count.", "Look up when they come in.", "Light"):
            assert words in article.get_text()
        assert [a.get_text() for a in article.select("a[href='/prompts/?theme=presence']")] == ["Presence"]
        assert "Teenager, Grown up" in self.article("on-the-phone").get_text()

    def test_leads_a_visitor_to_the_login_and_back(self) -> None:
        article = self.article("at-the-door")

        to_login = article.select_one("a.main")
        assert to_login is not None
        address = urlsplit(str(to_login["href"]))
        assert (address.path, parse_qs(address.query)) == (reverse("account_login"), {"next": ["/prompts/at-the-door/"]})
        assert not article.select("form")

    def test_leads_a_parent_to_a_page_that_asks_it(self) -> None:
        self.client.force_login(self.parent)

        write = self.article("on-a-path").select_one("a.main")

        assert write is not None
        assert "What is asked on a path alone?" in self.read(str(write["href"])).get_text()

    def test_says_that_a_tender_one_can_wait(self) -> None:
        make_prompt(slug="a-sore-one", tender=True)

        assert self.article("a-sore-one").select(".asked a[href='/help/']")
        assert not self.article("at-the-door").select("a[href='/help/']")

    def test_a_retired_one_is_still_there_and_says_so(self) -> None:
        said = {slug: "no longer asked" in self.article(slug).get_text() for slug in ("long-gone", "on-a-path", "at-the-door")}

        assert said == {"long-gone": True, "on-a-path": False, "at-the-door": False}

    def test_unknown_ones_are_not_found(self) -> None:
        for slug in (
            "nothing-like-it",
            "AT-THE-DOOR",
            "x" * 300,
            "%00",
            "%ff",
            "at-the-door/at-the-door",
            "00000000-0000-7000-8000-000000000000",
        ):
            assert self.client.get(f"/prompts/{slug}/").status_code == HTTPStatus.NOT_FOUND, slug

    def test_is_only_read(self) -> None:
        assert self.client.post("/prompts/at-the-door/").status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_is_read_in_the_visitors_language(self) -> None:
        slug, words = next((slug, words) for slug, words in translations.read("es").prompts.items() if words.if_stuck)
        make_prompt(slug=slug, theme="repair", question="What does it say in English?", if_stuck=["In English."])

        article = self.article(slug, accept_language="es")

        assert [h.get_text() for h in article.select("h1:not([lang])")] == [words.question]
        assert [way.get_text() for way in article.select("li:not([lang])")] == list(words.if_stuck)
        assert self.article(slug).h1 != article.h1

    def test_marks_the_language_of_all_words_that_are_not_translated(self) -> None:
        article = self.article("at-the-door", accept_language="es")

        english = " ".join(part.get_text(" ") for part in article.select("[lang=en]"))
        for words in ("What happened at the door tonight?", "Shoes in the café count.", "Look up when they come in."):
            assert words in english


class MarkTests(LibraryCase):
    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def buttons(self) -> dict[str, str]:
        page = self.read("/prompts/at-the-door/")
        return {str(button["value"]): button.get_text() for button in page.select("form[action$='/mark/'] button")}

    def test_keeps_for_later_or_puts_away_and_takes_back(self) -> None:
        assert self.buttons() == {"later": "Keep for later", "never": "Not for me"}

        self.assertRedirects(self.mark(kind="later"), "/prompts/at-the-door/")
        assert self.marks() == {"at-the-door": "later"}
        assert self.buttons() == {"": "No longer keep for later", "never": "Not for me"}

        self.mark(kind="never")
        assert self.marks() == {"at-the-door": "never"}
        assert self.buttons() == {"": "May be asked again", "later": "Keep for later"}

        self.mark(kind="")
        assert self.marks() == {}

    def test_says_what_was_done(self) -> None:
        for kind, said in [("later", "Kept for later."), ("never", "It will not be asked again"), ("", "Taken back.")]:
            self.mark(kind=kind)
            assert said in self.read("/prompts/at-the-door/").select(".messages")[0].get_text()

    def test_sent_twice_does_it_once(self) -> None:
        with time_machine.travel(EVENING, tick=False) as clock:
            self.mark(kind="later")
            clock.shift(HOUR)
            self.mark(kind="later")

        assert [mark.marked_at for mark in Mark.objects.all()] == [EVENING]

        for _ in range(2):
            self.assertRedirects(self.mark(kind=""), "/prompts/at-the-door/")
        assert self.marks() == {}

    def test_retired_ones_and_those_of_paths_can_be_marked_too(self) -> None:
        self.mark("long-gone", kind="never")
        self.mark("on-a-path", kind="later")

        assert self.marks() == {"long-gone": "never", "on-a-path": "later"}

    def test_leaves_other_peoples_marks(self) -> None:
        other = make_user(email="other@example.org")
        Mark.objects.create(parent=other, prompt_id="at-the-door", kind="later", marked_at=EVENING)

        for kind in ("", "never"):
            self.mark(kind=kind)

        assert self.marks(other) == {"at-the-door": "later"}

    def test_sends_strangers_to_the_login(self) -> None:
        self.client.logout()

        url = "/prompts/at-the-door/mark/"
        self.assertRedirects(self.mark(kind="later"), f"{reverse('account_login')}?next={url}", fetch_redirect_response=False)
        assert not Mark.objects.exists()

    def test_is_not_done_by_a_link(self) -> None:
        self.mark(kind="later")

        for method in (self.client.get, self.client.head, self.client.put):
            assert method("/prompts/at-the-door/mark/?kind=never").status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert self.marks() == {"at-the-door": "later"}

    def test_unknown_prompts_and_kinds_mark_nothing(self) -> None:
        for slug in ("nothing-like-it", "x" * 300):
            assert self.mark(slug, kind="later").status_code == HTTPStatus.NOT_FOUND
        for kind in ("wrath", "\0", "LATER", "x" * 500):
            assert self.mark(kind=kind).status_code < HTTPStatus.INTERNAL_SERVER_ERROR

        assert self.marks() == {}

    def test_leads_back_to_a_list_and_nowhere_else(self) -> None:
        self.assertRedirects(self.mark(kind="", **{"from": "never"}), "/prompts/marked/never/")
        for elsewhere in ("https://example.com/", "//example.com", "/help/", "\0"):
            self.assertRedirects(self.mark(kind="", **{"from": elsewhere}), "/prompts/at-the-door/")


class MarkedTests(LibraryCase):
    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def listed(self, kind: str) -> list[str]:
        return [str(a["href"]).split("/")[-2] for a in self.read(f"/prompts/marked/{kind}/").select("article h2 a")]

    def test_lists_each_kind_the_latest_first(self) -> None:
        make_mark = Mark.objects.create
        make_mark(parent=make_user(email="other@example.org"), prompt_id="a-small-prayer", kind="later", marked_at=EVENING)
        with time_machine.travel(EVENING, tick=False) as clock:
            for slug, kind in [("on-a-path", "later"), ("at-the-door", "later"), ("a-slow-evening", "never"), ("long-gone", "later")]:
                self.mark(slug, kind=kind)
                clock.shift(HOUR)

        assert self.listed("later") == ["long-gone", "at-the-door", "on-a-path"]
        assert self.listed("never") == ["a-slow-evening"]

    def test_what_was_put_away_before_counts_from_when_it_is_kept(self) -> None:
        with time_machine.travel(EVENING, tick=False) as clock:
            for slug, kind in [("at-the-door", "never"), ("on-the-phone", "later"), ("at-the-door", "later")]:
                self.mark(slug, kind=kind)
                clock.shift(HOUR)

        assert self.listed("later") == ["at-the-door", "on-the-phone"]

    def test_takes_back_by_its_buttons(self) -> None:
        for kind in ("later", "never"):
            self.mark(kind=kind)
            form = self.read(f"/prompts/marked/{kind}/").select("article form")[0]
            sent = {str(field["name"]): str(field["value"]) for field in form.select("[name]")}

            self.assertRedirects(self.client.post(str(form["action"]), sent), f"/prompts/marked/{kind}/")
            assert self.listed(kind) == []

    def test_says_where_there_is_nothing(self) -> None:
        assert "Nothing is kept for later." in self.read("/prompts/marked/later/").get_text()
        assert "Nothing has been put away." in self.read("/prompts/marked/never/").get_text()

    def test_there_are_no_other_lists(self) -> None:
        for kind in ("wrath", "LATER", "x" * 300):
            assert self.client.get(f"/prompts/marked/{kind}/").status_code == HTTPStatus.NOT_FOUND
        assert self.client.post("/prompts/marked/later/").status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_sends_strangers_to_the_login(self) -> None:
        self.client.logout()

        for kind in ("later", "never"):
            url = f"/prompts/marked/{kind}/"
            self.assertRedirects(self.client.get(url), f"{reverse('account_login')}?next={url}", fetch_redirect_response=False)


class KeptFirstTests(LibraryCase):
    url = "/prompts/kept-first/"

    def setUp(self) -> None:
        self.client.force_login(self.parent)
        forget_library()

    def told(self) -> Preferences:
        return User.objects.get(pk=self.parent.pk).preferences

    def press(self) -> Any:
        button = self.read("/prompts/marked/later/").select(f"form[action='{self.url}'] button")[0]
        return self.client.post(self.url, {str(button["name"]): str(button["value"])})

    def tonight(self) -> str:
        return self.read("/tonight/").select("h1")[0].get_text()

    def test_what_is_kept_comes_first_and_by_turn_again(self) -> None:
        self.mark("on-the-phone", kind="later")  # which no turn brings: no ages are told
        assert self.tonight() != "What did the phone hear?"

        self.assertRedirects(self.press(), "/prompts/marked/later/")
        assert self.tonight() == "What did the phone hear?"

        self.press()
        assert self.tonight() != "What did the phone hear?"

    def test_names_its_end_so_that_sending_it_twice_is_once(self) -> None:
        for first, stays in [("yes", True), ("no", False), ("yes", True), ("perhaps", False)]:
            for _ in range(2):
                self.client.post(self.url, {"first": first})
                assert self.told().kept_first is stays

    def test_leaves_what_else_was_chosen(self) -> None:
        self.parent.sealed_preferences = Preferences(themes=("grace",), ages=("teen",), start=("mending",))
        self.parent.save()

        self.client.post(self.url, {"first": "yes"})

        assert self.told() == Preferences(themes=("grace",), ages=("teen",), kept_first=True, start=("mending",))

    def test_is_not_done_by_a_link_nor_by_strangers(self) -> None:
        assert self.client.get(self.url, {"first": "yes"}).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        self.client.logout()
        to_login = f"{reverse('account_login')}?next={self.url}"
        self.assertRedirects(self.client.post(self.url, {"first": "yes"}), to_login, fetch_redirect_response=False)

        assert not self.told().kept_first
