"""/journal/repairs/: writing down what went wrong, the way back, the list, and what other pages say of it."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Child, Children
from common.ids import new_id
from journal import repairs
from journal.entries import trash
from journal.models import Entry, RepairState
from journal.views.repairs import PER_PAGE
from prompts.library import guides
from tests.factories import make_entry, make_user, page_fields
from tests.helpers import DAY, EVENING, MINUTE, TONIGHT, element, form_fields, main_text, parsed, signed_in
from tests.journal.cases import JournalCase
from tests.journal.test_repairs import make_repair, state_of

GUIDE = guides.read()[repairs.GUIDE]
ASKS = [part.ask for part in GUIDE.parts]
NEW, LIST, NOT_NOW = reverse("journal:repair_new"), reverse("journal:repairs"), reverse("journal:repairs_not_now")


def way_back(entry: Entry) -> str:
    return reverse("journal:repair", args=[entry.pk])


class WritingTests(JournalCase):
    def sent(self, *answers: str, **fields: str) -> dict[str, Any]:
        return {**form_fields(self.read(NEW), "main form#writing"), "ask": ASKS, "part": [*answers, *[""] * (4 - len(answers))], **fields}

    def test_asks_four_things_with_the_number_to_call_first(self) -> None:
        page = self.read(NEW)

        assert [label.get_text() for label in page.select(".part label")] == ASKS
        assert len(ASKS) == 4
        assert element(page, ".asked .call a")
        assert not Entry.objects.exists()

    def test_one_line_is_enough_and_it_is_open_from_then_on(self) -> None:
        sent = self.sent("I shouted.", action="close:done")
        for _ in range(2):
            response = self.client.post(NEW, sent)
        entry = Entry.objects.get()
        self.assertRedirects(response, entry.get_absolute_url())
        assert state_of(entry) == ("open", "", "")
        assert GUIDE.closing in main_text(self.client.get(entry.get_absolute_url()))

    def test_nothing_is_kept_of_an_empty_page(self) -> None:
        self.assertRedirects(self.client.post(NEW, self.sent(action="close:done")), LIST)
        assert not Entry.objects.exists()

    def test_the_evening_can_be_an_earlier_one_and_is_asked_again_where_it_cannot_be(self) -> None:
        response = self.client.post(NEW, self.sent("I shouted.", night="2026-03-09"))
        page = parsed(response)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert element(page, "#part-1").get_text().strip() == "I shouted."
        assert element(page, '.failures a[href="#id_night"]')

        self.client.post(NEW, {**form_fields(page, "main form#writing"), "night": "2026-02-20"})

        assert Entry.objects.get().night == dt.date(2026, 2, 20)

    def test_a_page_that_tells_of_it_gives_its_evening_or_is_kept_open_itself(self) -> None:
        entry = self.entry(night=TONIGHT - 5 * DAY)
        link = element(self.read(entry.get_absolute_url()), f'main a[href="{NEW}?entry={entry.pk}"]')

        page = self.read(str(link["href"]))
        assert element(page, "#id_night")["value"] == "2026-02-24"
        form = element(page, f'form[action="{way_back(entry)}"]')
        self.client.post(str(form["action"]), {"state": element(form, "button")["value"]})

        assert state_of(entry) == ("open", "", "")
        self.assertRedirects(self.client.get(str(link["href"])), way_back(entry))

    def test_it_is_about_the_children_of_the_page_that_it_begins_from(self) -> None:
        mika = Child("0" * 32, "Mika")
        self.author.sealed_children = Children((mika,))
        self.author.save()
        entry = self.entry(children=(mika.id,))

        form = self.client.get(NEW, {"entry": str(entry.pk)}).context["form"]

        assert form.initial["children"] == (mika.id,)

    def test_a_guide_that_leads_to_repair_offers_to_stay_open_and_others_do_not(self) -> None:
        for slug, guide in guides.read().items():
            entry = self.entry(entry_id=new_id(), kind=Entry.Kind.FREE, guide=slug)
            page = self.read(entry.get_absolute_url())
            is_offered = bool(page.select(f'form[action="{way_back(entry)}"] button[value=open]'))
            assert is_offered is (guide.repair and slug != repairs.GUIDE), slug

    def test_nobody_elses_page_can_be_named_and_no_deleted_one(self) -> None:
        own, others = self.entry(), make_entry(make_user(email="other@example.org"))
        trash.delete(self.author, own, EVENING)
        for entry in (str(own.pk), str(others.pk), str(new_id()), "x"):
            assert self.client.get(NEW, {"entry": entry}).status_code == HTTPStatus.NOT_FOUND

    def test_a_text_that_comes_too_late_is_kept(self) -> None:
        sent = self.sent("I shouted.")
        self.client.logout()

        self.assertContains(self.client.post(NEW, sent), "I shouted.", status_code=HTTPStatus.UNAUTHORIZED)

    def test_edited_it_stays_what_it_was(self) -> None:
        entry = make_repair(self.author, text=f"**{ASKS[0]}**\n\nI shouted.")
        edit = reverse("journal:entry_edit", args=[entry.pk])

        self.client.post(edit, {**form_fields(self.read(edit), "main form#writing"), "part": ["I shouted.", "Shame.", "", ""]})

        assert "Shame." in Entry.objects.get().content.text
        assert state_of(entry) == ("open", "", "")


class WayBackTests(JournalCase):
    repair: Entry

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        with time_machine.travel(EVENING - 3 * DAY, tick=False):
            cls.repair = make_repair(cls.author, now=EVENING - 3 * DAY)
        cls.author.refresh_from_db()

    def settle(self, state: str, page: Any = None, **fields: str) -> Any:
        sent = form_fields(page or self.read(way_back(self.repair)), "form.settle")
        return self.client.post(way_back(self.repair), {**sent, "state": state, **fields})

    def test_mended_in_a_few_words_tonight_unless_one_says_when(self) -> None:
        for night in ("2026-03-01", "2026-02-27"):
            for _ in range(2):
                self.assertRedirects(self.settle("mended", words="Pancakes.\r\nAnd a walk.", night=night), way_back(self.repair))
            assert state_of(self.repair) == ("mended", night, "Pancakes.\nAnd a walk.")
        text = main_text(self.client.get(way_back(self.repair)))
        assert "Mended, 1 day later" in text
        assert "Pancakes." in text

    def test_every_state_can_follow_every_other_and_words_stay(self) -> None:
        for state in ("partly", "resting", "mended", "open", "resting", "open", "partly"):
            self.settle(state, words="Pancakes.")
            assert state_of(self.repair)[::2] == (state, "Pancakes." if state != "open" else state_of(self.repair)[2])
        self.settle("none")
        assert state_of(self.repair) == ("", "", "")
        self.assertRedirects(self.client.get(way_back(self.repair)), self.repair.get_absolute_url())

    def test_what_cannot_be_is_said_and_what_was_typed_stays(self) -> None:
        for fields, said in (
            ({"state": "mended", "night": "2026-02-25"}, "before it went wrong"),
            ({"state": "partly", "night": "2026-03-04"}, "hasn’t come yet"),
            ({"state": "mended", "night": "yesterday"}, "Enter the date"),
            ({"state": "mended", "words": "w" * 501}, "There’s room for a few words"),
            ({"state": "forgotten"}, "Choose one of the three"),
            ({"state": ""}, "Choose one of the three"),
        ):
            response = self.settle(**{"words": "Pancakes.", **fields})
            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, fields
            page = parsed(response)
            assert said in main_text(response)
            assert element(page, "form.settle textarea").get_text().strip() == fields.get("words", "Pancakes.")
            assert state_of(self.repair) == ("open", "", "")

    def test_what_rests_needs_no_evening(self) -> None:
        self.settle("resting", night="2031-01-01")

        assert state_of(self.repair) == ("resting", "", "")

    def test_of_two_tabs_neither_overwrites_the_other_unseen(self) -> None:
        first, second = self.read(way_back(self.repair)), self.read(way_back(self.repair))
        self.settle("mended", first, words="Pancakes.")

        response = self.settle("resting", second, words="A walk.")

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        text, page = main_text(response), parsed(response)
        assert "Pancakes." in text
        assert element(page, "form.settle textarea").get_text().strip() == "A walk."
        assert state_of(self.repair)[2] == "Pancakes."
        self.assertRedirects(self.settle("none", second), way_back(self.repair))
        assert state_of(self.repair)[2] == "Pancakes."
        self.settle("resting", page)
        assert state_of(self.repair) == ("resting", "", "A walk.")

    def test_a_page_that_was_opened_for_somebody_else_changes_nothing(self) -> None:
        other = make_user(email="other@example.org")

        response = self.settle("mended", words="Mine alone.", author=str(other.pk))

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "Mine alone." not in response.content.decode()
        assert state_of(self.repair) == ("open", "", "")

    def test_words_that_came_too_late_are_kept(self) -> None:
        page = self.read(way_back(self.repair))
        repairs.remove(self.author, self.repair.pk)
        for status in (HTTPStatus.NOT_FOUND, HTTPStatus.UNAUTHORIZED):
            self.assertContains(self.settle("mended", page, words="Pancakes."), "Pancakes.", status_code=status)
            self.client.logout()

    def test_in_the_trash_it_is_the_deleted_page_and_cannot_be_changed(self) -> None:
        page = self.read(way_back(self.repair))
        trash.delete(self.author, self.repair, EVENING)

        self.assertRedirects(self.client.get(way_back(self.repair)), self.repair.get_absolute_url())
        for state in ("mended", "open", "none"):
            assert self.settle(state, page).status_code == HTTPStatus.NOT_FOUND
        assert state_of(self.repair) == ("open", "", "")

    def test_names_the_children_and_hides_no_help(self) -> None:
        mika = Child("0" * 32, "Mika")
        self.author.sealed_children = Children((mika,))
        self.author.save()
        entry = make_repair(self.author, children=(mika.id,))

        page = self.read(way_back(entry))

        assert element(page, ".asked bdi").get_text() == "Mika"
        assert element(page, "details .call a")

    def test_on_its_own_evening_nothing_more_is_asked(self) -> None:
        entry = make_repair(self.author)

        assert "can rest tonight" in main_text(self.client.get(way_back(entry)))
        assert not self.read(way_back(entry)).select("section form.settle")


class ListTests(JournalCase):
    def test_invites_where_there_is_nothing(self) -> None:
        assert element(self.read(LIST), f'.empty a[href="{NEW}"]')

    def test_the_open_ones_come_first_then_what_became_of_the_others(self) -> None:
        for days, (state, mended) in {40: ("mended", 40), 30: ("mended", 13), 20: ("partly", 19), 10: ("resting", 0), 50: ("", 0)}.items():
            entry = make_repair(self.author, text=f"{days} days ago.", night=TONIGHT - days * DAY)
            if state:
                repairs.settle(self.author, entry.pk, RepairState(state), night=TONIGHT - mended * DAY, words=f"{state} words")

        rows = [" ".join(row.get_text(" ").split()) for row in self.read(LIST).select(".repairs li")]

        assert rows == [
            "Saturday, 10 January 50 days ago.",
            "Thursday, 19 February · Let rest 10 days ago. resting words",
            "Monday, 9 February · Partly mended, 1 day later 20 days ago. partly words",
            "Friday, 30 January · Mended, 2 weeks later 30 days ago. mended words",
            "Tuesday, 20 January · Mended, the same evening 40 days ago. mended words",
        ]

    def test_pages_cost_the_same_however_many_there_are(self) -> None:
        counts = []
        for more in (2, PER_PAGE):
            for _ in range(more):
                make_repair(self.author)
            with CaptureQueriesContext(connection) as queries:
                assert len(self.read(LIST).select(".repairs li")) == min(more + (more > 2) * 2, PER_PAGE)
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert len(self.read(LIST, page=2).select(".repairs li")) == 2

    def test_is_empty_for_everybody_else(self) -> None:
        entry = make_repair(self.author)
        other = signed_in(make_user(email="other@example.org"))

        assert other.get(way_back(entry)).status_code == HTTPStatus.NOT_FOUND
        assert "I shouted." not in other.get(LIST).content.decode()


class TonightTests(JournalCase):
    """What Tonight says of what is open, evening after evening."""

    def text(self, nights_later: int) -> str:
        with time_machine.travel(EVENING + nights_later * DAY, tick=False):
            return main_text(self.client.get("/tonight/"))

    def done(self, nights_later: int) -> str:
        with time_machine.travel(EVENING + nights_later * DAY, tick=False):
            night = (TONIGHT + nights_later * DAY).isoformat()
            self.client.post("/tonight/", page_fields(self.author, night=night, action="close:done"))
            return main_text(self.client.get("/tonight/"))

    def test_evening_after_evening(self) -> None:
        make_repair(self.author)
        day = "Last night something went wrong between you. Is there a way back tonight?"
        quiet = "Something is still open between you. The way back"
        week = "Something is still open between you. Is there a way back tonight?"

        said = {night: [line for line in (day, quiet, week) if line in self.text(night)] for night in (0, 1, 2, 6, 7, 8, 12)}

        assert said == {0: [], 1: [day], 2: [quiet], 6: [quiet], 7: [week], 8: [quiet], 12: [quiet]}

    def test_done_offers_it_when_it_comes_back_and_is_calm_on_its_own_evening(self) -> None:
        make_repair(self.author)

        assert "can rest here tonight" in self.done(0)
        assert "Last night something went wrong between you. The way back" in self.done(1)
        assert "The way back" not in self.done(2)
        assert "open between you. The way back" in self.done(7)

    def test_not_now_leaves_the_quiet_line(self) -> None:
        make_repair(self.author)
        with time_machine.travel(EVENING + DAY, tick=False):
            for _ in range(2):
                self.assertRedirects(self.client.post(NOT_NOW), reverse("journal:tonight"))

        assert "Something is still open between you. The way back" in self.text(1)
        assert "Is there a way back tonight?" in self.text(7)

    def test_let_rest_or_mended_it_is_gone(self) -> None:
        entry = make_repair(self.author)
        for state in ("resting", "mended", "partly"):
            repairs.settle(self.author, entry.pk, RepairState(state), night=TONIGHT)
            assert "The way back" not in self.text(1)

    def test_leads_to_the_one_or_to_all_of_them(self) -> None:
        entry = make_repair(self.author)
        with time_machine.travel(EVENING + 2 * DAY, tick=False):
            assert element(self.read("/tonight/"), f'a[href="{way_back(entry)}"]')
            make_repair(self.author, now=EVENING + MINUTE)
            assert element(self.read("/tonight/"), f'main a[href="{LIST}"]')

    def test_names_are_isolated_and_in_no_title(self) -> None:
        child = Child("0" * 32, "<Mika>")
        self.author.sealed_children = Children((child, Child("1" * 32, "Jo")))
        self.author.save()
        make_repair(self.author, children=(child.id, "1" * 32))
        with time_machine.travel(EVENING + 2 * DAY, tick=False):
            page = self.read("/tonight/")

        assert [name.get_text() for name in page.select("main p.below bdi")] == ["<Mika>", "Jo"]
        assert "Mika" not in element(page, "title").get_text()

    def test_is_two_taps_away_from_it(self) -> None:
        link = element(self.read("/tonight/"), f'main a[href="{reverse("journal:hard_nights")}"]')

        assert element(self.read(str(link["href"])), f'a[href="{reverse("journal:hard_night", args=[repairs.GUIDE])}"]')


@pytest.mark.django_db
def test_the_page_of_a_repair_says_what_became_of_it_and_leads_there() -> None:
    author = make_user()
    entry = make_repair(author)
    repairs.settle(author, entry.pk, RepairState.MENDED, night=TONIGHT, words="Pancakes.")
    client = signed_in(author)

    page = parsed(client.get(entry.get_absolute_url()))

    assert element(page, f'main a[href="{way_back(entry)}"]').get_text() == "Mended"
