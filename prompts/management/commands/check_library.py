"""Hold the library against the editorial rules."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prompts import shelf


class Command(BaseCommand):
    help = "Check the library's files: fields, lengths, slugs, near-duplicates, words the editorial rules keep out."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            library = shelf.read()
        except shelf.LibraryError as error:
            raise CommandError(str(error)) from error
        for theme, count in Counter(prompt.theme for prompt in library.prompts).items():
            depths = Counter(prompt.depth for prompt in library.prompts if prompt.theme == theme)
            self.stdout.write(f"{theme:<18}{count:>4}   " + "  ".join(f"{depth} {depths[depth]}" for depth in ("light", "steady", "deep")))
        if problems := shelf.check(library):
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(library.prompts)} prompts, no rule broken.")
