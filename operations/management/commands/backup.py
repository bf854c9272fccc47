"""Make one archive of a running site."""

import sqlite3
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from accounts.keys.crypto import KeyringError
from operations.backup import creation, daily
from operations.backup.archive import BackupError, Manifest


def plural(number: int, one: str, many: str) -> str:
    """The number with its noun, such as "1 entry" or "2 entries"."""
    return f"{number} {one if number == 1 else many}"


def summary(manifest: Manifest) -> str:
    """How much an archive holds."""
    counts = manifest.counts
    people, entries = plural(counts["people"], "person", "people"), plural(counts["entries"], "entry", "entries")
    return f"{people}, {entries}, {plural(counts['revisions'], 'revision', 'revisions')}"


def reason(error: OSError) -> str:
    """The system's message, and the file that it is about."""
    message = error.strerror or str(error)
    return f"{message} ({error.filename})" if error.filename else message


class Command(BaseCommand):
    help = (
        "Make one archive of the database and the sealed files, while the site runs, and verify it. "
        "It leaves out the key-encryption keys unless you ask for them; without them, what’s sealed in it can’t be opened."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="PLACE", help="a folder, or a file ending in .tar (default: NIGHTLIGHT_BACKUPS)")
        parser.add_argument("--with-keys", action="store_true", help="include the keys: anyone who has the archive can read everything")
        parser.add_argument("--daily", action="store_true", help="the daily backup, where it is due; thins out older ones")

    def handle(self, *args: object, to: Path | None, with_keys: bool, daily: bool, **options: object) -> None:
        if daily and (to or with_keys):
            raise CommandError("use --daily alone: daily backups go to NIGHTLIGHT_BACKUPS and never hold keys.")
        try:
            if daily:
                self.create_daily()
            else:
                self.create(to, with_keys=with_keys)
        except (BackupError, KeyringError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"No backup was made: {reason(error)}. Name another place with --to.") from error
        except (DatabaseError, sqlite3.Error) as error:
            raise CommandError("No backup was made: the database can’t be read. Check DATABASE_URL or NIGHTLIGHT_DATA.") from error

    def create_daily(self) -> None:
        if settings.BACKUPS is None:
            raise CommandError("NIGHTLIGHT_BACKUPS is `none`: daily backups are switched off.")
        path = daily.create_if_due(timezone.now())
        self.stdout.write(f"Made and verified {path}." if path else "No daily backup is due.")

    def create(self, target: Path | None, *, with_keys: bool) -> None:
        path, manifest = creation.create(target, timezone.now(), with_keys=with_keys)
        self.stdout.write(f"Made and verified {path}: {summary(manifest)}.")
        if manifest.holds_keys:
            self.stdout.write("It includes the keys: anyone who has this archive can read everything. Keep it locked away.")
        else:
            self.stdout.write(f"The keys aren’t in it. To read it you need key {', '.join(manifest.keys)}: keep a copy somewhere else.")
