"""`/prompts/sets/` and the pages below it: a counselor's sets are listed, made, built, previewed, printed, exported and imported."""

import io
import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlencode

import time_machine
from bs4 import BeautifulSoup, Tag
from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Connection, User
from common.ids import new_id
from counselor import sets
from counselor.sets import CAUTION_LIMIT, INTRODUCTION_LIMIT, MAX_STEPS, NAME_LIMIT, NOTE_LIMIT
from prompts import received
from prompts.library import paths
from prompts.models import QUESTION_LIMIT, PromptSet, SetContent
from tests.factories import make_assignment, make_connection, make_counselor, make_path_prompts, make_prompt, make_set, make_user
from tests.helpers import DAY, EVENING, HOUR, TONIGHT, element, form_fields, main_text, on_own_device, parsed, read

FIRST, SECOND, THIRD = (f"{n:032x}" for n in range(3))  # the keys of the steps


SORE = ["may touch something sore", "goes deep"]


def badges(tag: Tag) -> list[str]:
    return [badge.get_text() for badge in tag.select(".badge")]


def value_of(tag: Tag) -> str:
    return tag.get_text().removeprefix("\n") if tag.name == "textarea" else str(tag.get("value") or "")


@time_machine.travel(EVENING, tick=False)
class SetCase(TestCase):
    url = "/prompts/sets/"
    counselor: User
    other: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        cls.other = make_counselor(email="other@example.org", name="Olu Berg")
        make_prompt(slug="at-the-door", if_stuck=["Which door?"])
        make_prompt(slug="on-the-stairs", question="Who sat on the stairs?", theme="calm")
        make_prompt(slug="long-gone", question="What was asked long ago?", retired=True)

    def setUp(self) -> None:
        self.client.force_login(self.counselor)
        on_own_device(self.client)

    def read(self, url: str = url) -> BeautifulSoup:
        return read(self.client, url)

    def address(self, row: PromptSet, rest: str = "") -> str:
        return f"{self.url}{row.pk}/{rest}"

    def fields(self, page: BeautifulSoup) -> dict[str, Any]:
        """What the builder's form sends when nothing is touched."""
        fields = form_fields(page, "form[data-set]")
        return {name: values if name == "step" else values[0] for name, values in fields.items()}

    def press(self, row: PromptSet, action: str = "save", page: BeautifulSoup | None = None, /, **changed: Any) -> Any:
        sent = {**self.fields(page or self.read(self.address(row))), "action": action, **changed}
        return self.client.post(self.address(row), sent)

    def content(self, row: PromptSet) -> SetContent:
        """What the set holds, as it is stored now."""
        content: SetContent = PromptSet.objects.get(pk=row.pk).content
        return content

    def asked(self, row: PromptSet) -> list[str]:
        return [step.prompt or step.question for step in sets.steps_of(self.content(row))]

    def mine(self) -> list[PromptSet]:
        return list(PromptSet.objects.by(self.counselor))


class ListTests(SetCase):
    def test_an_empty_list_offers_two_ways_to_begin(self) -> None:
        links = [str(link["href"]) for link in self.read().select(".empty a")]

        assert links == [reverse("counselor:set_import")]
        assert element(self.read(), ".empty button[form=new-set]").get_text() == "New set"

    def test_shows_names_steps_days_and_clients_of_ones_own_sets_only(self) -> None:
        row = make_set(self.counselor)
        make_set(self.other, name="Theirs")
        for number in range(3):
            connection = make_connection(self.counselor, make_user(email=f"p{number}@example.org"))
            make_assignment(connection, row, paused=number == 2)

        shown = main_text(self.client.get(self.url))

        assert "First weeks" in shown
        assert "Theirs" not in shown
        assert "2 questions · changed on 1 March · 2 clients are answering it" in shown

    def test_does_not_tell_that_all_is_answered_where_the_client_keeps_that_to_themselves(self) -> None:
        row = make_set(self.counselor)
        connection = make_connection(self.counselor, make_user(email="p@example.org"), sees_answered=False)
        given = make_assignment(connection, row)
        for step in given.steps.all():
            with time_machine.travel(EVENING - 30 * DAY, tick=False):
                received.mark_answered(step.pk, TONIGHT - 30 * DAY)
        given.refresh_from_db()
        assert given.finished_at

        assert "1 client is answering it" in main_text(self.client.get(self.url))

        Connection.objects.update(sees_answered=True)
        assert "no one is answering it" in main_text(self.client.get(self.url))

    def test_costs_the_same_with_one_set_and_with_five(self) -> None:
        def cost() -> int:
            with CaptureQueriesContext(database) as queries:
                self.read()
            return len(queries)

        make_set(self.counselor)
        before = cost()
        for number in range(4):
            row = make_set(self.counselor, name=f"Set {number}")
            make_assignment(make_connection(self.counselor, make_user(email=f"p{number}@example.org")), row)

        assert cost() == before

    def test_a_removed_set_can_be_put_back_and_both_are_safe_to_repeat(self) -> None:
        row = make_set(self.counselor)
        given = make_assignment(make_connection(self.counselor, make_user()), row)

        for _ in range(2):
            response = self.client.post(self.address(row, "remove/"))
            self.assertRedirects(response, f"{self.url}?removed={row.pk}")
        assert self.mine() == []
        assert self.client.get(self.address(row)).status_code == HTTPStatus.NOT_FOUND
        given.refresh_from_db()
        assert given.content is not None
        assert (given.ended_at, given.content.name) == (None, "First weeks")

        undo = element(self.read(response.headers["Location"]), ".notice button")
        for _ in range(2):
            self.client.post(self.address(row, "remove/"), {"action": undo["value"]})
        assert self.mine() == [row]

    def test_offers_nothing_for_a_set_that_was_not_removed(self) -> None:
        theirs = make_set(self.other)
        self.client.force_login(self.other)
        self.client.post(self.address(theirs, "remove/"))
        self.client.force_login(self.counselor)

        for removed in (theirs.pk, make_set(self.counselor).pk, "x", ""):
            assert not self.read(f"{self.url}?removed={removed}").select("form.notice")


class BeginTests(SetCase):
    def test_a_new_one_is_made_once(self) -> None:
        pk = self.read(f"{self.url}new/").select("input[name=id]")[0]["value"]

        for _ in range(2):
            response = self.client.post(f"{self.url}new/", {"id": pk, "name": "  First\tnights "})
            self.assertRedirects(response, f"{self.url}{pk}/?begin=name")

        assert [row.content for row in self.mine()] == [SetContent(name="First nights")]

    def test_one_press_makes_a_set_to_be_named_on_its_page_and_makes_no_second_one(self) -> None:
        pk = new_id()
        opened = self.client.post(f"{self.url}new/", {"id": pk}, follow=True)
        assert parsed(opened).select("input[name=name][autofocus]")[0]["value"] == "New set"
        assert not self.read(f"{self.url}{pk}/").select("[autofocus]")

        self.press(PromptSet.objects.get(), name="Two homes")
        self.client.post(f"{self.url}new/", {"id": pk})

        assert [row.content.name for row in self.mine()] == ["Two homes"]

    def test_sent_again_after_it_was_changed_it_is_not_undone(self) -> None:
        pk = new_id()
        self.client.post(f"{self.url}new/", {"id": pk, "name": "First"})
        self.press(PromptSet.objects.get(), introduction="Read this first.")

        self.client.post(f"{self.url}new/", {"id": pk, "name": "First"})
        assert [row.content.introduction for row in self.mine()] == ["Read this first."]

        self.client.post(f"{self.url}new/", {"id": pk, "name": "Second"})
        assert {row.content.name for row in self.mine()} == {"First", "Second"}

    def test_another_name_from_the_same_page_or_another_counselors_id_makes_another_set(self) -> None:
        theirs = make_set(self.other)
        pk = new_id()

        for sent in ({"id": pk, "name": "First"}, {"id": pk, "name": "Second"}, {"id": theirs.pk, "name": "Third"}):
            self.client.post(f"{self.url}new/", sent)

        assert {row.content.name for row in self.mine()} == {"First", "Second", "Third"}
        assert self.content(theirs).name == "First weeks"

    def test_with_a_name_that_is_too_long_nothing_is_made(self) -> None:
        name = "n" * (NAME_LIMIT + 1)

        response = self.client.post(f"{self.url}new/", {"id": new_id(), "name": name})

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert value_of(parsed(response).select("input[name=name]")[0]) == name
        assert self.mine() == []

    def test_a_path_is_copied_with_its_notes_once(self) -> None:
        make_path_prompts("mending")
        path = paths.read()["mending"]
        pk = new_id()

        for _ in range(2):
            self.client.post(f"{self.url}copy/", {"id": pk, "ready_made": "path:mending"})

        [row] = self.mine()
        steps = sets.steps_of(row.content)
        assert (row.content.name, row.content.introduction) == (path.name, "\n\n".join(path.introduction))
        assert [(step.prompt, step.note) for step in steps] == [(step.prompt, step.note) for step in path.steps]
        assert len({step.key for step in steps}) == len(steps)
        assert row.content.caution == ""
        self.assertRedirects(self.press(row), self.address(row))  # and it can be saved as it is
        assert PromptSet.objects.get().version == 1

    def test_a_copy_keeps_its_caution_and_so_does_a_copy_of_that(self) -> None:
        make_path_prompts("daughters-and-mothers")
        self.client.post(f"{self.url}copy/", {"id": new_id(), "ready_made": "path:daughters-and-mothers"})
        [row] = self.mine()

        self.client.post(f"{self.url}copy/", {"id": new_id(), "set": row.pk})
        self.press(row, name="Another name")

        caution = "\n\n".join(paths.read()["daughters-and-mothers"].caution)
        assert "if you left abuse" in caution
        assert [row.content.caution for row in self.mine()] == [caution, caution]
        assert {row.content.name for row in self.mine()} == {"Another name", "Copy of Daughters and mothers"}

    def test_questions_that_this_site_does_not_have_are_left_out(self) -> None:
        self.client.post(f"{self.url}copy/", {"id": new_id(), "ready_made": "path:mending"})

        assert self.mine()[0].content.steps == ()

    def test_a_set_is_copied_under_a_name_of_its_own(self) -> None:
        row = make_set(self.counselor, steps=("Who came?", "prompt:at-the-door"))
        pk = new_id()

        for _ in range(2):
            self.client.post(f"{self.url}copy/", {"id": pk, "set": row.pk})

        assert len(self.mine()) == 2
        copied = PromptSet.objects.get(pk=pk)
        assert (copied.content.name, self.asked(copied)) == ("Copy of First weeks", ["Who came?", "at-the-door"])
        self.press(copied, f"out:{copied.content.steps[0][0]}")
        assert self.asked(row) == ["Who came?", "at-the-door"]

    def test_unknown_sets_and_those_of_others_are_not_copied(self) -> None:
        theirs = make_set(self.other)

        for sent in ({"ready_made": "path:nowhere"}, {"set": theirs.pk}, {"set": new_id()}, {}):
            assert self.client.post(f"{self.url}copy/", {"id": new_id(), **sent}).status_code == HTTPStatus.NOT_FOUND
        assert self.mine() == []


class BuildTests(SetCase):
    row: PromptSet

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.row = make_set(cls.counselor, steps=("Who came?", "prompt:at-the-door", "Who left?"))

    def test_shows_the_steps_each_with_its_question_and_note(self) -> None:
        page = self.read(self.address(self.row))

        lines = ["Who came?", "What happened at the door tonight?", "Who left?"]
        assert [item.get_text() for item in page.select("summary [data-line]")] == lines
        assert not page.select("[data-step] details[open], [data-out]")
        assert value_of(page.select(f"textarea[name='{FIRST}-question']")[0]) == "Who came?"
        assert not page.select(f"textarea[name='{SECOND}-question']")
        assert len(page.select(".building textarea[name$=note]")) == 3
        assert "First weeks" not in element(page, "title").get_text()
        first = page.select("form[data-set] button")[0]
        assert (first["value"], "visually-hidden" in first["class"]) == ("enter", True)
        assert f"{reverse('counselor:assignment_new')}?set={self.row.pk}" in {str(link["href"]) for link in page.select("main a")}
        for field in page.select("main :is(input:not([type=hidden]), textarea, select)"):
            assert page.select(f"label[for='{field['id']}']"), field

    def test_saves_everything_and_a_second_time_nothing(self) -> None:
        page = self.read(self.address(self.row))
        changed = {
            "name": " Other  weeks",
            "introduction": "One\r\n\r\ntwo ",
            "caution": " Slow\r\ndown.",
            f"{FIRST}-question": "Who\r\ncame in?",
            f"{SECOND}-note": "Slow\r\nly",
        }

        with time_machine.travel(EVENING + HOUR, tick=False):
            self.assertRedirects(self.press(self.row, "save", page, **changed), self.address(self.row))
        self.press(self.row, "save", page, **changed)

        row = PromptSet.objects.get()
        assert (row.version, row.changed_at) == (2, EVENING + HOUR)
        assert row.content == SetContent(
            "Other weeks",
            "One\n\ntwo",
            ((FIRST, "", "Who came in?", ""), (SECOND, "at-the-door", "", "Slow\nly"), (THIRD, "", "Who left?", "")),
            "Slow\ndown.",
        )

    def test_marks_what_can_hurt_and_what_goes_deep_among_the_steps_and_what_is_found(self) -> None:
        make_prompt(slug="a-sore-one", question="What was it about the door that hurt?", depth="deep", tender=True)
        self.press(self.row, "add:a-sore-one")

        page = self.read(self.address(self.row))
        steps = {element(step, "summary [data-line]").get_text(): badges(step) for step in page.select("[data-step].of-library")}
        assert steps == {"What happened at the door tonight?": [], "What was it about the door that hurt?": SORE}

    def test_says_of_what_is_found_how_deep_it_goes_for_whom_what_helps_and_why(self) -> None:
        make_prompt(slug="a-sore-one", question="What hurt?", depth="deep", tender=True, ages=["teen"], if_stuck=["A door.", "A word."])

        found = parsed(self.press(self.row, "search", q="door"))

        assert {
            element(item, "p").get_text(): (badges(item), [why.get_text() for why in item.select(".why")])
            for item in found.select(".found li")
        } == {
            "What happened at the door tonight?": (["Light", "in the set"], ["If you’re stuck: Which door?"]),
            "What hurt?": (["Deep", "Teenager", "may touch something sore", "in the set"], ["If you’re stuck: A door."]),
        }
        assert [mark.get_text() for mark in found.select(".found mark")] == ["door", "door"]
        hidden = [[tag.name for tag in item.select("[data-in][hidden], [data-add][hidden]")] for item in found.select(".found li")]
        assert hidden == [["button"], ["span"]]

    def test_saving_as_it_is_leaves_the_version(self) -> None:
        for action in ("save", "enter", "", "up:nothing", f"up:{FIRST}", f"down:{THIRD}"):
            self.press(self.row, action)

        row = PromptSet.objects.get()
        assert (row.version, row.changed_at) == (1, EVENING)

    def test_up_down_and_take_out_save_what_was_typed_also_when_sent_twice(self) -> None:
        for action, typed, order in (
            (f"up:{SECOND}", "One?", ["at-the-door", "One?", "Who left?"]),
            (f"down:{FIRST}", "Two?", ["at-the-door", "Who left?", "Two?"]),
            (f"out:{THIRD}", "Three?", ["at-the-door", "Three?"]),
        ):
            page = self.read(self.address(self.row))
            for _ in range(2):
                response = self.press(self.row, action, page, **{f"{FIRST}-question": typed})
                assert response.status_code == (HTTPStatus.OK if action.startswith("out") else HTTPStatus.FOUND)
            assert self.asked(self.row) == order

    def test_what_was_taken_out_is_put_back_at_its_place_as_it_was(self) -> None:
        page = parsed(self.press(self.row, f"out:{SECOND}", **{f"{SECOND}-note": "Slowly"}))
        page = parsed(self.press(self.row, f"out:{FIRST}", page, name="Other"))
        assert self.asked(self.row) == ["Who left?"]
        assert [element(item, ".taken-out bdi").get_text() for item in page.select("[data-out]")] == [
            "Who came?",
            "What happened at the door tonight?",
        ]

        page = parsed(self.press(self.row, f"back:{SECOND}", page))
        assert self.asked(self.row) == ["at-the-door", "Who left?"]
        self.press(self.row, f"back:{FIRST}", page)

        content = self.content(self.row)
        assert content.name == "Other"
        assert content.steps == ((FIRST, "", "Who came?", ""), (SECOND, "at-the-door", "", "Slowly"), (THIRD, "", "Who left?", ""))

    def test_the_order_is_that_of_the_fields(self) -> None:
        self.press(self.row, step=[THIRD, FIRST, SECOND])

        assert self.asked(self.row) == ["Who left?", "Who came?", "at-the-door"]

    def test_own_questions_are_added_by_any_button_but_the_search(self) -> None:
        page = self.read(self.address(self.row))
        assert self.press(self.row, "search", page, own="Who stayed?").status_code == HTTPStatus.OK
        assert len(self.asked(self.row)) == 3

        for _ in range(2):
            self.press(self.row, "own", page, own=" Who  stayed? \r\n\r\n2) Who went?\r\n")
        self.press(self.row, own="Who knows?")

        assert self.asked(self.row)[3:] == ["Who stayed?", "Who went?", "Who knows?"]

    def test_a_line_that_is_too_long_stays_in_the_box_and_the_others_are_added(self) -> None:
        long = "q" * (QUESTION_LIMIT + 1)

        page = parsed(self.press(self.row, "own", own=f"One?\n{long}\nTwo?\n"))

        assert self.asked(self.row)[3:] == ["One?", "Two?"]
        assert value_of(element(page, "[name=own]")) == long
        assert "Line 2 is too long" in element(page, "#id_own_error").get_text()
        assert self.fields(page)["version"] == "2"

    def test_searches_the_library_and_keeps_everything_typed(self) -> None:
        page = parsed(self.press(self.row, "search", q="stairs", name="Other", **{f"{FIRST}-note": "Typed"}))

        assert [item.get_text() for item in page.select(".found .question")] == ["Who sat on the stairs?"]
        sent = self.fields(page)
        assert (sent["name"], sent[f"{FIRST}-note"], sent["q"]) == ("Other", "Typed", "stairs")
        assert self.content(self.row).name == "First weeks"
        assert "Not saved yet" in page.select("[data-saved-line]")[0].get_text()

    def test_enter_searches_where_something_else_is_looked_for(self) -> None:
        page = parsed(self.press(self.row, "enter", q="stairs", name="Other"))
        assert page.select(".found p")
        assert self.content(self.row).name == "First weeks"

        saved = parsed(self.press(self.row, "enter", page))
        assert self.content(self.row).name == "Other"
        assert saved.select(".found p")  # what was found stays

    def test_adds_from_the_library_once_and_shows_the_matches_again(self) -> None:
        page = parsed(self.press(self.row, "search", theme="calm"))
        add = page.select(".found button")[0]["value"]

        for _ in range(2):
            response = self.press(self.row, str(add), page, theme="calm", **{f"{FIRST}-note": "Typed"})
            assert response.status_code == HTTPStatus.OK

        assert self.asked(self.row)[3:] == ["on-the-stairs"]
        assert self.content(self.row).steps[0][3] == "Typed"
        after = parsed(response)
        assert after.select(".found [data-in]:not([hidden])")
        assert not after.select(".found button:not([hidden])")
        assert "set is saved" in after.select("main > p.notice")[0].get_text()

    def test_does_not_add_a_retired_or_unknown_question_nor_one_it_has(self) -> None:
        for slug in ("long-gone", "nowhere", "at-the-door", ""):
            self.press(self.row, f"add:{slug}")

        assert PromptSet.objects.get().version == 1

    def test_what_is_wrong_is_marked_and_all_that_was_typed_is_kept(self) -> None:
        for name, typed in (
            ("name", ""),
            ("name", "n" * (NAME_LIMIT + 1)),
            ("introduction", "i" * (INTRODUCTION_LIMIT + 1)),
            ("caution", "c" * (CAUTION_LIMIT + 1)),
            (f"{FIRST}-question", ""),
            (f"{FIRST}-question", "q" * (QUESTION_LIMIT + 1)),
            (f"{SECOND}-note", "n" * (NOTE_LIMIT + 1)),
        ):
            response = self.press(self.row, f"up:{THIRD}", **{f"{THIRD}-note": "Kept", name: typed})
            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            page = parsed(response)
            sent = self.fields(page)
            assert (sent[name], sent[f"{THIRD}-note"], sent["step"]) == (typed, "Kept", [FIRST, THIRD, SECOND])
            assert page.select(f"[name='{name}'][aria-invalid=true]")
        assert PromptSet.objects.get().version == 1

    def test_lengths_count_a_lines_end_once(self) -> None:
        note = ("n" * 9 + "\r\n") * 100

        assert self.press(self.row, **{f"{FIRST}-note": note}).status_code == HTTPStatus.FOUND

    def test_a_question_that_is_unknown_or_doubled_is_refused(self) -> None:
        for fields in ({f"{SECOND}-prompt": "nowhere"}, {f"{FIRST}-prompt": "at-the-door"}):
            assert self.press(self.row, **fields).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert PromptSet.objects.get().version == 1

    def test_holds_a_hundred_steps(self) -> None:
        row = make_set(self.counselor, steps=[f"Question {n}?" for n in range(MAX_STEPS)])

        page = parsed(self.press(row, own="One more?"))

        assert "up to 100 questions" in page.get_text()
        assert self.fields(page)["own"] == "One more?"
        assert len(self.asked(row)) == MAX_STEPS
        too_many = [*self.fields(page)["step"], "f" * 32]
        refused = self.press(row, "save", page, step=too_many, own="", **{f"{'f' * 32}-question": "One more?"})
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert len(self.asked(row)) == MAX_STEPS

    def test_a_retired_question_stays(self) -> None:
        row = make_set(self.counselor, steps=("prompt:long-gone",))

        self.press(row, name="Other")

        assert (self.content(row).name, self.asked(row)) == ("Other", ["long-gone"])

    def test_a_save_based_on_an_older_version_is_kept_for_the_person_to_decide(self) -> None:
        old = self.read(self.address(self.row))
        self.press(self.row, name="There")

        response = self.press(self.row, f"up:{SECOND}", old, name="Here", own="Who stayed?")

        assert response.status_code == HTTPStatus.CONFLICT
        assert self.content(self.row).name == "There"
        page = parsed(response)
        other = element(page, ".stored")
        assert "changed somewhere else" in other.get_text()
        assert element(other, "h3").get_text() == "There"
        assert [len(item.select(".badge")) for item in other.select("li")] == [0, 0, 0]
        assert self.fields(page)["name"] == "Here"
        self.assertRedirects(self.press(self.row, "save", page), self.address(self.row))
        assert self.content(self.row).name == "Here"
        assert self.asked(self.row) == ["at-the-door", "Who came?", "Who left?", "Who stayed?"]

    def test_odd_versions_and_keys_overwrite_nothing(self) -> None:
        for version in ("", "0", "x", "9" * 30, "-1", "٣"):
            assert self.press(self.row, name="Other", version=version).status_code == HTTPStatus.CONFLICT
        self.press(self.row, step=[FIRST, FIRST, "x", "<b>", SECOND, THIRD], own="Who?", own_key="x")

        assert len({step.key for step in sets.steps_of(self.content(self.row))}) == 4

    def test_what_was_given_stays_as_it_was(self) -> None:
        given = make_assignment(make_connection(self.counselor, make_user()), self.row)

        self.press(self.row, f"out:{FIRST}", name="Other")

        given.refresh_from_db()
        assert given.content is not None
        assert (given.content.name, given.steps.count()) == ("First weeks", 3)

    def test_nothing_written_is_stored_in_the_clear_or_in_the_session(self) -> None:
        self.press(self.row, name="Zephyr", introduction="Zephyr", caution="Zephyr", own="A zephyr?", **{f"{FIRST}-note": "zephyr"})

        with database.cursor() as cursor:
            cursor.execute("SELECT * FROM prompts_promptset")
            stored = b"".join(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for row in cursor for value in row
            )
        assert b"zephyr" not in stored.lower()
        assert "ephyr" not in str(dict(self.client.session))
        assert "ephyr" not in str(self.client.cookies)

    def test_costs_the_same_with_few_steps_and_with_many(self) -> None:
        long = make_set(self.counselor, steps=[*(f"Question {n}?" for n in range(40)), "prompt:at-the-door", "prompt:on-the-stairs"])
        costs = []
        for row in (self.row, long):
            for rest in ("", "preview/?step=1", "worksheet/"):
                self.client.get(self.address(row, rest))
                with CaptureQueriesContext(database) as queries:
                    self.client.get(self.address(row, rest))
                costs.append(len(queries))

        assert costs[:3] == costs[3:]


class BackgroundTests(SetCase):
    """A script sends the page while it is written, and reads what became of it."""

    row: PromptSet

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.row = make_set(cls.counselor, steps=("Who came?", "prompt:at-the-door"))

    def send(self, page: BeautifulSoup, action: str = "keep", /, **changed: Any) -> Any:
        sent = {**self.fields(page), "action": action, **changed}
        return self.client.post(self.address(self.row), sent, headers={"Accept": "application/json"})

    def test_what_is_written_is_saved_and_what_is_typed_in_the_box_stays_there(self) -> None:
        page = self.read(self.address(self.row))

        answer = self.send(page, name="Two homes", own="Who sta").json()

        assert (answer["state"], answer["version"], answer["message"], answer["name"]) == ("saved", 2, "Saved 21:04", "Two homes")
        assert (answer["own"], answer["added"]) == ("Who sta", [])
        assert self.content(self.row).name == "Two homes"
        assert len(self.asked(self.row)) == 2

    def test_what_an_act_adds_is_named(self) -> None:
        page = self.read(self.address(self.row))
        long = "q" * (QUESTION_LIMIT + 1)

        own = self.send(page, "own", own=f"- Who stayed?\n{long}").json()
        found = self.send(self.read(self.address(self.row)), "add:on-the-stairs").json()

        [added] = own["added"]
        assert (added["question"], added["prompt"], own["own"]) == ("Who stayed?", "", long)
        assert "Line 2 is too long" in own["errors"]["id_own"][0]
        assert [(each["prompt"], each["question"]) for each in found["added"]] == [("on-the-stairs", "")]
        assert self.asked(self.row) == ["Who came?", "at-the-door", "Who stayed?", "on-the-stairs"]

    def test_one_that_was_taken_out_and_is_added_again_is_named_with_its_note(self) -> None:
        page = self.read(self.address(self.row))

        answer = self.send(page, "add:at-the-door", out=[SECOND], **{f"{SECOND}-note": "Slowly"}).json()

        assert answer["added"] == [{"key": SECOND, "prompt": "at-the-door", "question": "", "note": "Slowly"}]

    def test_what_is_wrong_is_said_by_field(self) -> None:
        page = self.read(self.address(self.row))

        response = self.send(page, name="", **{f"{FIRST}-question": "", f"{SECOND}-prompt": "nowhere"})

        answer = response.json()
        assert (response.status_code, answer["state"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, "refused")
        assert answer["message"] == "Not saved yet: 3 things need another look."
        assert answer["errors"].keys() == {"id_name", f"id_{FIRST}-question", f"step-{SECOND}"}
        assert PromptSet.objects.get().version == 1

    def test_a_change_elsewhere_is_told_and_nothing_overwritten(self) -> None:
        page = self.read(self.address(self.row))
        self.press(self.row, name="There")

        response = self.send(page, name="Here")

        assert (response.status_code, response.json()["state"]) == (HTTPStatus.CONFLICT, "conflict")
        assert self.content(self.row).name == "There"

    def test_a_page_that_missed_an_answer_is_known_again(self) -> None:
        page = self.read(self.address(self.row))
        missed = urlencode({**self.fields(page), "action": "keep", "name": "One"}, doseq=True)
        self.send(page, name="One")

        answer = self.send(page, name="Two", before=[missed]).json()

        assert (answer["state"], answer["version"]) == ("saved", 3)
        self.press(self.row, name="There")
        for before in (missed, "", "%%%", "name=There"):
            assert self.send(page, name="Three", before=[before]).status_code == HTTPStatus.CONFLICT

    def test_both_are_kept_as_two_sets_once(self) -> None:
        old = self.read(self.address(self.row))
        self.press(self.row, name="There")
        page = parsed(self.press(self.row, "save", old, name="Here"))

        for _ in range(2):
            response = self.press(self.row, "both", page)

        assert {row.content.name for row in self.mine()} == {"There", "Copy of Here"}
        self.assertRedirects(response, self.address(PromptSet.objects.by(self.counselor).exclude(pk=self.row.pk).get()))

    def test_a_set_that_was_removed_meanwhile_says_so(self) -> None:
        page = self.read(self.address(self.row))
        self.client.post(self.address(self.row, "remove/"))

        response = self.send(page, name="Other")

        assert (response.status_code, response.json()["state"]) == (HTTPStatus.NOT_FOUND, "gone")

    def test_the_library_alone_can_be_asked_for(self) -> None:
        page = parsed(
            self.client.post(self.address(self.row), {"action": "search", "part": "library", "q": "stairs", "author": self.counselor.pk})
        )

        assert [item.get_text() for item in page.select(".found .question")] == ["Who sat on the stairs?"]
        assert not page.select("h1, [data-step]")


class ShowTests(SetCase):
    def test_previews_the_introduction_and_each_step_as_a_client_meets_it(self) -> None:
        row = make_set(self.counselor, steps=("Who <came>?", "prompt:at-the-door"))
        self.press(row, introduction="Slow down.\n\nThere is time.", caution="Not alone, <please>.", **{f"{FIRST}-note": "Begin here."})

        start = self.read(self.address(row, "preview/"))
        assert "Not alone, <please>." in element(start, ".caution").get_text()
        assert element(start, ".caution a")["href"] == reverse("help")
        assert [p.get_text() for p in start.select(".reading p")] == ["Slow down.", "There is time."]
        assert [link["href"] for link in start.select(".pager a")] == ["?step=1"]

        first = self.read(self.address(row, "preview/?step=1"))
        assert [tag.get_text() for tag in first.select("h1[dir=auto], .note[dir=auto]")] == ["Who <came>?", "Begin here."]
        assert first.select(".eyebrow.step")[0].get_text() == "From Ines Holm · question 1 of 2"
        assert first.select("textarea[disabled]")

        second = self.read(self.address(row, "preview/?step=2"))
        assert [item.get_text() for item in second.select(".ways li")] == ["Which door?"]
        assert [link["href"] for link in second.select(".pager a")] == ["?step=1"]

        for odd in ("x", "-1", "0", "", "٣", "9" * 5000):
            assert element(self.read(self.address(row, f"preview/?step={odd}")), "h1").get_text() == "First weeks"
        assert self.read(self.address(row, "preview/?step=99")).select(".eyebrow.step")[0].get_text().endswith("question 2 of 2")

    def test_an_empty_set_can_be_looked_at(self) -> None:
        row = make_set(self.counselor, steps=())

        for rest in ("", "preview/", "preview/?step=1", "worksheet/"):
            assert "question" in self.read(self.address(row, rest)).get_text().lower()

    def test_the_worksheet_has_lines_below_each_question(self) -> None:
        row = make_set(self.counselor, steps=("Who came?", "prompt:at-the-door"))
        self.press(row, introduction="Slow down.", caution="Not alone.", **{f"{SECOND}-note": "Begin here."})

        page = self.read(self.address(row, "worksheet/"))

        assert element(page, ".caution").get_text().strip() == "Not alone."

        sheets = page.select(".sheet")
        assert [sheet.select("h2")[0].get_text() for sheet in sheets] == ["1. Who came?", "2. What happened at the door tonight?"]
        assert all(len(sheet.select(".ruled i")) > 5 for sheet in sheets)
        assert "Begin here." in sheets[1].get_text()
        assert "browser’s Print" in page.select("main > p.notice")[0].get_text()
        assert not page.select("[style]")


class FileTests(SetCase):
    def send(self, content: str | bytes, filename: str = "set.csv", **fields: object) -> Any:
        file = io.BytesIO(content.encode() if isinstance(content, str) else content)
        file.name = filename
        return self.client.post(f"{self.url}import/", {"id": new_id(), "file": file, **fields})

    def test_a_set_is_exported_and_imported_the_same(self) -> None:
        row = make_set(self.counselor, steps=("=Who came?", "prompt:at-the-door", "prompt:long-gone"))
        self.press(row, introduction="Slow\n\n“down”.", caution="Not\nalone.", **{f"{SECOND}-note": "-One\nTwo"})
        before = [step[1:] for step in self.content(row).steps]

        for extension in ("toml", "csv"):
            export = self.client.get(self.address(row, f"export/{extension}/"))
            assert export.headers["Content-Disposition"] == f'attachment; filename="nightlight-set-first-weeks-2026-03-01.{extension}"'
            assert export.headers["Cache-Control"] == "no-store"
            assert "charset=utf-8" in export.headers["Content-Type"]
            response = self.send(export.content, f"x.{extension}")
            imported = PromptSet.objects.get(pk=uuid.UUID(response.headers["Location"].split("/")[-2]))
            assert [step[1:] for step in imported.content.steps] == before
            if extension == "toml":
                assert (imported.content.name, imported.content.introduction) == ("First weeks", "Slow\n\n“down”.")
                assert imported.content.caution == "Not\nalone."
        assert len(self.mine()) == 3

    def test_there_are_no_other_formats(self) -> None:
        row = make_set(self.counselor)

        for extension in ("pdf", "TOML", "json"):
            assert self.client.get(self.address(row, f"export/{extension}/")).status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(self.address(row, "export/csv/")).status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_a_file_sent_twice_is_imported_once(self) -> None:
        pk = new_id()

        for _ in range(2):
            self.assertRedirects(self.send("question\nWho came?", id=pk, name="Mine"), f"{self.url}{pk}/")

        assert [row.content.name for row in self.mine()] == ["Mine"]

    def test_what_is_wrong_is_reported_line_by_line_and_nothing_is_made(self) -> None:
        response = self.send("question,prompt\nWho?,\n,nowhere\n,\n,<b>\n", name="Mine")

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        page = parsed(response)
        assert [item.strong.get_text() for item in page.select(".faults li") if item.strong] == ["Line 3", "Line 5"]
        assert "“nowhere”" in page.get_text()
        assert value_of(page.select("input[name=name]")[0]) == "Mine"
        assert self.mine() == []

    def test_a_missing_empty_or_too_large_file_is_refused(self) -> None:
        responses = [
            self.client.post(f"{self.url}import/", {"id": new_id()}),
            self.client.post(f"{self.url}import/", {"id": "x", "file": "typed"}),
            self.send(b""),
            self.send(b"question\n" + b"Who?\n" * 50_000),
            self.send(b"\xff\xfe\0"),
        ]

        assert {response.status_code for response in responses} == {HTTPStatus.UNPROCESSABLE_ENTITY}
        assert "larger than 200 kB" in responses[3].content.decode()
        assert self.mine() == []

    def test_a_file_of_another_kind_is_told_as_what_it_is_however_large(self) -> None:
        response = self.send(b"\x89PNG\r\n\x1a\n" + bytes(300_000), "IMG_2041.png")

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "This is a picture" in element(parsed(response), "#id_file_error").get_text()

    def test_a_file_is_named_in_every_script_and_without_a_name_by_what_it_is(self) -> None:
        for name, named in (("Zwei Häuser: A/B", "zwei-häuser-ab"), ("二つの家", "二つの家"), ("?!", ""), ("n" * 100, "n" * 60)):
            export = self.client.get(self.address(make_set(self.counselor, name=name), "export/csv/"))
            filename = "-".join(filter(None, ["nightlight-set", named, "2026-03-01.csv"]))
            assert filename in unquote(export.headers["Content-Disposition"])

    def test_an_empty_set_is_exported_too(self) -> None:
        row = make_set(self.counselor, steps=())

        assert self.client.get(self.address(row, "export/toml/")).content.decode() == 'name = "First weeks"\n'


class VisitorTests(SetCase):
    def addresses(self, row: PromptSet) -> list[str]:
        return [self.address(row, rest) for rest in ("", "preview/", "worksheet/", "export/toml/", "export/csv/")]

    def test_visitors_are_led_to_sign_in(self) -> None:
        row = make_set(self.counselor)
        self.client.logout()

        for url in (self.url, f"{self.url}new/", f"{self.url}copy/", f"{self.url}import/", *self.addresses(row)):
            assert self.client.get(url).headers["Location"].startswith(reverse("account_login"))
        for url in (self.address(row), self.address(row, "remove/")):
            assert self.client.post(url).headers["Location"].startswith(reverse("account_login"))
        assert self.client.post(self.address(row), {"name": "x"}).status_code == HTTPStatus.UNAUTHORIZED
        assert self.mine() == [row]

    def test_another_counselor_and_a_client_find_nothing(self) -> None:
        row = make_set(self.counselor)
        parent = make_user()
        make_assignment(make_connection(self.counselor, parent), row)
        posts = [
            (self.address(row), {"name": "x", "version": 1}),
            (self.address(row, "remove/"), {}),
            (self.address(row, "remove/"), {"action": "restore"}),
        ]

        self.client.force_login(self.other)
        for url in self.addresses(row):
            assert self.client.get(url).status_code == HTTPStatus.NOT_FOUND
        for url, sent in posts:
            assert self.client.post(url, sent).status_code == HTTPStatus.NOT_FOUND

        self.client.force_login(parent)
        for url in (self.url, *self.addresses(row)):
            self.assertRedirects(self.client.get(url), reverse("counselor:workspace"), fetch_redirect_response=False)
        new_ones = [
            (f"{self.url}{page}/", {"id": new_id(), "name": "x", "ready_made": "path:mending"}) for page in ("new", "copy", "import")
        ]
        for url, sent in [*posts, *new_ones]:
            assert self.client.post(url, sent).status_code == HTTPStatus.NOT_FOUND

        assert self.content(row).name == "First weeks"
        assert PromptSet.objects.count() == 1
