"""Wrap every data key with the newest key-encryption key. Idempotent."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import sessions
from accounts.keys import key_file, keyring
from accounts.keys.crypto import KeyringError
from accounts.security.log import Event, record

OLDER_KEYS = (
    "No slot of this database needs the older keys now. Keep them as long as you keep backups made before today. Processes that read "
    "this key file take up the new key by themselves; those with a file of their own, or with NIGHTLIGHT_KEYS, wrap with the key "
    "that they know: start them again with the new key first, and run manage.py rotate_keys once more before you remove an older one."
)


class Command(BaseCommand):
    help = (
        "Re-wrap every key slot with the newest key-encryption key. Safe to interrupt and to repeat. "
        "With --new-key, first put a fresh key at the top of the key file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="make a new key-encryption key first")

    def handle(self, *args: object, new_key: bool, **options: object) -> None:
        try:
            if new_key:
                self.add_key()
            keys = key_file.key_encryption_keys()
            rotation = keyring.rewrap_all()
            sessions.reseal_all()
        except (KeyringError, OSError) as error:
            raise CommandError(f"Nothing was lost, but not everything was re-wrapped: {error}") from error
        record(Event.KEYS_USED, command="rotate_keys", new_key="yes" if new_key else "no", rewrapped=rotation.rewrapped)
        self.stdout.write(f"Newest key: {keys[0].id}. Re-wrapped {rotation.rewrapped}, already under it {rotation.already}.")
        if len(keys) > 1:
            self.stdout.write(OLDER_KEYS)

    def add_key(self) -> None:
        if settings.KEY_ENCRYPTION_KEYS:
            raise CommandError("the keys come from NIGHTLIGHT_KEYS: put the new one first there, then run this without --new-key.")
        key_file.key_encryption_keys()  # raises where the file cannot be read: nothing may be added to it then
        key_file.add_new_key(settings.KEY_FILE)
        self.stdout.write(f"Made a new key in {settings.KEY_FILE}. Copy the file to where you keep keys.")
