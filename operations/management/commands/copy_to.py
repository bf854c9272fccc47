"""Copy a stopped site into another database."""

import sqlite3
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from accounts.keys.crypto import KeyringError
from operations.backup import moving
from operations.backup.archive import BackupError
from operations.management.commands.backup import plural, reason


class Command(BaseCommand):
    help = (
        "Copy this site, stopped first, into another, empty database: postgres://user:password@host:5432/name, or the "
        "path of a new SQLite file. Counts every table and opens everything that is sealed there. Nothing is changed here."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "target",
            metavar="TARGET",
            help="postgres://user:password@host:5432/name, or a path; - reads it from standard input, where no list of processes shows it",
        )
        parser.add_argument("--verbose", action="store_true", help="list how many rows each table has")

    def handle(self, *args: object, target: str, verbose: bool, **options: object) -> None:
        try:
            moved = moving.move(sys.stdin.readline().strip() if target == "-" else target)
        except (BackupError, KeyringError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Nothing was copied: {reason(error)}.") from error
        except (DatabaseError, sqlite3.Error) as error:
            raise CommandError(f"Nothing was copied: a database cannot be used ({type(error).__name__}).") from error
        self.report(moved, verbose=verbose)

    def report(self, moved: moving.Moved, *, verbose: bool) -> None:
        """Raises `CommandError` where something does not open at the target."""
        if verbose:
            for table, count in sorted(moved.counts.items()):
                self.stdout.write(f"{count:>9}  {table}")
        self.stdout.write(
            f"Copied {plural(sum(moved.counts.values()), 'row', 'rows')} of {len(moved.counts)} tables, each as many as here."
        )
        opened = moved.opened
        values = f"{plural(opened.values, 'sealed value', 'sealed values')} and {plural(opened.slots, 'key slot', 'key slots')}"
        if opened.failed:
            raise CommandError(
                f"The copy stays where it is, but {opened.failed} of {values} don’t open there. Run manage.py keys verify on this "
                "site before you use it: what does not open here does not open there either."
            )
        self.stdout.write(f"Opened {values} there: all readable.")
        self.stdout.write("Set DATABASE_URL to it and start the site. What is here is unchanged: it holds all pages until you remove it.")
