"""Hold the library against the editorial rules, and tell what it holds."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Age
from prompts.library import files, guides, helplines, paths, prompts, quiz
from prompts.library import translations as translated
from prompts.library.checks import editorial, sets, translations
from prompts.models import Depth


class Command(BaseCommand):
    help = "Count the library by theme, depth, age and language, and check it: fields, lengths, slugs, near-duplicates, words, spread."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.report_and_check()
        except files.LibraryError as error:
            raise CommandError(str(error)) from error

    def report_and_check(self) -> None:
        library = prompts.read()
        walks, hard_nights, start = paths.read(), guides.read(), quiz.read()
        self.show_spread(library)
        self.stdout.write("")
        own = Counter(prompt.slug for prompt in library.prompts if not prompt.daily)
        self.table(
            "paths",
            ["steps", "of its own"],
            [(path.slug, [len(path.steps), sum(s in own for s in path.prompts)]) for path in walks.values()],
        )
        self.stdout.write("")
        for language in translated.languages():
            rows = [(each.part, [each.translated, each.of]) for each in translations.coverage(language)]
            self.table(f"language {language}", ["translated", "of"], rows)
        countries = helplines.read()
        self.stdout.write(f"\n{len(hard_nights)} guides, {sum(len(c.lines) for c in countries)} helplines in {len(countries)} countries.")
        problems = [
            *editorial.check(library),
            *editorial.check_spread(library),
            *sets.check(library, walks, hard_nights, start),
            *(problem for language in translated.languages() for problem in translations.check(language)),
        ]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(library.daily)} prompts night by night, {len(own)} more on paths, no rule broken.")

    def show_spread(self, library: prompts.Library) -> None:
        """One row a theme: all, by depth, written for an age, for every age."""
        heads = ["all", *Depth.values, *Age.values, "every age", "tender"]
        rows = [(theme.slug, _counts([p for p in library.daily if p.theme == theme.slug])) for theme in library.themes]
        self.table("theme", heads, [*rows, ("together", _counts(library.daily))])

    def table(self, title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> None:
        first = max(len(title), *(len(name) for name, _values in rows)) + 2
        self.stdout.write(f"{title:<{first}}" + "".join(f"{head:>{len(head) + 2}}" for head in heads))
        for name, values in rows:
            self.stdout.write(f"{name:<{first}}" + "".join(f"{value:>{len(head) + 2}}" for head, value in zip(heads, values, strict=True)))


def _counts(prompts: Sequence[prompts.PromptText]) -> list[int]:
    depths = Counter(prompt.depth for prompt in prompts)
    ages = Counter(age for prompt in prompts for age in prompt.ages)
    every = sum(not prompt.ages for prompt in prompts)
    tender = sum(prompt.tender for prompt in prompts)
    return [len(prompts), *(depths[depth] for depth in Depth.values), *(ages[age] for age in Age.values), every, tender]
