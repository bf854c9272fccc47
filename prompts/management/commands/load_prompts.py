"""Load the library's files into the database."""

from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from prompts import questions
from prompts.library import files, prompts
from prompts.models import Prompt, Theme


class Command(BaseCommand):
    help = "Load themes and prompts from prompts/library. What left the library is retired, never removed. Safe to repeat."

    def handle(self, *args: object, verbosity: int, **options: object) -> None:
        try:
            library = prompts.read()
        except files.LibraryError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            changed = self.load_themes(library) + self.load_prompts(library)
            no_longer_shipped = Prompt.objects.current().exclude(slug__in=[prompt.slug for prompt in library.prompts])
            retired = no_longer_shipped.update(retired=True)
        questions.forget_library()
        if changed or retired or verbosity > 1:
            self.stdout.write(f"Prompts: {len(library.prompts)} in the library, {changed} rows new or changed, {retired} retired.")

    def load_themes(self, library: prompts.Library) -> int:
        return _upsert(Theme, [Theme(position=position, **asdict(theme)) for position, theme in enumerate(library.themes)])

    def load_prompts(self, library: prompts.Library) -> int:
        return _upsert(Prompt, [Prompt(theme_id=values.pop("theme"), **values) for values in map(asdict, library.prompts)])


def _upsert[M: (Theme, Prompt)](model: type[M], rows: list[M]) -> int:
    """Write the rows that are new or differ from those in the database. Returns how many those are."""
    names = [field.attname for field in model._meta.concrete_fields]
    stored = {pk: tuple(values) for pk, *values in model.objects.values_list("pk", *names)}
    changed = [row for row in rows if stored.get(row.pk) != tuple(getattr(row, name) for name in names)]
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_create(changed, update_conflicts=True, unique_fields=["slug"], update_fields=fields)
    return len(changed)
