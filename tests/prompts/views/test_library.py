"""`/prompts/` and `/prompts/<slug>/`: anybody browses and searches the library, and reads one question."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag
from django.urls import reverse
from django.utils import timezone

from prompts.library import translations
from prompts.models import Mark
from tests.factories import make_own_question, make_prompt, make_user
from tests.helpers import element, main_text, parsed
from tests.prompts.cases import LibraryCase

EVERYTHING = ["on-the-phone", "at-the-door", "a-slow-evening", "a-small-prayer"]


def slugs_in(page: BeautifulSoup) -> list[str]:
    return [str(link["href"]).split("/")[-2] for link in page.select(".questions a")]


class BrowseTests(LibraryCase):
    def matches(self, **query: str) -> list[str]:
        return slugs_in(self.read(**query))

    def pages(self, **query: str) -> Iterator[BeautifulSoup]:
        """The first page of what matches, and those that its links lead on to."""
        page = self.read(**query)
        yield page
        while links := page.select("[rel=next]"):
            page = self.read("/prompts/" + str(links[0]["href"]))
            yield page

    def test_shows_anybody_what_is_asked_by_theme_the_lighter_first(self) -> None:
        page = self.read()

        assert [heading.get_text() for heading in page.select("h3")] == ["Repair", "Presence", "Grace"]
        assert slugs_in(page) == EVERYTHING
        assert not page.select("main form[method=post]")

    def test_matches_the_beginnings_of_words_whatever_their_accents(self) -> None:
        for words in ("café", "CAFE", "caf", "cafe\u0301", "door   shoes", "door PRES"):
            assert self.matches(q=words) == ["at-the-door"], words
        for words in ("afé", "door phone", "former", "alone"):
            assert self.matches(q=words) == [], words

    def test_narrows_by_theme_age_and_depth_together(self) -> None:
        assert self.matches(theme="presence") == ["at-the-door", "a-slow-evening"]
        assert self.matches(age="teen") == EVERYTHING
        assert self.matches(age="baby") == EVERYTHING[1:]
        assert self.matches(depth="deep") == ["a-slow-evening"]
        assert self.matches(theme="repair", age="grown", depth="steady", q="phone") == ["on-the-phone"]

    def test_narrows_by_what_is_true_of_a_family_and_says_whom_a_question_is_for(self) -> None:
        make_prompt(slug="their-other-home", question="Where do they sleep tonight?", facets=["two-homes", "step-family"])

        assert self.matches(facet="two-homes") == ["their-other-home"]
        assert self.matches(facet="money") == []
        said = main_text(self.client.get("/prompts/their-other-home/"))
        assert "For those who switched this on : My child has two homes · A step-family." in said
        assert "switched this on" not in main_text(self.client.get("/prompts/at-the-door/"))

    def test_one_field_comes_first_filters_are_folded_and_what_is_found_stands_above_other_ways(self) -> None:
        def order(page: BeautifulSoup) -> list[str]:
            kinds = ("search", "filters", "doors", "questions")
            parts = page.select("main :is(.search, .filters, .doors, .questions)")
            return [kind for part in parts for kind in kinds if kind in str(part["class"])]

        assert order(self.read())[:4] == ["search", "filters", "doors", "questions"]
        assert order(self.read(q="door")) == ["search", "filters", "questions", "doors"]
        assert not self.read(q="door").select("details[open]")
        for name, value in (("theme", "presence"), ("age", "baby"), ("facet", "money"), ("depth", "light")):
            assert self.read(**{name: value}).select("details[open]"), name
        assert not self.read(theme="wrath").select("details[open]"), "what filters nothing opens nothing"

    def test_each_says_why_it_was_found(self) -> None:
        def why(**query: str) -> list[str]:
            item = element(self.read(**query), ".questions li")
            return [mark.get_text() for mark in item.select("a mark")] + [part.get_text(" ", strip=True) for part in item.select(".why")]

        assert why(q="DOOR") == ["door"]
        assert why(q="cafe") == ["If you’re stuck: Shoes in the café count."]
        assert why(q="prese") == ["Theme: Presence"]
        assert why(q="door cafe pres") == ["door", "If you’re stuck: Shoes in the café count.", "Theme: Presence"]
        assert why() == why(theme="presence") == [], "nothing was searched for"

    def test_own_questions_say_why_they_were_found_and_mark_no_html(self) -> None:
        self.client.force_login(self.parent)
        make_own_question(self.parent, "What <b>shines</b> at the door?")

        for query, marked in (("shine", ["shines"]), ("own", ["own"])):
            item = element(self.read(q=query), ".questions li")
            assert [mark.get_text() for mark in item.select("mark")] == marked
            assert not item.select("b")
        assert "Theme: My own question" in " ".join(item.get_text(" ").split())

    def test_what_was_searched_for_is_in_no_title(self) -> None:
        for query in ("door", "nothing of the kind"):
            assert element(self.read(q=query), "title").get_text() == "Questions · Nightlight"

    def test_nothing_found_leads_on(self) -> None:
        page = self.read(q="the rain", theme="repair")
        ways = {link.get_text(): link["href"] for link in page.select(".empty a")}
        assert ways == {"Search everywhere": "?q=the+rain", "Show everything": "/prompts/"}

        self.client.force_login(self.parent)
        alone = element(self.read(q="rain"), ".empty")
        assert "Try just one, or its beginning." in alone.get_text()
        assert [link["href"] for link in alone.select("a")] == ["/prompts/", "/prompts/own/"]

    def test_says_where_nothing_matches_and_keeps_the_filters(self) -> None:
        page = self.read(theme="repair", age="baby", q="the rain")

        assert "No question has all these words with the filters above." in page.get_text()
        assert [str(option["value"]) for option in page.select("main option[selected]")] == ["repair", "baby", "", ""]
        assert [str(box["value"]) for box in page.select("input[name=q]")] == ["the rain"]

    def test_unknown_filters_filter_nothing(self) -> None:
        for name, value in [
            *(("q", words) for words in ("", "  ", "?!", "\0", "x" * 101)),
            *((field, junk) for field in ("theme", "age", "depth", "colour") for junk in ("wrath", "\0", "-1")),
            *(("page", number) for number in ("", "0", "-1", "two", "1.5", "2", "9" * 5000, "\0")),
        ]:
            assert self.matches(**{name: value}) == EVERYTHING, (name, value)
        slips = self.read("/prompts/?q=%ff&theme=%ff&age=x&depth=x&page=%ff")
        assert slugs_in(slips) == EVERYTHING
        assert not slips.select(".failures")

    def test_pages_lead_through_all_matches_once_and_back(self) -> None:
        for number in range(60):
            make_prompt(slug=f"question-{number:02}", theme="grace", question="Was it ever so & so?")

        pages = list(self.pages(q="ever & so", theme="grace"))

        assert [slug for page in pages for slug in slugs_in(page)] == [f"question-{n:02}" for n in range(60)]
        assert [len(slugs_in(page)) for page in pages] == [24, 24, 12]
        assert "60 questions · page 2 of 3" in pages[1].get_text()
        assert not pages[0].select("[rel=prev]")
        back = str(element(pages[2], "[rel=prev]")["href"])
        assert self.read("/prompts/" + back).select(".questions a") == pages[1].select(".questions a")

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
        assert [(link["href"], link.get_text()) for link in page.select("main a[href*=marked]")] == [
            ("/prompts/marked/later/", "1 kept for later"),
            ("/prompts/marked/never/", "1 not for me"),
        ]

    def test_costs_two_queries_for_anybody_and_a_parents_marks(self) -> None:
        for number in range(40):
            make_prompt(slug=f"question-{number}")

        with self.assertNumQueries(2):  # themes, prompts
            self.read()

        self.client.force_login(self.parent)
        with self.assertNumQueries(4):  # session, person, themes, marks: the library is kept in between, and no own questions are asked for
            self.read()

    def test_accepts_only_reading(self) -> None:
        assert self.client.head("/prompts/").status_code == HTTPStatus.OK
        assert self.client.post("/prompts/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


class PromptTests(LibraryCase):
    def article(self, slug: str, **headers: str) -> Tag:
        response = self.client.get(f"/prompts/{slug}/", headers=headers)
        assert response.status_code == HTTPStatus.OK
        return element(parsed(response), "article")

    def test_shows_anybody_all_of_its_parts(self) -> None:
        article = self.article("at-the-door")

        for words in ("What happened at the door tonight?", "Shoes in the café count.", "Look up when they come in.", "Light"):
            assert words in article.get_text()
        assert [link.get_text() for link in article.select("a[href='/prompts/?theme=presence']")] == ["Presence"]
        assert "Teenager, Grown up" in self.article("on-the-phone").get_text()

    def test_leads_a_visitor_to_the_login_and_back(self) -> None:
        article = self.article("at-the-door")

        address = urlsplit(str(element(article, "a.main")["href"]))
        assert (address.path, parse_qs(address.query)) == (reverse("account_login"), {"next": ["/prompts/at-the-door/"]})
        assert not article.select("form")

    def test_leads_a_parent_to_a_page_that_asks_it(self) -> None:
        self.client.force_login(self.parent)

        address = str(element(self.article("on-a-path"), "a.main")["href"])

        assert "What is asked on a path alone?" in self.read(address).get_text()

    def test_a_tender_one_links_to_help(self) -> None:
        make_prompt(slug="a-sore-one", tender=True)

        assert self.article("a-sore-one").select(".asked a[href='/help/']")
        assert not self.article("at-the-door").select("a[href='/help/']")

    def test_a_retired_one_can_be_read_and_says_that_it_is_no_longer_asked(self) -> None:
        says_so = {slug: "no longer ask this" in self.article(slug).get_text() for slug in ("long-gone", "on-a-path", "at-the-door")}

        assert says_so == {"long-gone": True, "on-a-path": False, "at-the-door": False}

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

    def test_accepts_only_reading(self) -> None:
        assert self.client.post("/prompts/at-the-door/").status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_is_shown_in_the_visitors_language(self) -> None:
        slug, words = next((slug, words) for slug, words in translations.read("es").prompts.items() if words.if_stuck)
        make_prompt(slug=slug, theme="repair", question="What does it say in English?", if_stuck=["In English."])

        article = self.article(slug, accept_language="es")

        assert [heading.get_text() for heading in article.select("h1:not([lang])")] == [words.question]
        assert [item.get_text() for item in article.select("li:not([lang])")] == list(words.if_stuck)
        assert self.article(slug).h1 != article.h1

    def test_marks_words_that_are_not_translated_as_english(self) -> None:
        article = self.article("at-the-door", accept_language="es")

        english = " ".join(part.get_text(" ") for part in article.select("[lang=en]"))
        for words in ("What happened at the door tonight?", "Shoes in the café count.", "Look up when they come in."):
            assert words in english
