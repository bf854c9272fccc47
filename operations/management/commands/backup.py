"""Make one archive of a running site."""

import sqlite3
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from accounts.keys.crypto import KeyringError
from operations.backup import creation, daily
from operations.backup.archive import BackupError, Manifest


def amount(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def contents(manifest: Manifest) -> str:
    """What an archive holds, in numbers."""
    counts = manifest.counts
    people, entries = amount(counts["people"], "person", "people"), amount(counts["entries"], "entry", "entries")
    return f"{people}, {entries}, {amount(counts['revisions'], 'revision', 'revisions')}"


def why(error: OSError) -> str:
    """What the system says, and of which file."""
    said = error.strerror or str(error)
    return f"{said} ({error.filename})" if error.filename else said


class Command(BaseCommand):
    help = (
        "Make one archive of the database and the sealed files, while the site runs, and verify it. "
        "It does not hold the key-encryption keys unless asked; without them nobody can read it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="PLACE", help="a folder, or a file ending in .tar (default: NIGHTLIGHT_BACKUPS)")
        parser.add_argument("--with-keys", action="store_true", help="put the keys into it: whoever has it can read everything")
        parser.add_argument("--daily", action="store_true", help="the daily backup, where it is due; thins out older ones")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["daily"] and (options["to"] or options["with_keys"]):
            raise CommandError("--daily goes alone: daily backups go to NIGHTLIGHT_BACKUPS and never hold keys.")
        try:
            if options["daily"]:
                self.daily()
            else:
                self.say(*creation.by_hand(options["to"], timezone.now(), with_keys=options["with_keys"]))
        except (BackupError, KeyringError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"No backup was made: {why(error)}. Name another place with --to.") from error
        except (DatabaseError, sqlite3.Error) as error:
            raise CommandError("No backup was made: the database cannot be read. Look at DATABASE_URL or NIGHTLIGHT_DATA.") from error

    def daily(self) -> None:
        if settings.BACKUPS is None:
            raise CommandError("NIGHTLIGHT_BACKUPS is `none`: daily backups are switched off.")
        made = daily.daily(timezone.now())
        self.stdout.write(f"Made and verified {made}." if made else "No daily backup is due.")

    def say(self, path: Path, manifest: Manifest) -> None:
        self.stdout.write(f"Made and verified {path}: {contents(manifest)}.")
        if manifest.holds_keys:
            self.stdout.write("The keys are in it: whoever has this archive can read everything. Keep it locked away.")
        else:
            self.stdout.write(f"The keys are not in it. To be read it needs key {', '.join(manifest.keys)}: keep a copy of that apart.")
