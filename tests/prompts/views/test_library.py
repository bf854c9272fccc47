"""/prompts/: the library looked through by anybody, and what a parent marks in it."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from prompts.library import translations
from prompts.models import Mark
from tests.factories import make_prompt, make_user
from tests.prompts.cases import LibraryCase

EVERYTHING = ["on-the-phone", "at-the-door", "a-slow-evening", "a-small-prayer"]


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
