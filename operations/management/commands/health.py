"""Say whether this installation can serve, and if not, why."""

from django.core.management.base import BaseCommand, CommandError

from accounts.keys import key_file
from operations import health


class Command(BaseCommand):
    help = "Say whether the database and keys work; exit with 1 if not. /readyz tells strangers only whether the site is ready."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"database: {health.database()}")
        self.stdout.write(f"keys: {health.keys()}")
        self.stdout.write(f"The keys are {key_file.location()}. {key_file.KEEP_A_COPY}")
        if health.faults():
            raise CommandError("this installation isn’t ready.")
