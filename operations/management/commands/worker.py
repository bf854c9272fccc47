"""Do what waits to be done in the background: once, or for as long as the site runs."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from operations import worker


class Command(BaseCommand):
    help = "Do background work: exports, imports, books. Runs on any number of machines; what a killed worker left is started again."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what’s waiting, say how much it was, and stop")

    def handle(self, *args: object, once: bool, **options: object) -> None:
        if once:
            done = worker.run_waiting()
            self.stdout.write(f"Done: {done}." if done else "Nothing was waiting.")
            return
        worker.run_forever()
