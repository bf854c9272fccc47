"""Hold the library against the editorial rules, and tell what it holds."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Age
from prompts import shelf
from prompts.models import Depth
from prompts.shelf import guides, helplines, paths, quiz, rules, set_rules, translations


class Command(BaseCommand):
    help = "Count the library by theme, depth, age and language, and check it: fields, lengths, slugs, near-duplicates, words, spread."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.report_and_check()
        except shelf.LibraryError as error:
            raise CommandError(str(error)) from error

    def report_and_check(self) -> None:
        library = shelf.read()
        walks, hard_nights, start = paths.read(), guides.read(), quiz.read()
        self.tell_spread(library)
        self.stdout.write("")
        own = Counter(prompt.slug for prompt in library.prompts if not prompt.daily)
        self.table(
            "paths",
            ["steps", "of its own"],
            [(path.slug, [len(path.steps), sum(s in own for s in path.prompts)]) for path in walks.values()],
        )
        self.stdout.write("")
        for language in translations.languages():
            rows = [(each.part, [each.there, each.of]) for each in translations.coverage(language)]
            self.table(f"language {language}", ["there", "of"], rows)
        countries = helplines.read()
        self.stdout.write(f"\n{len(hard_nights)} guides, {sum(len(c.lines) for c in countries)} helplines in {len(countries)} countries.")
        problems = [
            *rules.check(library),
            *rules.check_spread(library),
            *set_rules.check(library, walks, hard_nights, start),
            *(problem for language in translations.languages() for problem in translations.check(language)),
        ]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(library.daily)} prompts night by night, {len(own)} more on paths, no rule broken.")

    def tell_spread(self, library: shelf.Shelf) -> None:
        """One row a theme: all, by depth, written for an age, for every age."""
        heads = ["all", *Depth.values, *Age.values, "every age", "tender"]
        rows = [(theme.slug, _counts([p for p in library.daily if p.theme == theme.slug])) for theme in library.themes]
        self.table("theme", heads, [*rows, ("together", _counts(library.daily))])

    def table(self, title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> None:
        first = max(len(title), *(len(name) for name, _values in rows)) + 2
        self.stdout.write(f"{title:<{first}}" + "".join(f"{head:>{len(head) + 2}}" for head in heads))
        for name, values in rows:
            self.stdout.write(f"{name:<{first}}" + "".join(f"{value:>{len(head) + 2}}" for head, value in zip(heads, values, strict=True)))


def _counts(prompts: Sequence[shelf.PromptText]) -> list[int]:
    depths = Counter(prompt.depth for prompt in prompts)
    ages = Counter(age for prompt in prompts for age in prompt.ages)
    every = sum(not prompt.ages for prompt in prompts)
    tender = sum(prompt.tender for prompt in prompts)
    return [len(prompts), *(depths[depth] for depth in Depth.values), *(ages[age] for age in Age.values), every, tender]
