"""Do the scheduled tasks that are due, now or for as long as the site runs."""

import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone

from operations import scheduler


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """Stop at once: what a task had under way is rolled back on the way out, whatever else is sent meanwhile."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


class Command(BaseCommand):
    help = "Run the scheduled tasks, each when it is due: empty the trash, thin revisions, back up, mail, forget old sessions. On any number of machines."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due, say what that was, and end")
        parser.add_argument("--every", type=float, default=30.0, metavar="SECONDS", help="look for what is due so often (%(default)s)")

    def handle(self, *args: Any, once: bool, every: float, **options: Any) -> None:
        if once:
            done = scheduler.run_due(timezone.now())
            self.stdout.write(f"Done: {', '.join(done)}." if done else "Nothing was due.")
            return
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, _stop)
        try:
            scheduler.keep(every)
        except KeyboardInterrupt:
            return
