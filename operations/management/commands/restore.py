"""Restore an archive into an empty installation."""

import sqlite3
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from accounts.keys.crypto import KeyringError
from operations.backup import restoration
from operations.backup.archive import BackupError, Manifest
from operations.management.commands.backup import plural, reason, summary


class Command(BaseCommand):
    help = (
        "Verify an archive that `backup` made, bring it back into an empty place, and open a sample of its entries. "
        "It never overwrites anyone’s pages."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, metavar="ARCHIVE")
        parser.add_argument("--check", action="store_true", help="verify it and say what’s in it; restore nothing")

    def handle(self, *args: object, archive: Path, check: bool, **options: object) -> None:
        path = archive.expanduser()
        try:
            with restoration.unpacked(path, database_only=check) as (manifest, work):
                if check:
                    self.describe(path, manifest)
                    return
                keys_restored = restoration.restore(manifest, work)
            self.verify(path, manifest, keys_restored=keys_restored)
        except (BackupError, KeyringError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path.name} was not restored: {reason(error)}.") from error
        except (DatabaseError, sqlite3.Error) as error:
            raise CommandError(
                f"{path.name} was not restored: the database cannot be used. Look at DATABASE_URL or NIGHTLIGHT_DATA."
            ) from error

    def describe(self, path: Path, manifest: Manifest) -> None:
        self.stdout.write(
            f"{path.name} is sound: {summary(manifest)}, in {restoration.DATABASE_NAMES[manifest.database]}, "
            f"made {manifest.made_at:%Y-%m-%d %H:%M} UTC by Nightlight {manifest.nightlight}."
        )
        files = len(manifest.members) - 1 - manifest.holds_keys
        self.stdout.write(f"Sealed files: {files}. Keys: {'in it' if manifest.holds_keys else 'not in it'}.")
        missing = restoration.missing_keys(manifest)
        for key in manifest.keys:
            self.stdout.write(f"It needs key {key}, which this installation {'does not hold' if key in missing else 'holds'}.")

    def verify(self, path: Path, manifest: Manifest, *, keys_restored: bool) -> None:
        """Compare the restored database with the manifest and open a sample of entries. Raises `CommandError` where either fails."""
        self.stdout.write(f"Restored {summary(manifest)} from {path.name}, made {manifest.made_at:%Y-%m-%d %H:%M} UTC.")
        if keys_restored:
            self.stdout.write("The keys came from the archive, too: anyone who has it can read everything. Keep it locked away.")
        if restoration.current_counts() != dict(manifest.counts):
            raise CommandError("What was restored is still there, but it’s less than the archive held. Try another archive.")
        sample = restoration.open_sample()
        all_opened = sample.tried == sample.total
        opened = f"all {plural(sample.total, 'entry', 'entries')}" if all_opened else f"a sample of {sample.tried} entries"
        if sample.unreadable:
            raise CommandError(
                f"What was restored is still there, but {sample.unreadable} of {sample.tried} entries can’t be opened. "
                "Try another archive somewhere else before anyone writes here."
            )
        self.stdout.write(f"Opened {opened}: all readable. Everyone has to sign in again.")
