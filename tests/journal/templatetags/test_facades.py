"""`journal.templatetags.facades`: months of windows."""

import datetime as dt

from bs4 import BeautifulSoup
from django.template import Context, Template
from django.test import SimpleTestCase

from journal.finding.facades import Facade
from journal.nights.windows import Window

MONTH = dt.date(2026, 2, 1)


def facade(*, label: str = "Tuesday: dark", url: str = "/tonight/") -> Facade:
    nights = [dt.date(2026, 2, 26), dt.date(2026, 2, 27)]
    windows = [
        Window(night=night, day=str(night.day), label=label, url=url, size=size, is_tonight=bool(size)) for size, night in enumerate(nights)
    ]
    return Facade(month=MONTH, column=7, blank=25, windows=windows, to_come=1)


def rendered(tag: str, shown: Facade) -> BeautifulSoup:
    return BeautifulSoup(Template("{% load facades %}" + tag).render(Context({"facade": shown})), "html.parser")


class FacadeTests(SimpleTestCase):
    TAGS = ('{% facade_of_month facade "title" %}', "{% facade_of_year facade %}")

    def test_has_a_child_for_each_night_of_the_month_in_order(self) -> None:
        for tag in self.TAGS:
            page = rendered(tag, facade())

            assert page.div is not None
            assert (page.div["data-month"], page.div["data-column"]) == ("2026-02", "7")
            children = page.div.find_all(True, recursive=False)
            assert [child.name == "a" for child in children] == [False] * 25 + [True] * 2 + [False]
            assert [link.get("aria-current") for link in page.select("a")] == [None, "date"]

        of_month, of_year = (rendered(tag, facade()) for tag in self.TAGS)
        assert [link["data-size"] for link in of_month.select("a")] == ["0", "1"]
        assert [link.get("class") for link in of_year.select("a")] == [None, ["a"]]

    def test_is_named_by_its_heading_and_each_window_by_its_night(self) -> None:
        of_month, of_year = (rendered(tag, facade()) for tag in self.TAGS)

        assert [of_month.div and of_month.div["aria-labelledby"], of_year.div and of_year.div["aria-labelledby"]] == ["title", "month-2"]
        assert [(link["aria-label"], link["title"], link.get_text()) for link in of_month.select("a")] == [
            ("Tuesday: dark", "Tuesday: dark", "26"),
            ("Tuesday: dark", "Tuesday: dark", "27"),
        ]
        assert [link.get_text() for link in of_year.select("a")] == ["Tuesday: dark"] * 2

    def test_a_window_of_a_month_leads_where_it_says_and_one_of_a_year_from_the_years_address_on(self) -> None:
        of_month, of_year = (rendered(tag, facade(url='/?a="&b={1}')) for tag in self.TAGS)

        assert {link["href"] for link in of_month.select("a")} == {'/?a="&b={1}'}
        assert [link["href"] for link in of_year.select("a")] == ["2/26/", "2/27/"]

    def test_escapes_what_it_is_given(self) -> None:
        for tag in self.TAGS:
            page = rendered(tag, facade(label='"><b>{0}'))

            assert page.b is None
            assert '"><b>{0}' in {str(page.select("a")[0].get("aria-label")), page.select("a")[0].get_text()}
