"""/journal/search/ and /journal/search/<id>/: what is found, and a page that was found."""

import datetime as dt
import logging
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from unittest import mock

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Child, Children
from common.ids import new_id
from journal.entries import trash
from journal.finding.index import building
from journal.models import Entry
from journal.nights import walks
from tests.factories import (
    make_assignment,
    make_connection,
    make_counselor,
    make_entry,
    make_path_prompts,
    make_prompt,
    make_set,
    make_user,
)
from tests.helpers import DAY, EVENING, TONIGHT, element, everything_stored, form_fields, main_text, parsed, session_contents
from tests.journal.cases import JournalCase

URL = "/journal/search/"
MIKA, JUNO = "a" * 32, "b" * 32
CANARY = "quetzalcoatlus"
FIELDS = ".narrow :is(legend, .field > label)"


class SearchCase(JournalCase):
    def entry(self, **fields: Any) -> Entry:
        return make_entry(self.author, **{"now": EVENING, **fields})

    def post(self, url: str = URL, **fields: Any) -> Any:
        return self.client.post(url, fields)

    def search(self, **fields: Any) -> BeautifulSoup:
        response = self.post(**fields)
        assert response.status_code == HTTPStatus.OK
        return parsed(response)

    def nights(self, page: Tag) -> list[str]:
        return [when.get_text() for when in page.select(".hits .when > span:first-child")]

    def give_children(self) -> None:
        self.author.sealed_children = Children((Child(MIKA, "Mika"), Child(JUNO, "Juno", None, True)))
        self.author.save()


class AskingTests(SearchCase):
    def test_invites_where_nothing_is_written(self) -> None:
        assert "The first page can be one line." in element(self.read(URL), ".empty").get_text()
        assert "The first page can be one line." in element(self.search(words="rain"), ".empty").get_text()

    def test_an_address_searches_for_nothing(self) -> None:
        self.entry(text="Rain.")

        page = self.read(URL, words="rain", q="rain")

        assert not page.select(".hits")
        assert element(page, "[name=words]").get("value") is None

    def test_offers_only_what_a_person_has_anything_of(self) -> None:
        names = [label.get_text() for label in self.read(URL).select(FIELDS)]
        assert names == ["Order", "How it felt", "From", "To"]

        self.give_children()
        make_path_prompts("mending")
        walks.begin(self.author, "mending", TONIGHT)
        counselor = make_counselor()
        make_assignment(make_connection(counselor, self.author), make_set(counselor))
        self.author.remember("has_repairs")

        page = self.read(URL)
        names = [label.get_text() for label in page.select(FIELDS)]
        assert names == [
            "Order",
            "About",
            "How it felt",
            "Theme of the question",
            "From",
            "To",
            "With a repair that is",
            "Path",
            "Set from your counselor",
        ]
        assert [label.get_text(strip=True) for label in page.select("#id_children label")] == ["Mika", "Juno"]
        assert "First weeks" in element(page, "[name=assignment]").get_text()

    def test_spans_begin_with_the_first_evening(self) -> None:
        self.entry(text="Rain.")
        assert [button.get_text() for button in self.read(URL).select("[name=span]")] == ["March 2026", "Spring 2026", "2026"]

        self.entry(text="Rain.", night=dt.date(2025, 7, 1))
        assert "2025" in [button.get_text() for button in self.read(URL).select("[name=span]")]


class FindingTests(SearchCase):
    def test_finds_words_and_shows_them_where_they_stand(self) -> None:
        self.entry(text="We walked in the rain.", feeling="heavy")
        self.entry(text="Sun & <b>dust</b>.", night=TONIGHT - DAY)

        page = self.search(words="rain")

        assert element(page, "[data-count]").get_text() == "1 page"
        assert self.nights(page) == ["Sunday, 1 March"]
        assert element(page, ".hits .feeling").get_text() == "Heavy"
        assert [mark.get_text() for mark in page.select(".hits mark")] == ["rain"]
        assert element(page, "[name=words]")["value"] == "rain"
        assert "<b>" not in str(element(self.search(words="dust"), ".hits"))

    def test_finds_what_was_saved_a_moment_ago_and_nothing_that_is_deleted_or_another_persons(self) -> None:
        make_entry(make_user(email="other@example.org"), text="Their rain.")
        trash.delete(self.author, self.entry(text="Deleted rain."), EVENING)
        assert not self.search(words="rain").select(".hits")

        self.entry(text="Rain again.", night=TONIGHT - DAY)

        assert self.nights(self.search(words="rain")) == ["Saturday, 28 February"]

    def test_filters_combine_with_words_and_stand_alone(self) -> None:
        self.give_children()
        make_prompt(slug="a-quarrel", theme="repair")
        self.entry(text="Rain.", feeling="heavy", children=(MIKA,), prompt="a-quarrel", mode="question")
        self.entry(text="Rain.", feeling="light", children=(JUNO,), night=dt.date(2026, 2, 3))
        self.entry(text="Snow.", feeling="heavy", night=dt.date(2025, 12, 24))
        both, first, second = ["Sunday, 1 March", "Tuesday, 3 February"], ["Sunday, 1 March"], ["Tuesday, 3 February"]

        for fields, nights, words in (
            ({"words": "rain"}, both, ""),
            ({"words": "rain", "feelings": "heavy"}, first, "Heavy nights"),
            ({"children": JUNO}, second, "Pages about Juno"),
            ({"children": [MIKA, JUNO]}, both, "Pages about Mika or Juno"),
            ({"themes": "repair"}, first, "Pages on “Repair”"),
            ({"words": "rain", "first": "2026-02-01", "last": "2026-02-28"}, second, "February 2026"),
            ({"words": "rain", "span": "2026-03+3", "first": "2026-02-01"}, first, "Spring 2026"),
            ({"words": "snow", "feelings": "light"}, [], ""),
        ):
            page = self.search(**fields)
            assert self.nights(page) == nights, fields
            narrowed = page.select_one(".narrowed-to p")
            assert (narrowed.get_text() if narrowed else "") == words

        page = self.search(span="2026-03+3")
        assert [element(page, f"[name={name}]")["value"] for name in ("first", "last")] == ["2026-03-01", "2026-05-31"]

    def test_finds_repairs_paths_and_sets(self) -> None:
        make_path_prompts("mending")
        walks.begin(self.author, "mending", TONIGHT)
        self.author.remember("has_repairs")
        step = walks.all_paths()["mending"].prompts[0]
        counselor = make_counselor()
        given = make_assignment(make_connection(counselor, self.author), make_set(counselor))
        of_path = self.entry(text="On the path.", prompt=step, mode="question")
        mended = self.entry(text="Mended.", night=TONIGHT - DAY)
        mended.summary = replace(mended.summary, repair="mended")
        mended.save(update_fields=["summary", "is_unindexed"])
        answered = self.entry(text="To the set.", night=TONIGHT - 2 * DAY, prompt=f"step-{given.steps.all()[0].pk}", mode="question")

        for fields, entry in (({"path": "mending"}, of_path), ({"repairs": "mended"}, mended), ({"assignment": given.pk.hex}, answered)):
            assert [str(row["id"]) for row in self.search(**fields).select(".hits li")] == [str(entry.pk)], fields

    def test_twenty_a_page_and_from_one_to_the_next(self) -> None:
        for days in range(22):
            self.entry(text="Rain.", night=TONIGHT - days * DAY)
        ids = [str(pk) for pk in Entry.objects.newest_first().values_list("pk", flat=True)]

        page, listed = self.search(words="rain"), []
        assert element(page, "[data-count]").get_text() == "22 pages"
        while True:
            listed += [str(row["id"]) for row in page.select(".hits li")]
            older = page.select_one(".pager [rel=next]")
            if older is None:
                break
            page = self.search(**{**form_fields(page, "#hits"), "page": older["value"]})

        assert listed == ids
        assert "page 2 of 2" in element(page, ".pager").get_text()
        assert [element(page, ".pager button")[name] for name in ("rel", "value")] == ["prev", "1"]
        for number, expected in (("99", ids[20:]), ("0", ids[:20]), ("-1", ids[:20]), ("x", ids[:20]), ("٣", ids[:20])):
            assert [str(row["id"]) for row in self.search(words="rain", page=number).select(".hits li")] == expected

    def test_while_somebody_types_only_what_was_found_is_sent(self) -> None:
        self.entry(text="Rain.")

        response = self.post(words="rai", typing="on", part="found")

        assert "<main" not in response.content.decode()
        assert len(parsed(response).select(".hits li")) == 1
        hits = form_fields(parsed(response), "#hits")
        assert hits["typing"] == ["on"]  # so that a page of it, and the way back, find the same
        entry = parsed(self.post(f"{URL}{Entry.objects.get().pk}/", **hits))
        assert element(entry, "mark").get_text() == "Rain"

    def test_what_is_found_costs_no_more_queries_the_more_there_is(self) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.search(words="rain", feelings="heavy")
            return len(captured)

        self.entry(text="Rain.", feeling="heavy")
        self.search(words="rain")
        few = queries()
        for days in range(1, 30):
            self.entry(text="Rain.", feeling="heavy", night=TONIGHT - days * DAY)
        self.search(words="rain")

        assert queries() <= few <= 7


class NothingFoundTests(SearchCase):
    def test_says_what_would_find_more(self) -> None:
        self.entry(text="Rain.")

        assert "Try fewer words, or a shorter one." in main_text(self.post(words="hail storm"))

    def test_a_word_that_no_page_has_may_be_the_beginning_of_one(self) -> None:
        self.entry(text="We read two chapters.")
        page = self.search(words="chap")
        assert [mark.get_text() for mark in page.select(".hits mark")] == ["chapters"]
        sent = form_fields(page, "#hits")
        assert sent["typing"] == ["on"]  # the next page, the page that was found and the way back find the same

    def test_the_same_words_are_searched_for_everywhere_in_one_press(self) -> None:
        self.entry(text="Rain.", feeling="light")

        page = self.search(words="rain", feelings="heavy", order="best")

        assert "among these: Heavy nights." in element(page, ".empty").get_text()
        everywhere = form_fields(page, ".empty form")
        assert everywhere == {"author": [str(self.author.pk)], "words": ["rain"], "order": ["best"]}
        assert len(self.search(**everywhere).select(".hits li")) == 1

    def test_filters_alone(self) -> None:
        self.entry(text="Rain.")

        assert "No page matches all of that." in main_text(self.post(feelings="heavy"))

    def test_nothing_at_all_is_no_search(self) -> None:
        self.entry(text="Rain.")

        for words in ("", "   "):
            assert not self.search(words=words).select(".hits, .empty")


class RefusedTests(SearchCase):
    def refused(self, **fields: Any) -> BeautifulSoup:
        response = self.post(**fields)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        page = parsed(response)
        assert page.title is not None
        assert page.title.get_text().startswith("Error: ")
        assert not page.select(".hits")
        return page

    def test_dates_that_do_not_exist(self) -> None:
        page = self.refused(words="rain", first="2026-02-30", last="soon")

        assert [link.get_text() for link in page.select(".failures a")] == [
            "From: Enter the date as 2026-11-20.",
            "To: Enter the date as 2026-11-20.",
        ]
        assert [element(page, f"[name={name}]")["value"] for name in ("words", "first", "last")] == ["rain", "2026-02-30", "soon"]
        assert element(page, ".narrow").has_attr("open")

    def test_dates_in_the_wrong_order(self) -> None:
        page = self.refused(first="2026-03-02", last="2026-03-01")

        assert "before the night" in element(page, ".failures a").get_text()

    def test_a_child_that_was_removed_in_another_tab(self) -> None:
        self.give_children()
        page = self.refused(words="rain", children=[MIKA, "c" * 32])
        assert "no longer on your list" in element(page, ".failures").get_text()
        assert [box["value"] for box in page.select("[name=children][checked]")] == [MIKA]

        self.author.sealed_children = Children()
        self.author.save()
        page = self.refused(words="rain", children=[MIKA])
        assert "no longer here" in element(page, ".failures").get_text()
        assert element(page, "[name=words]")["value"] == "rain"

    def test_a_path_or_a_set_that_is_gone(self) -> None:
        for fields in ({"path": "mending"}, {"assignment": new_id().hex}, {"assignment": "x"}, {"themes": "nothing"}):
            assert "no longer here" in element(self.refused(**fields), ".failures").get_text()

    def test_ten_thousand_signs(self) -> None:
        page = self.refused(words="rain " * 2000)

        assert "up to 500 characters" in element(page, ".failures").get_text()
        assert element(page, "[name=words]")["value"] == "rain " * 2000

    def test_what_was_typed_while_another_person_was_signed_in(self) -> None:
        for url in (URL, "/journal/"):
            response = self.post(url, author=new_id(), words="rain", feelings="heavy")
            assert response.status_code == HTTPStatus.FORBIDDEN
            assert not parsed(response).select(".hits")

    def test_hostile_words_are_words(self) -> None:
        self.entry(text="Rain.")
        for words in ('"', '"rain', "-", "- -", "AND OR NOT", "rain*", "(", "a\0b", "{}:^", "NEAR(rain, 2)", "怒", "😀", "-rain"):
            assert self.post(words=words).status_code == HTTPStatus.OK, words


class FoundPageTests(SearchCase):
    def test_shows_the_entry_with_the_words_marked_and_the_way_back(self) -> None:
        make_prompt(slug="at-the-window", question="Did the rain stop?")
        entry = self.entry(text="It was the *rain*, and the rain.", prompt="at-the-window", mode="question")
        hits = self.search(words="rain", first="2026-01-01")
        button = element(hits, ".hits button")

        page = parsed(self.post(str(button["formaction"]), **form_fields(hits, "#hits")))

        assert [mark.get_text() for mark in page.select(".reading mark")] == ["rain", "rain"]
        assert len(page.select("#match")) == 1
        assert str(element(page, "h1 mark").get_text()) == "rain"
        back = element(page, "[data-back]")
        assert back["action"] == f"{URL}#{entry.pk}"
        assert form_fields(page, "[data-back]") == {
            "author": [str(self.author.pk)],
            "words": ["rain"],
            "first": ["2026-01-01"],
            "page": ["1"],
        }

    def test_without_words_it_is_the_entry_as_it_is(self) -> None:
        entry = self.entry(text="It was the rain.", feeling="heavy")

        page = parsed(self.post(f"{URL}{entry.pk}/", feelings="heavy"))

        assert not page.select("mark")
        assert element(page, ".reading").get_text(strip=True) == "It was the rain."

    def test_opened_by_its_address_it_is_the_entry_itself(self) -> None:
        entry = self.entry()

        self.assertRedirects(self.client.get(f"{URL}{entry.pk}/"), entry.get_absolute_url())

    def test_a_search_that_is_damaged_marks_nothing(self) -> None:
        entry = self.entry(text="Rain.")

        for fields in ({}, {"words": "x" * 10_000}, {"first": "never", "page": "x" * 5000}):
            assert self.post(f"{URL}{entry.pk}/", **fields).status_code == HTTPStatus.OK


@pytest.mark.usefixtures("evening")
class KeptNowhereTests(SearchCase):
    @pytest.fixture(autouse=True)
    def _logged(self, caplog: pytest.LogCaptureFixture) -> None:
        self.logged = caplog
        caplog.set_level(logging.DEBUG)

    def test_what_was_searched_for_is_in_no_log_session_cookie_address_title_or_table(self) -> None:
        self.give_children()
        entry = self.entry(text="Rain.")
        sent = {"words": CANARY, "children": MIKA}
        responses = [
            self.post(**sent),
            self.post(**sent, typing="on", part="found"),
            self.post(**sent, first="never"),
            self.post(words=CANARY * 1000),
            self.post(f"{URL}{entry.pk}/", **sent),
            self.post("/journal/", children=MIKA),
        ]

        for response in responses:
            page = parsed(response)
            assert "Location" not in response.headers
            assert CANARY not in str(response.headers) + str(response.cookies) + str(page.title)
            addresses = [str(tag.get(name)) for tag in page.find_all() for name in ("href", "action", "formaction") if tag.has_attr(name)]
            assert not [url for url in addresses if CANARY in url or MIKA in url]
        assert CANARY not in str(session_contents())
        assert MIKA not in str(session_contents())
        assert CANARY.encode() not in everything_stored()
        assert CANARY not in self.logged.text
        assert MIKA not in self.logged.text


class ProgressTests(SearchCase):
    @mock.patch.object(building, "TAIL", 2)
    @mock.patch.object(building, "SLICE", 4)
    def test_says_how_far_the_index_is_and_goes_on_until_it_is_done(self) -> None:
        for days in range(15):
            self.entry(text="Rain.", night=TONIGHT - days * DAY)

        page, seen = self.search(words="rain"), list[int]()
        while bar := page.select_one("progress"):
            seen.append(int(str(bar["value"])))
            assert bar["max"] == "15"
            assert element(page, "label[for=read]").get_text() == f"Reading your journal: {bar['value']} of 15"
            assert element(page, "[data-go-on]")["form"] == "hits"
            page = self.search(**form_fields(page, "#hits"))

        assert seen == sorted(set(seen))
        assert len(seen) > 1
        assert element(page, "[data-count]").get_text() == "15 pages"
