"""/journal/insights/: what nights hold, as pictures with their numbers."""

import re
from dataclasses import replace
from http import HTTPStatus

from django.utils import translation

from accounts.keys import keyring
from accounts.models import Child, Children
from journal.models import RepairState
from prompts import questions
from tests.factories import make_journal, make_prompt, make_user
from tests.helpers import DAY, TONIGHT, element, main_text, signed_in
from tests.journal.cases import JournalCase

URL = "/journal/insights/"
CHILD = "a" * 32


class InsightsTests(JournalCase):
    def test_invites_where_nothing_is_written(self) -> None:
        for value in ("all", "year"):
            page = self.read(URL, range=value)

            assert "No nights here yet. The first can be one line." in element(page, ".empty").get_text()
            assert element(page, ".empty a")["href"] == "/tonight/"

    def test_leads_from_months_without_a_page_to_all_nights(self) -> None:
        self.entry(night=TONIGHT - 800 * DAY)
        page = self.read(URL)

        assert "There’s nothing from these months." in element(page, ".empty").get_text()
        assert element(page, ".empty a")["href"] == f"{URL}?range=all"

    def test_says_what_will_be_here_where_there_is_too_little_for_a_picture(self) -> None:
        make_journal(self.author, 4, last=TONIGHT)
        page = self.read(URL)

        assert "There are 4 nights here." in element(page, ".empty").get_text()
        assert element(page, ".empty a")["href"] == "/tonight/"  # there is nothing earlier to look at
        assert not page.select("main svg[role=img]")

    def test_shows_each_part_with_its_numbers_as_a_table(self) -> None:
        prompt = make_prompt()
        questions.forget_library()
        with keyring.cached():
            self.author.sealed_children = Children((Child(CHILD, "Ada <3"),))
            self.author.save()
        repairs = ["", RepairState.MENDED.value, RepairState.OPEN.value]
        make_journal(self.author, 30, last=TONIGHT, children=[(CHILD,)], prompts=[prompt], repairs=repairs)

        page = self.read(URL)

        figures = page.select("main figure")
        assert [element(figure, "svg[role=img]")["aria-labelledby"] for figure in figures] == [
            f"{slug}-title {slug}-description"
            for slug in (
                "felt-over-time",
                "felt-by-weekday",
                "felt-by-theme",
                "felt-by-child",
                "themes",
                "origins",
                "words-over-time",
                "evenings-by-week",
                "evenings-by-month",
                "repairs",
                "mending",
            )
        ]
        for figure in figures:
            table, svg = element(figure, "table"), element(figure, "svg[role=img]")
            assert element(table, "caption").get_text() == element(svg, "title").get_text() == element(figure, "h3").get_text()
            rows = table.select("tbody tr")
            assert rows
            assert all(row.select("th[scope=row]") for row in rows)
            assert len(table.select("thead th[scope=col]")) == len(rows[0].select("th, td"))
        assert element(figures[3], "th bdi").get_text() == "Ada <3"
        assert "Pages about a child where you chose a feeling." in figures[3].get_text()
        assert "20 repairs written down. 10 came back together." in main_text(self.client.get(URL))
        ids = [str(tag["id"]) for tag in page.select("[id]")]
        assert len(ids) == len(set(ids))
        patterns = set(re.findall(r"url\(#([\w-]+)\)", str(page)))
        assert patterns <= set(ids)

    def test_evenings_are_shown_to_those_who_unfold_them(self) -> None:
        make_journal(self.author, 5, last=TONIGHT)
        page = self.read(URL)

        folded = element(page, "section[aria-labelledby=evenings] > details")
        assert "open" not in folded.attrs
        assert len(folded.select("figure")) == 2
        assert len(page.select("section > details")) == 1

    def test_a_range_ends_tonight_and_begins_with_a_month(self) -> None:
        for days_ago in (0, 1, 2, 90, 91, 365, 366, 800):
            self.entry(night=TONIGHT - days_ago * DAY)  # tonight is 1 March 2026

        shown = {name: main_text(self.client.get(URL, {"range": name})) for name in ("three-months", "year", "all")}

        assert "5 nights since Sunday, 30 November 2025." not in shown["three-months"]
        assert "There are 4 nights here." in shown["three-months"]  # 90 days ago is 1 December
        assert "6 nights since Saturday, 1 March 2025." in shown["year"]
        assert "8 nights since" in shown["all"]
        assert main_text(self.client.get(URL)) == shown["year"]

    def test_the_range_that_is_shown_is_marked(self) -> None:
        page = self.read(URL, range="three-months")

        assert [link.get_text() for link in page.select(".ranges [aria-current]")] == ["Three months"]
        assert [link["href"] for link in page.select(".ranges a")] == [f"{URL}?range={name}" for name in ("three-months", "year", "all")]

    def test_no_other_range_is_there(self) -> None:
        for value in ("", "month", "YEAR", "0", "x" * 2000, "\0"):
            assert self.client.get(URL, {"range": value}).status_code == HTTPStatus.NOT_FOUND, value

    def test_shows_nothing_of_anybody_else(self) -> None:
        make_journal(make_user(email="other@example.org"), 9, last=TONIGHT)

        assert "No nights here yet." in main_text(self.client.get(URL))

    def test_words_judge_nobody(self) -> None:
        make_journal(self.author, 60, last=TONIGHT, repairs=["", RepairState.OPEN.value])

        words = main_text(self.client.get(URL)).lower()

        for judging in ("average", "streak", "score", "goal", "%", "best", "worst", "more than last", "less than", "only 1", "↑", "↓", "!"):
            assert judging not in words, judging

    def test_is_in_the_readers_language(self) -> None:
        make_journal(self.author, 5, last=TONIGHT)
        self.author.language = "es"
        self.author.save(update_fields=["language"])

        with translation.override(None):
            page = signed_in(self.author).get(URL)

        assert "Cómo se sintieron las noches" in main_text(page)
        assert "5 noches desde" in main_text(page)

    def test_does_not_press_on_what_is_open(self) -> None:
        entries = make_journal(self.author, 5, last=TONIGHT)
        with keyring.cached():
            for entry in entries[:2]:
                entry.summary = replace(entry.summary, repair=RepairState.OPEN.value)
                entry.save(update_fields=["summary"])

        assert not self.read(URL).select("section[aria-labelledby=repairs]")
