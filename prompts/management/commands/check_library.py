"""Count what the library has, and check it against the editorial rules."""

import secrets
from collections import Counter
from collections.abc import Sequence
from random import Random

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Age
from prompts.library import files, first_nights, guides, helplines, letters, paths, prompts, quiz, sets, topics, translations, welcome
from prompts.library.checks import editorial, hearing, meaning, situations, spanish
from prompts.library.checks import letters as letter_rules
from prompts.library.checks import sets as set_rules
from prompts.library.checks import translations as translation_rules
from prompts.library.checks import welcome as beginning
from prompts.models import Depth


class Command(BaseCommand):
    help = "Count the library by theme, depth, age and language, and check it: fields, lengths, slugs, near-duplicates, words, spread."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--read", type=int, metavar="N", help="Print this many questions drawn at random, to read aloud, and check nothing."
        )
        parser.add_argument("--seed", help="What the draw begins with: the same seed draws the same questions. Printed with them.")
        parser.add_argument("--language", default=translations.ENGLISH, help="The language in which they are printed.")

    def handle(self, *args: object, read: int | None, seed: str | None, language: str, **options: object) -> None:
        try:
            if read is None:
                self.report_and_check()
            else:
                self.read_aloud(read, seed or secrets.token_hex(4), language)
        except files.LibraryError as error:
            raise CommandError(str(error)) from error

    def report_and_check(self) -> None:
        library = prompts.read()
        all_paths, all_guides, start_quiz, all_sets = paths.read(), guides.read(), quiz.read(), sets.read()
        self.show_spread(library)
        self.stdout.write("")
        own = {prompt.slug for prompt in library.prompts if not prompt.daily}
        for kind, several in (("paths", all_paths), ("sets", all_sets)):
            rows = [(one.slug, [len(one.steps), sum(slug in own for slug in one.prompts)]) for one in several.values()]
            self.table(kind, ["steps", "of its own"], rows)
            self.stdout.write("")
        rows_of_figures = [(theme.slug, [prompt for prompt in library.prompts if prompt.theme == theme.slug]) for theme in library.themes]
        figures = [(name, hearing.figures(group)) for name, group in [*rows_of_figures, ("together", list(library.prompts))] if group]
        columns = [figure.name for figure in figures[0][1]]
        limits = ("at most", [figure.limit for figure in figures[0][1]])
        self.table("at first hearing", columns, [*((name, [round(f.value, 1) for f in group]) for name, group in figures), limits])
        of_like_meaning = meaning.check(library.prompts)
        self.stdout.write(f"{len(of_like_meaning)} groups of like meaning have more than {meaning.MOST} prompts.")
        self.stdout.write("")
        for language in translations.languages():
            rows = [(coverage.part, [coverage.translated, coverage.total]) for coverage in translation_rules.coverage(language)]
            self.table(f"language {language}", ["translated", "of"], rows)
        countries = helplines.read()
        lines = sum(len(country.lines) for country in countries)
        self.stdout.write(f"\n{len(all_sets)} sets, {len(all_guides)} guides, {lines} helplines in {len(countries)} countries.")
        problems = [
            *editorial.check(library),
            *editorial.check_spread(library),
            *hearing.check(library.prompts),
            *of_like_meaning,
            *set_rules.check(library, all_paths, all_guides, start_quiz, topics.read(), all_sets),
            *situations.check(library, all_sets),
            *beginning.check(library, all_paths, first_nights.read(), welcome.read()),
            *letter_rules.check(letters.read(), {prompt.slug: prompt for prompt in library.prompts}),
            *(problem for language in translations.languages() for problem in self.check_language(language)),
        ]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(library.daily)} prompts night by night, {len(own)} more on paths and in sets, no rule broken.")

    def read_aloud(self, count: int, seed: str, language: str) -> None:
        """Print questions drawn from the whole library with their hints, for a reader to keep or turn down."""
        library = prompts.read()
        texts = {prompt.slug: prompt for prompt in library.prompts} | translations.read(language).prompts
        drawn = Random(seed).sample(library.prompts, min(count, len(library.prompts)))  # noqa: S311 - a draw for readers, not a secret
        asked_in = {slug: path.name for path in paths.read(language).values() for slug in path.prompts}
        asked_in |= {slug: each.name for each in sets.read(language).values() for slug in each.prompts}
        self.stdout.write(f"seed {seed}\n")
        for number, prompt in enumerate(drawn, 1):
            words = texts[prompt.slug]
            marks = [prompt.theme, prompt.depth, *prompt.ages, *prompt.facets, *(["tender"] if prompt.tender else [])]
            self.stdout.write(f"\n{number}. {words.question}\n   {prompt.slug} ({', '.join(marks)})")
            if prompt.follows:
                self.stdout.write(f"   Some weeks after: {texts[prompt.follows].question}")
            elif not prompt.daily:
                self.stdout.write(f"   Only in: {asked_in[prompt.slug]}")
            for hint in words.if_stuck:
                self.stdout.write(f"   If you’re stuck: {hint}")
            if words.tomorrow:
                self.stdout.write(f"   Tomorrow: {words.tomorrow}")

    def check_language(self, language: str) -> list[str]:
        """One sentence for each broken rule in a translation."""
        texts = translations.read(language).prompts
        return [
            *translation_rules.check(language),
            *letter_rules.check(letters.read(language), texts, language),
            *(spanish.check(prompts.read().prompts, texts) if language == spanish.LANGUAGE else ()),
        ]

    def show_spread(self, library: prompts.Library) -> None:
        """Print the number of daily prompts of each theme: all, by depth, by age, for every age, tender."""
        columns = ["all", *Depth.values, *Age.values, "every age", "tender"]
        rows = [(theme.slug, _counts([prompt for prompt in library.daily if prompt.theme == theme.slug])) for theme in library.themes]
        self.table("theme", columns, [*rows, ("together", _counts(library.daily))])

    def table(self, title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]]) -> None:
        """Print a table. Each row is its name and a value for each column."""
        name_width = max(len(title), *(len(name) for name, _values in rows)) + 2
        widths = [len(column) + 2 for column in columns]
        self.stdout.write(f"{title:<{name_width}}" + "".join(f"{column:>{width}}" for column, width in zip(columns, widths, strict=True)))
        for name, values in rows:
            self.stdout.write(f"{name:<{name_width}}" + "".join(f"{value:>{width}g}" for value, width in zip(values, widths, strict=True)))


def _counts(counted: Sequence[prompts.PromptText]) -> list[int]:
    """The numbers for the columns of `show_spread`."""
    depths = Counter(prompt.depth for prompt in counted)
    ages = Counter(age for prompt in counted for age in prompt.ages)
    every_age = sum(not prompt.ages for prompt in counted)
    tender = sum(prompt.tender for prompt in counted)
    return [len(counted), *(depths[depth] for depth in Depth.values), *(ages[age] for age in Age.values), every_age, tender]
