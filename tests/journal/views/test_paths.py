"""/prompts/paths/: the paths, beginning, pausing and leaving one, and reading its answers."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Preferences
from journal.entries import trash
from journal.models import Entry, Night
from journal.nights import night_pages, walks
from prompts import questions
from prompts.library import paths
from prompts.models import Prompt, Walk
from tests.factories import make_path_prompts, make_user
from tests.helpers import DAY, EVENING, TONIGHT, element, hidden_fields, main_text, on_own_device, parsed, read, signed_in
from tests.journal.small_paths import OTHER, SMALL, STEPS, WalkCase, ship


@time_machine.travel(EVENING, tick=False)
class PageCase(WalkCase):
    def setUp(self) -> None:
        super().setUp()
        self.client.force_login(self.walker)
        on_own_device(self.client)

    def act(self, action: str, slug: str = SMALL.slug, client: Client | None = None) -> str:
        """Press a button of the path's page; returns the notices that it shows then."""
        response = (client or self.client).post(reverse("journal:path_walk", args=[slug]), {"action": action}, follow=True)
        self.assertRedirects(response, reverse("journal:path", args=[slug]))
        self.walker.refresh_from_db()
        notices = parsed(response).select(".messages .notice")
        return " ".join(notice.get_text(strip=True) for notice in notices)

    def read(self, name: str = "path", *args: str, client: Client | None = None) -> BeautifulSoup:
        return read(client or self.client, reverse(f"journal:{name}", args=args or ([SMALL.slug] if name != "paths" else [])))

    def states(self, slug: str = SMALL.slug) -> list[str]:
        """How each step is shown, in the order of the path: those that are met stand above the others."""
        steps = self.read("path", slug).select(".steps li")
        return [str(step["data-state"]) for step in sorted(steps, key=lambda step: int(str(step["value"])))]

    def buttons(self, page: BeautifulSoup) -> list[str]:
        return [str(button["value"]) for button in page.select("main button[name=action]")]

    def finish(self) -> None:
        """Walk the whole path, each step on a page of its own."""
        self.begin()
        for slug in STEPS:
            self.answer(slug, text=f"Words for {slug}.")


class ActTests(PageCase):
    def test_begins_on_tonights_page(self) -> None:
        assert "Your path is on tonight’s page." in self.act("begin")

        page = read(self.client, reverse("journal:tonight"))
        assert element(page, "h1").get_text() == "What about step-1?"
        assert "step 1 of 3" in page.get_text()
        assert "Begin at the door." in page.get_text()

    def test_begins_tonight_though_the_page_was_swapped_and_closed(self) -> None:
        night_pages.turn_to(self.walker, TONIGHT, 2)
        night_pages.close(self.walker, TONIGHT, Night.Closed.NOT_TONIGHT)

        self.act("begin")

        page = night_pages.load(self.walker, TONIGHT)
        assert (self.asked(), page.turn, page.closed) == ("step-1", 0, "")

    def test_begins_tomorrow_where_tonights_page_is_written_on(self) -> None:
        asked = self.asked()
        self.write()

        notices = self.act("begin")

        assert "continues tomorrow night" in notices
        assert (self.asked(), self.asked(TONIGHT + DAY)) == (asked, "step-1")
        assert Entry.objects.get().prompt_id == asked

    def test_a_step_is_not_said_to_be_on_tonights_page_where_another_question_was_answered_there(self) -> None:
        self.write()

        self.act("begin")

        assert "tonight" not in self.states()

    def test_paused_or_left_the_page_that_was_touched_asks_its_own_question(self) -> None:
        for action in ("pause", "leave"):
            self.act("begin")
            night_pages.turn_to(self.walker, TONIGHT, 1)
            night_pages.turn_to(self.walker, TONIGHT, 0)
            assert self.asked() == "step-1"

            self.act(action)

            assert self.asked().startswith("daily-")

    def test_leaving_a_step_out_and_taking_it_in_again_moves_tonights_page(self) -> None:
        self.act("begin")

        self.act("skip:step-1")
        assert (self.asked(), self.states()) == ("step-2", ["skipped", "tonight", "to-come"])

        self.act("unskip:step-1")
        assert (self.asked(), self.states()) == ("step-1", ["tonight", "to-come", "to-come"])

    def test_leaving_a_step_out_and_taking_it_in_again_moves_a_page_that_was_touched(self) -> None:
        self.act("begin")
        night_pages.turn_to(self.walker, TONIGHT, 1)
        night_pages.turn_to(self.walker, TONIGHT, 0)

        self.act("skip:step-1")
        assert (self.asked(), self.states()) == ("step-2", ["skipped", "tonight", "to-come"])

        self.act("unskip:step-1")
        assert (self.asked(), self.states()) == ("step-1", ["tonight", "to-come", "to-come"])

    def test_leaving_a_step_out_leaves_a_night_alone_that_asks_something_else(self) -> None:
        self.act("begin")
        night_pages.turn_to(self.walker, TONIGHT, 1)
        night_pages.close(self.walker, TONIGHT, Night.Closed.NOT_TONIGHT)
        before = self.asked()

        self.act("skip:step-1")

        assert (self.asked(), self.states()) == (before, ["skipped", "to-come", "to-come"])
        assert Night.objects.get().closed == Night.Closed.NOT_TONIGHT

    def test_pausing_leaves_a_page_that_is_written_on_as_it_is(self) -> None:
        self.act("begin")
        self.write()

        self.act("pause")

        assert (self.asked(), Entry.objects.get().prompt_id) == ("step-1", "step-1")

    def test_every_act_sent_twice_is_done_once(self) -> None:
        night_pages.turn_to(self.walker, TONIGHT, 1)
        for action in ("begin", "skip:step-1", "unskip:step-1", "pause", "begin", "again", "leave"):
            self.act(action)
            before = [list(Walk.objects.values("path", "started", "paused", "skipped")), list(Night.objects.values())]

            self.act(action)

            assert [list(Walk.objects.values("path", "started", "paused", "skipped")), list(Night.objects.values())] == before

    def test_knows_no_other_acts(self) -> None:
        self.act("begin")
        before = Walk.objects.values().get()

        for action in ("", "finish", "skip", "skip:", "skip:other-1", "skip:\0", "LEAVE"):
            self.act(action)

        assert Walk.objects.values().get() == before

    def test_strangers_walk_for_themselves(self) -> None:
        self.act("begin")
        before = Walk.objects.values().get()

        for action in ("begin", "skip:step-1", "pause", "leave"):
            self.act(action, client=signed_in(self.stranger))

        assert Walk.objects.values().get() == before

    def test_is_for_people_who_are_signed_in_and_for_paths_that_exist(self) -> None:
        url = reverse("journal:path_walk", args=[SMALL.slug])
        assert self.client.get(url).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        for name in ("path_walk", "path", "path_answers"):
            missing = reverse(f"journal:{name}", args=["no-such-path"])
            assert (self.client.post if name == "path_walk" else self.client.get)(missing).status_code == HTTPStatus.NOT_FOUND

        self.client.logout()
        response = self.client.post(url, {"action": "begin"})

        self.assertRedirects(response, f"{reverse('account_login')}?next={url}", fetch_redirect_response=False)
        assert not Walk.objects.exists()


class PathPageTests(PageCase):
    def test_is_read_by_anybody_who_is_then_led_to_an_account(self) -> None:
        self.client.logout()

        page = self.read()

        assert [step.get_text(strip=True) for step in page.select(".steps .q")] == [f"What about {slug}?" for slug in STEPS]
        assert not self.buttons(page)
        begin = element(page, "main a.main")
        assert (begin.get_text(), begin["href"]) == ("Begin", f"{reverse('account_signup')}?next=/prompts/paths/small-steps/")
        assert "Create an account first" in page.get_text()
        with self.settings(SIGNUP_OPEN=False):
            page = self.read()
        assert str(element(page, "main a.main")["href"]).startswith(reverse("account_login"))
        assert "Sign in first" in page.get_text()

    def test_shows_its_parts_with_one_line_each_and_folds_what_is_to_come(self) -> None:
        self.begin()
        self.write(text="She *waited* for me.")

        page = self.read()

        parts = [(element(part, "h2").get_text(), element(part, "p.quiet").get_text()) for part in page.select(".way")]
        assert parts == [("First", "Small things."), ("Then", "And on.")]
        assert "3 nights" in element(page, ".eyebrow").get_text()
        folded = element(page, "details:has(.steps)")
        assert not folded.has_attr("open")
        assert element(folded, "summary").get_text() == "The 2 questions still to come"
        assert [step.get_text(strip=True) for step in folded.select(".q")] == ["What about step-2?", "What about step-3?"]
        assert [step.get_text(strip=True) for step in page.select(".way .q")] == ["What about step-1?"]

    def test_shows_what_was_written_or_felt_beside_its_question(self) -> None:
        self.begin()
        pages = [
            self.write(text="She *waited* for me."),
            self.answer("step-2", text="", feeling="heavy"),
            self.answer("step-3", text="Gone."),
        ]
        trash.delete(self.walker, pages[2], EVENING)

        rows = self.read().select(".way li")

        assert [element(row, ".answer [dir=auto]").get_text() for row in rows] == ["She waited for me.", "Heavy", "In Recently deleted."]
        assert element(rows[0], ".answer a").get_text() == "Sunday, 1 March"
        assert [element(row, ".answer a")["href"] for row in rows] == [page.get_absolute_url() for page in pages]

    def test_says_once_what_can_touch_something_sore_and_marks_it_beside_each_such_question(self) -> None:
        Prompt.objects.filter(slug__in=STEPS[1:]).update(tender=True)
        questions.forget_library()
        self.addCleanup(questions.forget_library)
        self.begin()

        page = self.read()

        assert element(page, "main").get_text().count("touch something sore") == 1
        assert [mark["aria-label"] for mark in page.select("details .q [role=img]")] == ["may touch something sore"] * 2
        assert not page.select(".way [role=img]")

        self.write()
        with time_machine.travel(EVENING + DAY, tick=False):
            tonight = element(parsed(signed_in(self.walker).get(f"/prompts/paths/{SMALL.slug}/")), "li[data-state=tonight]")
        assert "may touch something sore" in tonight.get_text(), "it is due on the question that is asked now"

    def test_warns_and_names_another_path_before_it_is_begun(self) -> None:
        caution = element(self.read(), ".caution")
        assert "It can touch old harm." in caution.get_text()
        links = [f"{reverse('help')}#call", reverse("help"), reverse("journal:path", args=[OTHER.slug])]
        assert [str(link["href"]) for link in caution.select("a")] == links, "a number to call before a word on safety"
        self.walker.time_zone = "Europe/Stockholm"
        self.walker.save()
        assert element(self.read(), ".caution .call a")["href"] == "tel:112"

        self.act("begin")

        assert not self.read().select(".caution")

    def test_the_number_stands_first_and_stays_while_it_is_walked_where_help_comes_first(self) -> None:
        ship(self, replace(SMALL, help_first=True, caution=("It can be hard.", "• a fever", "• a seizure", "Call Help.")), OTHER)

        caution = element(self.read(), ".caution")

        first, *_others = element(caution, "h2").find_next_siblings()
        assert (first["class"], element(first, "a")["href"]) == (["call"], f"{reverse('help')}#call"), "before any other word"
        assert "Is it urgent?" in first.get_text()
        assert [item.get_text() for item in caution.select("ul li")] == ["a fever", "a seizure"]

        self.act("begin")
        page = self.read()
        assert [link["href"] for link in page.select("article > .call a")] == [f"{reverse('help')}#call"]

        self.act("leave")
        self.finish()
        assert not self.read().select("article > .call"), "it is over"

    def test_says_for_whom_it_is_and_for_whom_not_before_it_is_begun_and_about_it_afterwards(self) -> None:
        sentences = ["For you if you climb.", "Not for you if it’s dark: Help lists people."]
        path = replace(SMALL, caution=(), instead=(), for_whom=sentences[0], not_for_whom=sentences[1])
        ship(self, path, OTHER)

        page = self.read()

        assert [words.get_text() for words in page.select("article > p.quiet")][:2] == sentences
        assert page.select(f"article > p.quiet a[href='{reverse('help')}']")
        assert len(page.select("article > .call")) == 1, "a number to call before a word on safety"
        assert "For you" not in self.read("path", OTHER.slug).get_text(), "it says nothing of that"

        self.act("begin")

        page = self.read()
        assert not page.select("article > p.quiet:-soup-contains('For you')")
        assert [words.get_text() for words in page.select("details p.quiet")][-2:] == sentences

    def test_says_its_sentences_without_a_second_number_where_a_caution_has_one(self) -> None:
        ship(self, replace(SMALL, not_for_whom="Not for you if it’s dark: Help lists people."), OTHER)

        page = self.read()

        assert len(page.select(".call")) == 1
        assert "Not for you" in page.get_text()

    def test_shows_each_step_as_it_is(self) -> None:
        assert self.states() == ["to-come"] * 3
        self.begin()
        assert self.states() == ["tonight", "to-come", "to-come"]
        page = self.write()
        walks.skip(self.walker, SMALL.slug, "step-2")

        assert self.states() == ["done", "skipped", "to-come"]
        assert element(self.read(), ".steps .answer a")["href"] == page.get_absolute_url()

    def test_a_paused_path_has_no_step_tonight_and_can_be_gone_on_with(self) -> None:
        self.act("begin")
        self.act("pause")

        page = self.read()

        assert self.states() == ["to-come"] * 3
        assert self.buttons(page) == ["begin", "leave"]
        assert "Continue this path" in page.get_text()

    def test_says_which_other_path_is_paused_by_beginning(self) -> None:
        self.act("begin", OTHER.slug)

        assert "This pauses “Another way”." in self.read().get_text()

        self.act("pause", OTHER.slug)

        assert "This pauses" not in self.read().get_text()

    def test_does_not_call_a_finished_path_under_way(self) -> None:
        self.finish()

        assert "This pauses" not in self.read("path", OTHER.slug).get_text()

    def test_finished_it_closes_offers_what_was_written_and_one_more_walk(self) -> None:
        self.finish()

        page = self.read()

        assert "You came to the end of it." in page.get_text()
        assert "It begins softly." not in page.get_text()
        assert self.buttons(page) == ["again"]
        assert page.select_one(f'main a[href="{reverse("journal:path_answers", args=[SMALL.slug])}"]')

    def test_is_finished_with_steps_left_out(self) -> None:
        self.begin()
        self.write()
        walks.skip(self.walker, SMALL.slug, "step-2")
        assert "You came to the end of it." not in self.read().get_text()

        walks.skip(self.walker, SMALL.slug, "step-3")

        assert "You came to the end of it." in self.read().get_text()

    def test_shows_nobody_what_others_did(self) -> None:
        self.finish()

        page = self.read(client=signed_in(self.stranger))

        assert "Words for" in self.read().get_text()
        assert "Words for" not in page.get_text()
        assert {str(step["data-state"]) for step in page.select(".steps li")} == {"to-come"}
        assert self.buttons(page) == ["begin"]

    def test_costs_the_same_however_much_is_written(self) -> None:
        self.begin()
        self.read()
        with CaptureQueriesContext(connection) as nothing:
            self.read()
        for days, slug in enumerate(STEPS[:2]):
            for _ in range(3):
                self.answer(slug, TONIGHT + days * DAY, text="Words for it.")

        with CaptureQueriesContext(connection) as much:
            self.read()

        assert len(much) == len(nothing) <= 7

    def test_is_not_found_before_the_library_is_loaded(self) -> None:
        Prompt.objects.filter(slug="step-2").delete()

        assert self.client.get(reverse("journal:path", args=[SMALL.slug])).status_code == HTTPStatus.NOT_FOUND

    def test_writes_nothing(self) -> None:
        self.begin()
        before = Walk.objects.values().get()

        self.read()

        assert Walk.objects.values().get() == before
        assert not Night.objects.exists()


class AnswersTests(PageCase):
    def url(self) -> str:
        return reverse("journal:path_answers", args=[SMALL.slug])

    def texts(self, selector: str) -> list[str]:
        return [tag.get_text(strip=True) for tag in self.read("path_answers").select(f"article {selector}")]

    def test_come_in_the_order_of_the_steps_though_written_in_another(self) -> None:
        self.begin()
        for days, slug in enumerate(reversed(STEPS)):
            self.answer(slug, TONIGHT + days * DAY, text=f"*Words* for {slug}.")

        assert self.texts("h2") == [f"What about {slug}?" for slug in STEPS]
        assert self.texts(".reading em") == ["Words"] * 3
        assert self.texts(".eyebrow a") == ["Tuesday, 3 March", "Monday, 2 March", "Sunday, 1 March"]

    def test_end_with_the_paths_last_words_when_it_is_whole(self) -> None:
        self.begin()
        self.write()
        assert "You came to the end of it." not in self.read("path_answers").get_text()

        for slug in STEPS[1:]:
            self.answer(slug)

        assert "You came to the end of it." in self.read("path_answers").get_text()

    def test_say_so_where_nothing_is_written_yet_or_only_a_feeling(self) -> None:
        self.begin()
        assert "You haven’t written anything on this path yet." in self.read("path_answers").get_text()

        self.write(text="", feeling="heavy")

        assert self.texts(".reading") == ["No words, only how it felt."]

    def test_leave_out_what_was_written_before_and_what_lies_in_the_trash(self) -> None:
        self.answer("step-1", TONIGHT - DAY, text="From another time.")
        self.begin()
        trash.delete(self.walker, self.answer("step-2", text="Deleted."), EVENING)
        self.answer("step-3", text="Here.")

        assert self.texts(".reading") == ["Here."]

    def test_have_what_was_written_in_place_of_a_page_in_the_trash(self) -> None:
        self.begin()
        trash.delete(self.walker, self.write(text="Deleted."), EVENING)
        self.write(text="Written anew.")

        assert self.texts(".reading") == ["Written anew."]

    def test_are_the_walkers_own(self) -> None:
        self.finish()
        other = signed_in(self.stranger)
        assert other.get(self.url()).status_code == HTTPStatus.NOT_FOUND

        walks.begin(self.stranger, SMALL.slug, TONIGHT)

        page = self.read("path_answers", client=other)
        assert "Words for" not in page.get_text()

        self.client.logout()
        self.assertRedirects(self.client.get(self.url()), f"{reverse('account_login')}?next={self.url()}", fetch_redirect_response=False)

    def test_are_offered_on_the_night_of_the_last_step(self) -> None:
        self.begin()
        for slug in STEPS[:2]:
            self.answer(slug, TONIGHT)
        with time_machine.travel(EVENING + DAY, tick=False):
            self.write(TONIGHT + DAY)
            night_pages.close(self.walker, TONIGHT + DAY, Night.Closed.DONE)
            page = read(self.client, reverse("journal:tonight"))

        assert "That was the last step of “Small steps”" in element(page, f'main a[href="{self.url()}"]').get_text()


class AllPathsTests(PageCase):
    def cards(self) -> list[str]:
        return [heading.get_text() for heading in self.read("paths").select("article h2")]

    def card(self, name: str) -> str:
        return next(card.get_text(" ", strip=True) for card in self.read("paths").select("article") if name in card.get_text())

    def prefer(self, **preferences: Any) -> None:
        self.walker.sealed_preferences = Preferences(**preferences)
        self.walker.save()

    def test_anybody_sees_all_but_grace_which_is_named_below(self) -> None:
        for is_signed_in in (True, False):
            if not is_signed_in:
                self.client.logout()
            assert self.cards() == ["Small steps", "Another way"]
            assert self.read("paths").select(f'main p.quiet a[href="{reverse("journal:path", args=["grace"])}"]')

    def test_grace_is_among_them_once_it_is_chosen_recommended_or_walked(self) -> None:
        self.prefer(themes=("grace",))
        assert "Grace notes" in self.cards()

        self.prefer(start=("grace",))
        assert "Grace notes" in self.cards()

        self.prefer(themes=("presence",))
        assert "Grace notes" not in self.cards()

        walks.begin(self.walker, "grace", TONIGHT)
        assert "Grace notes" in self.cards()

    def test_says_which_are_walked_paused_and_finished_and_puts_those_first(self) -> None:
        self.finish()
        assert "finished" in self.card("Small steps")

        self.begin(OTHER.slug)
        assert "you’re on it now" in self.card("Another way")
        assert self.cards() == ["Another way", "Small steps"]

        walks.pause(self.walker, OTHER.slug)
        assert "paused" in self.card("Another way")
        assert self.cards() == ["Another way", "Small steps"]

    def test_costs_the_same_however_many_are_walked(self) -> None:
        self.begin()
        with CaptureQueriesContext(connection) as few:
            self.read("paths")
        self.begin(OTHER.slug)
        walks.begin(self.walker, "grace", TONIGHT)

        with self.assertNumQueries(len(few)):
            self.read("paths")


@pytest.mark.django_db
@pytest.mark.parametrize("slug", list(paths.read()))
def test_every_path_that_ships_is_walked_night_by_night_to_its_end(slug: str) -> None:
    make_path_prompts(slug)
    path, walker, answers = paths.read()[slug], make_user(), []
    with time_machine.travel(EVENING, tick=False) as clock:
        signed_in(walker).post(reverse("journal:path_walk", args=[slug]), {"action": "begin"})
        for number in range(1, len(path.steps) + 1):
            client = signed_in(walker)
            page = read(client, "/tonight/")
            assert f"{path.name} · step {number} of {len(path.steps)}" in " ".join(page.get_text(" ").split())
            answers.append(f"Night {number}.")
            response = client.post("/tonight/", {**hidden_fields(page), "text": answers[-1], "feeling": "", "action": "close:done"})
            assert response.status_code == HTTPStatus.FOUND
            clock.shift(DAY)
        client = signed_in(walker)
        shown = read(client, reverse("journal:path_answers", args=[slug])).select("article .reading")

        assert [answer.get_text(strip=True) for answer in shown] == answers
        assert path.name not in main_text(client.get("/tonight/"))
