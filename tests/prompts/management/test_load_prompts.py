"""load_prompts and check_library: the files and the database agree, and nothing that was answered is lost."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase

from prompts import questions
from prompts.library import prompts
from prompts.library.prompts import ThemeText
from prompts.models import Prompt, Theme
from tests.factories import make_entry, make_user
from tests.prompts.management.small_library import CALM, DOOR, SOUP, rows, run, text


class LoadPromptsTests(TestCase):
    said: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.said = run("load_prompts", DOOR, SOUP)

    def test_fills_an_empty_database(self) -> None:
        assert self.said == "Prompts: 2 in the library, 3 rows new or changed, 0 retired.\n"
        assert Theme.objects.get().line == CALM.line
        prompt = Prompt.objects.get(slug="at-the-door")
        assert (prompt.theme_id, prompt.question, prompt.if_stuck, prompt.retired) == ("calm", DOOR.question, ["Shoes count."], False)

    def test_run_twice_changes_nothing_and_says_nothing(self) -> None:
        before = rows()

        with self.assertNumQueries(5):  # what is there, twice; what is gone; the transaction's two ends
            assert run("load_prompts", DOOR, SOUP) == ""

        assert rows() == before
        assert "0 rows new or changed, 0 retired" in run("load_prompts", DOOR, SOUP, verbosity=2)

    def test_changed_words_are_changed_in_place(self) -> None:
        said = run("load_prompts", text("at-the-door", "What did you hear first at the door?", tomorrow="Listen once."), SOUP)

        assert "1 rows new or changed, 0 retired" in said
        prompt = Prompt.objects.get(slug="at-the-door")
        assert (prompt.question, prompt.tomorrow) == ("What did you hear first at the door?", "Listen once.")

    def test_a_theme_can_be_renamed_and_moved(self) -> None:
        first = ThemeText(slug="presence", name="Presence", line="Being there.", heart=True)

        run("load_prompts", DOOR, SOUP, themes=(first, ThemeText(slug="calm", name="Calm", line=CALM.line)))

        assert list(Theme.objects.values_list("slug", "name", "position", "heart")) == [
            ("presence", "Presence", 0, True),
            ("calm", "Calm", 1, False),
        ]

    def test_a_prompt_that_leaves_is_retired_and_what_answered_it_keeps_it(self) -> None:
        entry = make_entry(make_user(), prompt="at-the-door", mode="question")

        said = run("load_prompts", SOUP)

        assert "1 retired" in said
        entry.refresh_from_db()
        assert entry.prompt is not None
        assert (entry.prompt.retired, entry.summary.question) == (True, DOOR.question)
        assert [prompt.slug for prompt in Prompt.objects.current()] == ["over-soup"]

    def test_says_once_that_a_prompt_left(self) -> None:
        run("load_prompts", SOUP)

        assert run("load_prompts", SOUP) == ""

    def test_a_prompt_that_comes_back_is_current_again(self) -> None:
        run("load_prompts", SOUP)

        said = run("load_prompts", DOOR, SOUP)

        assert "1 rows new or changed, 0 retired" in said
        assert Prompt.objects.current().count() == 2

    def test_is_seen_at_once_by_the_process_that_ran_it(self) -> None:
        questions.library()

        run("load_prompts", DOOR)

        assert [(question.slug, question.retired) for question in questions.library()] == [("at-the-door", False), ("over-soup", True)]

    def test_the_shipped_library_loads(self) -> None:
        call_command("load_prompts", stdout=StringIO())

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
        run("load_prompts", DOOR, SOUP)

    def test_is_refused_by_load_prompts_which_then_changes_nothing(self) -> None:
        before = rows()

        with pytest.raises(CommandError, match=r"^calm\.toml: "):
            call_command("load_prompts")

        assert rows() == before

    def test_is_refused_by_check_library(self) -> None:
        with pytest.raises(CommandError, match=r"^calm\.toml: "):
            call_command("check_library")
