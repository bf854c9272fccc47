"""`manage.py load_prompts`: brings the database to what the library's files say, and keeps every prompt that was answered."""

from pathlib import Path

import pytest
from django.test import TestCase

from prompts import questions
from prompts.library import prompts
from prompts.library.prompts import ThemeText
from prompts.models import Prompt, Theme
from tests.factories import make_entry, make_user
from tests.helpers import refusal, run
from tests.prompts.management.small_library import CALM, DOOR, SOUP, rows, run_on_library, text


class LoadPromptsTests(TestCase):
    printed: str  # when the database was empty

    @classmethod
    def setUpTestData(cls) -> None:
        cls.printed = run_on_library("load_prompts", DOOR, SOUP)

    def test_fills_an_empty_database(self) -> None:
        assert self.printed == "Prompts: 2 in the library, 3 rows new or changed, 0 retired.\n"
        assert Theme.objects.get().line == CALM.line
        prompt = Prompt.objects.get(slug="at-the-door")
        assert (prompt.theme_id, prompt.question, prompt.if_stuck, prompt.retired) == ("calm", DOOR.question, ["Shoes count."], False)

    def test_run_twice_changes_nothing_and_prints_nothing(self) -> None:
        before = rows()

        with self.assertNumQueries(5):  # the rows, twice; those that are retired; the transaction's two ends
            assert run_on_library("load_prompts", DOOR, SOUP) == ""

        assert rows() == before
        assert "0 rows new or changed, 0 retired" in run_on_library("load_prompts", DOOR, SOUP, verbosity=2)

    def test_changed_words_are_changed_in_place(self) -> None:
        printed = run_on_library("load_prompts", text("at-the-door", "What did you hear first at the door?", tomorrow="Listen once."), SOUP)

        assert "1 rows new or changed, 0 retired" in printed
        prompt = Prompt.objects.get(slug="at-the-door")
        assert (prompt.question, prompt.tomorrow) == ("What did you hear first at the door?", "Listen once.")

    def test_a_theme_can_be_renamed_and_moved(self) -> None:
        first = ThemeText(slug="presence", name="Presence", line="Being there.", heart=True)

        run_on_library("load_prompts", DOOR, SOUP, themes=(first, ThemeText(slug="calm", name="Calm", line=CALM.line)))

        assert list(Theme.objects.values_list("slug", "name", "position", "heart")) == [
            ("presence", "Presence", 0, True),
            ("calm", "Calm", 1, False),
        ]

    def test_a_prompt_that_leaves_is_retired_and_what_answered_it_keeps_it(self) -> None:
        entry = make_entry(make_user(), prompt="at-the-door", mode="question")

        printed = run_on_library("load_prompts", SOUP)

        assert "1 retired" in printed
        entry.refresh_from_db()
        assert entry.prompt is not None
        assert (entry.prompt.retired, entry.summary.question) == (True, DOOR.question)
        assert [prompt.slug for prompt in Prompt.objects.current()] == ["over-soup"]

    def test_reports_once_that_a_prompt_left(self) -> None:
        run_on_library("load_prompts", SOUP)

        assert run_on_library("load_prompts", SOUP) == ""

    def test_a_prompt_that_comes_back_is_current_again(self) -> None:
        run_on_library("load_prompts", SOUP)

        printed = run_on_library("load_prompts", DOOR, SOUP)

        assert "1 rows new or changed, 0 retired" in printed
        assert Prompt.objects.current().count() == 2

    def test_is_seen_at_once_by_the_process_that_ran_it(self) -> None:
        questions.library()

        run_on_library("load_prompts", DOOR)

        assert [(question.slug, question.retired) for question in questions.library()] == [("at-the-door", False), ("over-soup", True)]

    def test_the_shipped_library_loads(self) -> None:
        run("load_prompts")

        assert Prompt.objects.current().count() == len(prompts.read().prompts)
        assert {question.slug for question in questions.library() if not question.retired} == {
            prompt.slug for prompt in prompts.read().prompts
        }
        assert set(Prompt.objects.current().filter(daily=True).values_list("slug", flat=True)) == {
            prompt.slug for prompt in prompts.read().daily
        }


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library whose last file cannot be read."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "themes.toml").write_text('[[theme]]\nslug = "calm"\nname = "Calm"\nline = "New."\n', encoding="utf-8")
    (tmp_path / "en" / "calm.toml").write_text('[[prompt]]\nslug = "at-the-door\n', encoding="utf-8")
    monkeypatch.setattr(prompts.read, "__defaults__", ("en", tmp_path))


@pytest.mark.usefixtures("broken")
class BrokenLibraryTests(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        run_on_library("load_prompts", DOOR, SOUP)

    def test_is_refused_by_load_prompts_which_then_changes_nothing(self) -> None:
        before = rows()

        assert refusal("load_prompts").startswith("calm.toml: ")

        assert rows() == before

    def test_is_refused_by_check_library(self) -> None:
        assert refusal("check_library").startswith("calm.toml: ")
