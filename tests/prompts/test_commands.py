"""load_prompts and check_library: the files and the database agree, and nothing that was answered is lost."""

import shutil
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase

from prompts import questions
from prompts.library import files, guides, helplines, paths, prompts, quiz, translations
from prompts.library.checks import translations as checks
from prompts.library.prompts import Library, PromptText, ThemeText
from prompts.models import Prompt, Theme
from tests.factories import make_entry, make_user


def text(slug: str, question: str, tomorrow: str = "") -> PromptText:
    return PromptText(slug=slug, theme="calm", question=question, depth="light", if_stuck=["Shoes count."], tomorrow=tomorrow)


CALM = ThemeText(slug="calm", name="Calm words", line="Saying it early, plainly and kindly.")
DOOR = text("at-the-door", "What was the first thing you saw at the door tonight?")
SOUP = text("over-soup", "Who sat longest over the soup in the kitchen?")


def run(command: str, *texts: PromptText, themes: tuple[ThemeText, ...] = (CALM,), **options: int) -> str:
    """Run a command on a library of these prompts, and tell what it wrote."""
    out = StringIO()
    with mock.patch.object(prompts, "read", return_value=Library(themes, texts)):
        call_command(command, stdout=out, **options)
    return out.getvalue()


def rows() -> list[object]:
    return [*Theme.objects.values(), *Prompt.objects.order_by("slug").values()]


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


def columns(report: list[str], title: str) -> dict[str, dict[str, int]]:
    """The rows of the report's table with this title, by their names and heads, down to the next empty line."""
    start = next(number for number, line in enumerate(report) if line.startswith(f"{title}  "))
    rest = report[start:]
    table = rest[: rest.index("")]
    heads = table[0].removeprefix(title).replace("every age", "every-age").split()
    cells = [line.rsplit(maxsplit=len(heads)) for line in table[1:]]
    return {name: dict(zip(heads, map(int, values), strict=True)) for name, *values in cells}


class CheckLibraryTests(TestCase):
    report: list[str]

    @classmethod
    def setUpTestData(cls) -> None:
        out = StringIO()
        call_command("check_library", stdout=out)
        cls.report = out.getvalue().splitlines()

    def test_counts_prompts_by_theme_depth_and_age(self) -> None:
        library = prompts.read()
        table = columns(self.report, "theme")

        assert list(table) == [*(theme.slug for theme in library.themes), "together"]
        for name, row in table.items():
            matching = [prompt for prompt in library.daily if name in (prompt.theme, "together")]
            depths = Counter(prompt.depth for prompt in matching)
            ages = Counter(age for prompt in matching for age in prompt.ages)
            assert row == {
                "all": len(matching),
                **{depth: depths[depth] for depth in ("light", "steady", "deep")},
                **{age: ages[age] for age in ("baby", "small", "school", "teen", "grown")},
                "every-age": sum(prompt.ages == [] for prompt in matching),
                "tender": sum(prompt.tender for prompt in matching),
            }, name

    def test_counts_the_steps_of_paths_and_those_of_their_own(self) -> None:
        own = {prompt.slug for prompt in prompts.read().prompts} - {prompt.slug for prompt in prompts.read().daily}
        rows = [line.split() for line in self.report]

        for slug, path in paths.read().items():
            assert [slug, str(len(path.prompts)), str(len(own & set(path.prompts)))] in rows

    def test_counts_what_is_translated(self) -> None:
        table = columns(self.report, "language es")

        assert table == {each.part: {"translated": each.translated, "of": each.total} for each in checks.coverage("es")}

    def test_finds_the_shipped_library_in_order(self) -> None:
        library = prompts.read()
        countries = helplines.read()
        lines = sum(len(country.lines) for country in countries)
        own = len(library.prompts) - len(library.daily)

        assert self.report[-2:] == [
            f"{len(guides.read())} guides, {lines} helplines in {len(countries)} countries.",
            f"{len(library.daily)} prompts night by night, {own} more on paths, no rule broken.",
        ]

    def test_fails_with_a_line_for_each_broken_rule(self) -> None:
        scolding = text("scolding", "Why should you always win!")

        with pytest.raises(CommandError) as raised:
            run("check_library", DOOR, SOUP, scolding)

        problems = str(raised.value).splitlines()
        assert [line.split(":")[0] for line in problems if "scolding" in line] == ["calm/scolding"] * 2
        assert "theme calm has 3 prompts; at least 30 are wanted" in problems
        assert "paths/mending: there is no prompt the-air-between-you" in problems


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped library, which the command reads in its place."""
    there = shutil.copytree(files.LIBRARY, tmp_path / "library")

    def elsewhere(read: Callable[[str, Path], object]) -> Callable[..., object]:
        def read_the_copy(language: str = "en", library: Path = there) -> object:
            return read(language, library)

        return read_the_copy

    for module in (prompts, paths, guides, quiz):
        monkeypatch.setattr(module, "read", elsewhere(module.read))
    for of_a_language in (translations.languages, checks.coverage, checks.check):
        monkeypatch.setattr(of_a_language, "__defaults__", (there,))
    monkeypatch.setattr(helplines.read, "__defaults__", (there / "helplines.toml",))
    return there


@pytest.mark.parametrize(
    "name",
    [
        "order.toml",
        "helplines.toml",
        "en/paths/mending.toml",
        "en/guides/i-lost-my-temper.toml",
        "en/where-to-start.toml",
        "es/themes.toml",
        "es/repair.toml",
        "es/paths/mending.toml",
        "es/guides/i-lost-my-temper.toml",
        "es/where-to-start.toml",
    ],
)
def test_check_library_refuses_a_file_that_cannot_be_read_in_any_language(copy: Path, name: str) -> None:
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("\n[[broken]\n")

    with pytest.raises(CommandError, match=rf"^{Path(name).name}: .*\(at line"):
        call_command("check_library", stdout=StringIO())


def test_check_library_tells_of_a_path_and_a_translation_that_name_no_prompt(copy: Path) -> None:
    path = copy / "en" / "paths" / "mending.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('prompt = "where-your-eyes-go"', 'prompt = "where-your-ears-go"'), encoding="utf-8"
    )
    with (copy / "es" / "repair.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[prompt]]\nslug = "en-la-puerta"\nquestion = "¿Qué había esta noche en la puerta?"\n')

    with pytest.raises(CommandError) as raised:
        call_command("check_library", stdout=StringIO())

    problems = str(raised.value).splitlines()
    assert "paths/mending: there is no prompt where-your-ears-go" in problems
    assert "es/en-la-puerta: there is no such prompt in English" in problems
    assert "es/paths/mending: its parts, steps, notes or what is said before them are not those of the English one" in problems
