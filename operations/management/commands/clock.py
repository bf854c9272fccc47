"""Run the scheduled tasks that are due, once or for as long as the site runs."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from operations import scheduler
from operations.server.clock import stop_at_once


class Command(BaseCommand):
    help = "Run the scheduled tasks, each when it is due: empty the trash, thin revisions, back up, mail, forget old sessions. On any number of machines."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what’s due, say what it was, and stop")
        parser.add_argument("--every", type=float, default=30.0, metavar="SECONDS", help="how often to look for what’s due (%(default)s)")

    def handle(self, *args: object, once: bool, every: float, **options: object) -> None:
        if once:
            done = scheduler.run_due(timezone.now())
            self.stdout.write(f"Done: {', '.join(done)}." if done else "Nothing was due.")
            return
        stop_at_once()
        try:
            scheduler.run_forever(every)
        except KeyboardInterrupt:
            return
