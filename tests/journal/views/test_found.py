"""/journal/, narrowed: the same filters as the search's, without words."""

from http import HTTPStatus

from accounts.models import Child, Children
from journal.models import Entry
from tests.factories import make_entry
from tests.helpers import DAY, EVENING, TONIGHT, element, form_fields, main_text, parsed
from tests.journal.cases import JournalCase

URL = "/journal/"
MIKA = "a" * 32


class NarrowedTimelineTests(JournalCase):
    def write(self, nights: int = 1) -> None:
        self.author.sealed_children = Children((Child(MIKA, "Mika"),))
        self.author.save()
        for days in range(nights):
            make_entry(self.author, now=EVENING, night=TONIGHT - days * DAY, feeling="heavy", children=(MIKA,), text="Rain.")
        make_entry(self.author, now=EVENING, night=TONIGHT - 300 * DAY, text="Sun.")

    def test_the_filters_are_one_press_away(self) -> None:
        assert not self.read(URL).select(".unfold")  # there is nothing to narrow

        self.write()

        assert element(self.read(URL), ".unfold")["href"] == "/journal/?narrow"
        page = self.read("/journal/?narrow")
        assert element(page, ".narrow").has_attr("open")
        assert len(page.select(".nights li")) == 2
        assert not page.select("[name=words], [name=order]")

    def test_says_in_words_what_it_shows(self) -> None:
        self.write()

        page = parsed(self.client.post(URL, {"feelings": "heavy", "children": MIKA, "span": "2026-03+3"}))

        assert element(page, ".narrowed strong").get_text() == "Heavy nights about Mika, spring 2026"
        assert element(page, ".narrowed").get_text(" ", strip=True).endswith("1 page")
        assert [heading.get_text() for heading in page.select("h2.month")] == ["March 2026"]
        assert element(page, ".hits .when .visually-hidden").get_text() == "Sunday, 1 March"
        assert not element(page, ".narrow").has_attr("open")
        assert element(page, "[data-clear]")["href"] == URL

    def test_stays_narrowed_from_page_to_page_and_back_from_an_entry(self) -> None:
        self.write(nights=21)
        sent = {"feelings": "heavy", "children": MIKA}
        page = parsed(self.client.post(URL, sent))
        assert "21 pages" in element(page, ".narrowed").get_text()

        older = {**form_fields(page, "#hits"), "page": element(page, "[rel=next]")["value"]}
        page = parsed(self.client.post(str(element(page, "#hits")["action"]), older))
        hit = element(page, ".hits button")
        entry = parsed(self.client.post(str(hit["formaction"]), form_fields(page, "#hits")))
        back = element(entry, "[data-back]")
        again = parsed(self.client.post(str(back["action"]).partition("#")[0], form_fields(entry, "[data-back]")))

        oldest = Entry.objects.newest_first()[20]
        assert [str(row["id"]) for row in page.select(".hits li")] == [str(oldest.pk)]
        assert str(back["action"]) == f"{URL}#{oldest.pk}"
        assert element(again, ".narrowed strong").get_text() == "Heavy nights about Mika"
        assert [str(row["id"]) for row in again.select(".hits li")] == [str(oldest.pk)]

    def test_without_a_filter_it_is_whole(self) -> None:
        self.write()

        for sent in ({}, {"words": "rain"}):
            self.assertRedirects(self.client.post(URL, sent), URL)

    def test_says_what_is_wrong_and_keeps_what_was_chosen(self) -> None:
        self.write()

        response = self.client.post(URL, {"first": "2026-02-30", "feelings": "heavy"})

        page = parsed(response)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "From: Enter the date as 2026-11-20." in element(page, ".failures").get_text()
        assert element(page, "[name=first]")["value"] == "2026-02-30"
        assert element(page, "[name=feelings][value=heavy]").has_attr("checked")
        assert element(page, ".narrow").has_attr("open")

    def test_says_where_nothing_fits(self) -> None:
        self.write()

        assert "No page matches all of that." in main_text(self.client.post(URL, {"feelings": "bright"}))
