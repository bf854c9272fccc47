"""`journal.templatetags.nights`: parts of the pages that are written on."""

import datetime as dt

from bs4 import BeautifulSoup
from django.template import Context, Template
from django.test import SimpleTestCase
from django.utils import translation

from journal.models import Feeling
from journal.nights.windows import Window

FIRST = dt.date(2026, 2, 16)


def rendered(source: str, **values: object) -> BeautifulSoup:
    return BeautifulSoup(Template("{% load nights %}" + source).render(Context(values)), "html.parser")


def window(number: int, *, label: str = "Monday: dark", url: str = "/tonight/", is_tonight: bool = False) -> Window:
    night = FIRST + dt.timedelta(days=number)
    return Window(night=night, day=str(night.day), label=label, url=url, size=number % 4, is_tonight=is_tonight)


class LitWindowsTests(SimpleTestCase):
    def test_is_a_list_with_a_link_for_each_window_which_says_how_bright_it_is(self) -> None:
        page = rendered(
            "{% lit_windows windows %}", windows=[window(0), window(1, url="/journal/new/?night=1"), window(2, is_tonight=True)]
        )

        links = page.select("section[aria-labelledby=windows-title] > ol.windows > li > a.window")
        assert [link["data-size"] for link in links] == ["0", "1", "2"]
        assert [link.get_text() for link in links] == ["16", "17", "18"]
        assert [link["href"] for link in links] == ["/tonight/", "/journal/new/?night=1", "/tonight/"]
        assert [link.get("aria-current") for link in links] == [None, None, "date"]
        assert {(link["title"], link["aria-label"]) for link in links} == {("Monday: dark", "Monday: dark")}

    def test_leads_to_the_calendar_but_on_a_first_evening(self) -> None:
        for count, links in ((1, []), (2, ["/journal/calendar/"])):
            page = rendered("{% lit_windows windows %}", windows=[window(n) for n in range(count)])
            assert [link["href"] for link in page.select(".strip > p a")] == links

    def test_escapes_what_it_is_given(self) -> None:
        page = rendered("{% lit_windows windows %}", windows=[window(0, label='"><b>{0}', url='/?a="&b={1}')])

        [link] = page.select("a.window")
        assert (link["title"], link["href"], page.b) == ('"><b>{0}', '/?a="&b={1}', None)

    def test_has_its_heading_in_the_visitors_language(self) -> None:
        headings = []
        for language in ("en", "es"):
            with translation.override(language):
                headings.append(rendered("{% lit_windows windows %}", windows=[window(n) for n in range(14)]).h2)

        assert headings[0] is not None
        assert headings[0].get_text() == "The last fourteen nights"
        assert headings[0] != headings[1]

    def test_does_not_speak_of_a_fortnight_before_there_was_one(self) -> None:
        page = rendered("{% lit_windows windows %}", windows=[window(n) for n in range(13)])

        assert page.h2 is not None
        assert page.h2.get_text() == "Your nights so far"


class FeelingsTests(SimpleTestCase):
    source = '{% same_for_all "components/feelings.html" chosen=chosen %}'

    def test_the_chosen_one_is_checked_and_none_where_there_is_none(self) -> None:
        for chosen in (*Feeling.values, ""):
            page = rendered(self.source, chosen=chosen)

            assert [field["value"] for field in page.select("input[type=radio]")] == [*Feeling.values, ""]
            assert [field["value"] for field in page.select("input[checked]")] == [chosen]

    def test_the_pages_for_hard_nights_are_offered_with_two_of_them(self) -> None:
        for chosen in (*Feeling.values, ""):
            page = rendered(self.source, chosen=chosen)

            assert [field["value"] for field in page.select("[data-hard]")] == ["stormy", "heavy"]
            assert [link["href"] for link in page.select("fieldset + .hard-night a")] == ["/prompts/hard-nights/"]
            assert bool(page.select(".hard-night[data-saved]")) == (chosen in {"stormy", "heavy"})
