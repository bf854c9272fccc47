"""Tell what each language lacks."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from journal import catalogues
from prompts.shelf import translations


class Command(BaseCommand):
    help = "List what of the interface and the library is not translated. Fails where words of the interface are missing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        lacking = []
        total = len(catalogues.messages())
        for language in (code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE):
            missing = catalogues.missing(language)
            self.stdout.write(f"{language}: interface {total - len(missing)} of {total}")
            for each in translations.coverage(language):
                if each.there < each.of:
                    self.stdout.write(f"{language}: {each.part} {each.there} of {each.of}")
            lacking += [f"{language}: {message.words!r}" for message in missing]
        if lacking:
            raise CommandError("Not translated:\n" + "\n".join(lacking))
