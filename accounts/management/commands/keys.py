"""Show where the key-encryption keys are, verify that they open everything, export them for a safe, and import them."""

import datetime as dt
import os
import stat
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from accounts import key_audit
from accounts.keys import key_file, sheet
from accounts.keys.crypto import Key, KeyringError, KeysUnreadable
from accounts.security.log import Event, record


class Command(BaseCommand):
    help = (
        "Show where the key-encryption keys are and what they wrap, but never a key. `keys verify` opens every slot of the database, "
        "`keys export` writes the keys down for a safe, `keys import` brings them back."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", metavar="verify | export | import")
        actions.add_parser("verify", help="open every slot; exit with 1 if any does not")
        export = actions.add_parser("export", help="the keys as words or QR codes, for a safe")
        formats = export.add_mutually_exclusive_group(required=True)
        formats.add_argument("--words", action="store_true", help="as 24 English words each (BIP-39)")
        formats.add_argument("--qr", action="store_true", help="as a QR code each")
        export.add_argument("--to", type=Path, metavar="FILE", help="into a new file, .txt or (with --qr) .svg, instead of the screen")
        export.add_argument("--yes", action="store_true", help="don’t ask before showing keys on a screen")
        import_parser = actions.add_parser("import", help="read words, or the text of QR codes, and put their keys into the key file")
        import_parser.add_argument("--words", action="store_true", help="words; it tells them from the text of a QR code on its own")
        import_parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help="from this file instead of standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        record(Event.KEYS_USED, command="keys", action=options["action"] or "show")
        try:
            match options["action"]:
                case "verify":
                    self.verify()
                case "export":
                    self.export(**options)
                case "import":
                    self.import_keys(options["source"])
                case _:
                    self.show()
        except KeyringError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"the database can’t be used: {str(error).strip()}. Look at DATABASE_URL or NIGHTLIGHT_DATA.") from error

    # --- keys

    def show(self) -> None:
        ids = [key.id for key in key_file.key_encryption_keys()]
        self.stdout.write(f"The key-encryption keys are {location()}.")
        for number, key_id in enumerate(ids):
            self.stdout.write(f"  {key_id}  {'older' if number else 'the newest: it wraps every new slot'}")
        if not settings.KEY_ENCRYPTION_KEYS:
            self.show_mode(settings.KEY_FILE)
        self.stdout.write(key_file.KEEP_A_COPY)
        if not key_audit.has_slot_table():
            self.stdout.write("There’s no database yet.")
            return
        self.stdout.write(f"\n{'slots':<10}{'key':<18}{'count':>7}  {'oldest':<24}newest")
        for group in key_audit.slot_groups():
            row = f"{group.kind:<10}{group.key:<18}{group.count:>7}  {date_and_age(group.oldest):<24}{date_and_age(group.newest)}"
            self.stdout.write(row if group.key in ids else f"{row}  (key missing here)")

    def show_mode(self, path: Path) -> None:
        mode = f"{stat.S_IMODE(path.stat().st_mode):04o}"
        if key_file.is_exposed(path):
            self.stdout.write(f"Others on this machine may read the file (mode {mode}). Run: chmod 600 {path}")
        else:
            self.stdout.write(f"Only its owner may read the file (mode {mode}).")

    # --- keys verify

    def verify(self) -> None:
        key_file.key_encryption_keys()
        if not key_audit.has_slot_table():
            raise CommandError("there’s no database to verify. Restore it, or run manage.py prepare for a new site.")
        verification = key_audit.verify()
        self.stdout.write(f"{verification.opened} of {verification.total} slots open.")
        for reason, failure in verification.failures.items():
            more = failure.count - len(failure.owners)
            self.stdout.write(f"{failure.count} {reason}: {', '.join(failure.owners)}{f' and {more} more' if more else ''}.")
        if verification.failed:
            raise CommandError(
                f"{verification.failed} of {verification.total} slots cannot be opened. Bring back a key that is not held with "
                "manage.py keys import; what is altered or missing is in a backup of the database."
            )

    # --- keys export

    def export(self, *, words: bool, qr: bool, to: Path | None, yes: bool, **options: object) -> None:
        is_svg = to is not None and to.suffix.lower() == ".svg"
        if is_svg and words:
            raise CommandError("an .svg holds QR codes: use --qr, or name a .txt file for the words.")
        key_sheet = sheet.Sheet(key_file.bare_keys(), location(), timezone.localdate())
        if to is not None:
            write_new(to, key_sheet.as_svg() if is_svg else key_sheet.as_words() if words else key_sheet.as_qr(terminal=False))
            self.stdout.write(f"Wrote {to}, which only you may read. Print it for a safe, apart from the data, and remove the file.")
            return
        is_terminal = self.stdout.isatty()
        if is_terminal and not yes:
            self.confirm()
        self.stdout.write(key_sheet.as_words() if words else key_sheet.as_qr(terminal=is_terminal))

    def confirm(self) -> None:
        """Raises `CommandError` unless the operator types yes."""
        self.stdout.write("This shows the keys on this screen. Anyone who has them and the database can read everything.")
        try:
            answer = input("Type yes to go on: ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in {"y", "yes"}:
            raise CommandError("nothing was shown. Type yes to see the keys, or write them to a file with --to FILE.")

    # --- keys import

    def import_keys(self, source: Path | None) -> None:
        if settings.KEY_ENCRYPTION_KEYS:
            raise CommandError("the keys come from NIGHTLIGHT_KEYS, so a key file would not be read. Unset it, then import again.")
        try:
            materials = sheet.read(self.read_text(source))
        except sheet.UnreadableSheet as error:
            raise CommandError(f"nothing was imported: {error}") from error
        for material in materials:
            key_id = Key(material).id
            try:
                settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
                added = key_file.import_key(settings.KEY_FILE, material)
            except KeysUnreadable as error:
                raise CommandError(f"{error} Or move that file elsewhere, and import again.") from error
            except OSError as error:
                raise CommandError(
                    f"{settings.KEY_FILE} can’t be written: {error.strerror}. Set NIGHTLIGHT_DATA or NIGHTLIGHT_KEY_FILE to where this user may write."
                ) from error
            self.stdout.write(f"Key {key_id} is {'now' if added else 'already'} in {settings.KEY_FILE}.")
        self.report_slots()

    def read_text(self, source: Path | None) -> str:
        """The content of this file, or of standard input for None. Raises `CommandError`."""
        try:
            if source is not None:
                return source.read_text(encoding="utf-8")
            if sys.stdin.isatty():
                self.stdout.write("Type or paste the words or the text of the QR code. End with Ctrl-D on its own line.")
            return sys.stdin.read()
        except UnicodeDecodeError as error:
            raise CommandError("that isn’t text. Enter the words, or the text of the QR code.") from error
        except OSError as error:
            raise CommandError(f"{source} can’t be read: {error.strerror}. Name a file this user may read.") from error

    def report_slots(self) -> None:
        if not key_audit.has_slot_table():
            self.stdout.write("There’s no database yet. Put it back, then run manage.py keys verify.")
            return
        verification = key_audit.verify()
        if verification.failed:
            self.stdout.write(
                f"{verification.opened} of {verification.total} slots of the database open. manage.py keys verify says which do not."
            )
        else:
            self.stdout.write(f"Every slot of the database opens ({verification.opened}).")


def location() -> str:
    """Where the keys are, with the path of their file; `key_file.location` says it without."""
    return "in NIGHTLIGHT_KEYS" if settings.KEY_ENCRYPTION_KEYS else f"in {settings.KEY_FILE}"


def date_and_age(moment: dt.datetime) -> str:
    days = (timezone.now() - moment).days
    return f"{moment.date().isoformat()} ({days} {'day' if days == 1 else 'days'})"


def write_new(path: Path, text: str) -> None:
    """Write a new file that only its owner may read, whole or not at all. Raises `CommandError`, also where it exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{path} already exists, and won’t be overwritten. Name another.") from None
    except OSError as error:
        raise CommandError(f"{path} can’t be written: {error.strerror}. Name a file in a folder this user may write to.") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise CommandError(f"{path} can’t be written: {error.strerror}. Name a file on a disk with room.") from error
