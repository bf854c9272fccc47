"""`manage.py check_library`: counts what ships, and fails with a line for each broken rule."""

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.test import TestCase

from prompts.library import files, first_nights, guides, helplines, letters, paths, prompts, quiz, sets, topics, translations, welcome
from prompts.library.checks import hearing
from prompts.library.checks import translations as checks
from tests.helpers import refusal, run
from tests.prompts.management.small_library import DOOR, SOUP, run_on_library, text


def columns(report: list[str], title: str) -> dict[str, dict[str, int]]:
    """The rows of the report's table with this title, by their names and heads, down to the next empty line."""
    start = next(number for number, line in enumerate(report) if line.startswith(f"{title}  "))
    rest = report[start:]
    table = rest[: rest.index("")]
    heads = table[0].removeprefix(title).replace("every age", "every-age").split()
    cells = [line.rsplit(maxsplit=len(heads)) for line in table[1:]]
    return {name: dict(zip(heads, map(int, values), strict=True)) for name, *values in cells}


@pytest.mark.xdist_group("check_library")  # one process looks through the library for all
class CheckLibraryTests(TestCase):
    report: list[str]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.report = run("check_library").splitlines()

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

    def test_prints_the_figures_of_a_first_hearing(self) -> None:
        start = self.report.index(next(line for line in self.report if line.startswith("at first hearing")))
        rows = {line.split()[0]: [float(value) for value in line.split()[1:]] for line in self.report[start + 1 : start + 12]}
        figures = hearing.figures(prompts.read().prompts)

        assert self.report[start].split()[3:] == "which what in front two lists words flesch coleman".split()
        assert list(rows) == [*(theme.slug for theme in prompts.read().themes), "together"]
        assert rows["together"] == [round(figure.value, 1) for figure in figures]

    def test_counts_the_steps_of_paths_and_sets_and_those_of_their_own(self) -> None:
        own = {prompt.slug for prompt in prompts.read().prompts} - {prompt.slug for prompt in prompts.read().daily}
        rows = [line.split() for line in self.report]

        asked = {slug: one.prompts for slug, one in paths.read().items()} | {slug: one.prompts for slug, one in sets.read().items()}
        for slug, slugs in asked.items():
            assert [slug, str(len(slugs)), str(len(own & set(slugs)))] in rows

    def test_counts_what_is_translated(self) -> None:
        table = columns(self.report, "language es")

        assert table == {each.part: {"translated": each.translated, "of": each.total} for each in checks.coverage("es")}

    def test_the_shipped_library_breaks_no_rule(self) -> None:
        library = prompts.read()
        countries = helplines.read()
        lines = sum(len(country.lines) for country in countries)
        own = len(library.prompts) - len(library.daily)

        assert self.report[-2:] == [
            f"{len(sets.read())} sets, {len(guides.read())} guides, {lines} helplines in {len(countries)} countries.",
            f"{len(library.daily)} prompts night by night, {own} more on paths and in sets, no rule broken.",
        ]

    def test_draws_questions_for_reading_aloud(self) -> None:
        drawn = run("check_library", read=3, seed="a night in May")

        assert drawn == run("check_library", read=3, seed="a night in May") != run("check_library", read=3, seed="another one")
        assert drawn.startswith("seed a night in May\n")
        questions = re.findall(r"^\d+\. (.+)$", drawn, re.MULTILINE)
        assert len(questions) == 3
        assert set(questions) < {prompt.question for prompt in prompts.read().prompts}
        spanish = re.findall(r"^\d+\. (.+)$", run("check_library", read=3, seed="a night in May", language="es"), re.MULTILINE)
        assert set(spanish) < {prompt.question for prompt in translations.read("es").prompts.values()}
        assert run("check_library", read=1) != run("check_library", read=1), "a seed of its own each time"

    def test_a_draw_says_where_a_question_is_asked_that_is_no_daily_one(self) -> None:
        drawn = run("check_library", read=len(prompts.read().prompts), seed="all of them")

        assert re.search(r"\n   where-you-and-she-talk .+\n   Only in: Daughters and mothers\n", drawn)
        assert re.search(r"\n   loudest-hour-since .+\n   Some weeks after: What’s the loudest time of your day\?\n", drawn)
        assert drawn.count("   Only in: ") + drawn.count("   Some weeks after: ") == sum(
            not prompt.daily for prompt in prompts.read().prompts
        )

    def test_fails_with_a_line_for_each_broken_rule(self) -> None:
        scolding = text("scolding", "Why should you always win!")

        with pytest.raises(CommandError) as raised:
            run_on_library("check_library", DOOR, SOUP, scolding)

        problems = str(raised.value).splitlines()
        assert [line.split(":")[0] for line in problems if "scolding" in line] == ["calm/scolding"] * 2
        assert "theme calm has 3 prompts; at least 30 are wanted" in problems
        assert "paths/mending: there is no prompt the-air-between-you" in problems


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped library, which the command reads in its place."""
    folder = shutil.copytree(files.LIBRARY, tmp_path / "library")

    def reading_the_copy(read: Callable[[str, Path], object]) -> Callable[..., object]:
        def read_the_copy(language: str = "en", library: Path = folder) -> object:
            return read(language, library)

        return read_the_copy

    for module in (prompts, translations, paths, sets, guides, quiz, topics, welcome, first_nights, letters):
        monkeypatch.setattr(module, "read", reading_the_copy(module.read))
    for function in (translations.languages, checks.coverage, checks.check):
        monkeypatch.setattr(function, "__defaults__", (folder,))
    monkeypatch.setattr(helplines.read, "__defaults__", (folder / "helplines.toml",))
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "order.toml",
        "helplines.toml",
        "en/paths/mending.toml",
        "en/sets/two-homes.toml",
        "en/guides/i-lost-my-temper.toml",
        "en/where-to-start.toml",
        "en/help.toml",
        "en/welcome.toml",
        "en/first-nights.toml",
        "en/letters.toml",
        "es/themes.toml",
        "es/repair.toml",
        "es/paths/mending.toml",
        "es/sets/two-homes.toml",
        "es/guides/i-lost-my-temper.toml",
        "es/where-to-start.toml",
        "es/help.toml",
        "es/welcome.toml",
        "es/first-nights.toml",
        "es/letters.toml",
    ],
)
def test_check_library_refuses_a_file_that_cannot_be_read_in_any_language(copy: Path, name: str) -> None:
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("\n[[broken]\n")

    assert re.match(rf"{Path(name).name}: .*\(at line", refusal("check_library"))


def test_check_library_reports_what_is_wrong_with_paths_sets_letters_and_translations(copy: Path) -> None:
    path = copy / "en" / "paths" / "mending.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('prompt = "where-your-eyes-go"', 'prompt = "where-your-ears-go"'), encoding="utf-8"
    )
    with (copy / "es" / "repair.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[prompt]]\nslug = "en-la-puerta"\nquestion = "¿Qué había esta noche en la puerta?"\n')
    calm = copy / "es" / "calm.toml"
    calm.write_text(calm.read_text(encoding="utf-8").replace('question = "¿', 'question = "¿Vosotros, ', 1), encoding="utf-8")

    shelved = copy / "en" / "sets" / "two-homes.toml"
    shelved.write_text(shelved.read_text(encoding="utf-8").replace('group = "families"', 'group = "gardens"'), encoding="utf-8")

    for language in ("en", "es"):
        letter = copy / language / "letters.toml"
        letter.write_text(letter.read_text(encoding="utf-8").replace('title = "', 'title = "! ', 1), encoding="utf-8")

    problems = refusal("check_library").splitlines()

    assert {f"{language}/letters: 1: holds '!', which the rules for letters keep out" for language in ("en", "es")} <= set(problems)
    assert "paths/mending: there is no prompt where-your-ears-go" in problems
    assert any(problem.startswith("sets/two-homes: group 'gardens' is not one of") for problem in problems)
    assert "es/en-la-puerta: there is no such prompt in English" in problems
    assert any(re.fullmatch(r"es/[a-z0-9-]+: “Vosotros”; the parent is “tú”", problem) for problem in problems)
    assert "es/paths/mending: its parts, steps, notes or what is said before them are not those of the English one" in problems
