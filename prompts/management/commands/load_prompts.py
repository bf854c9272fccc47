"""Bring the library's files into the database."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from prompts import questions
from prompts.library import files, prompts
from prompts.models import Prompt, Theme


class Command(BaseCommand):
    help = "Load themes and prompts from prompts/library. What left the library is retired, never removed. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            library = prompts.read()
        except files.LibraryError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            changed = self.load_themes(library) + self.load_prompts(library)
            gone = Prompt.objects.current().exclude(slug__in=[prompt.slug for prompt in library.prompts])
            retired = gone.update(retired=True)
        questions.forget_library()
        if changed or retired or options["verbosity"] > 1:
            self.stdout.write(f"Prompts: {len(library.prompts)} in the library, {changed} rows new or changed, {retired} retired.")

    def load_themes(self, library: prompts.Library) -> int:
        wanted = [Theme(position=position, **asdict(theme)) for position, theme in enumerate(library.themes)]
        return _upsert(Theme, wanted)

    def load_prompts(self, library: prompts.Library) -> int:
        wanted = [Prompt(theme_id=text.pop("theme"), **text) for text in map(asdict, library.prompts)]
        return _upsert(Prompt, wanted)


def _upsert[M: (Theme, Prompt)](model: type[M], wanted: list[M]) -> int:
    """Write the rows that are new or differ, and say how many those are."""
    names = [field.attname for field in model._meta.concrete_fields]
    present = {row[0]: row for row in model.objects.values_list("pk", *names)}
    rows = [row for row in wanted if present.get(row.pk, ())[1:] != tuple(getattr(row, name) for name in names)]
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=["slug"], update_fields=fields)
    return len(rows)
