"""Make the key file and the secret key of a new installation. Idempotent."""

import secrets

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.keys import key_file
from accounts.security.log import Event, record


class Command(BaseCommand):
    help = "Make the key file and the secret key where they are missing. Changes nothing that is there."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        secret_key = settings.DATA_DIR / "keys" / "secret-key"
        needs_secret_key = settings.SECRET_KEY.startswith("not-secret") and not secret_key.exists()
        needs_key_file = not settings.KEY_ENCRYPTION_KEYS and not settings.KEY_FILE.exists()
        try:
            if needs_secret_key or needs_key_file:
                settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
            if needs_secret_key:
                key_file.write_secret(secret_key, secrets.token_urlsafe(64) + "\n")
                self.stdout.write(f"Made {secret_key}.")
            if needs_key_file:
                key_file.add_new_key(settings.KEY_FILE)
                record(Event.KEYS_USED, command="make_keys")
                self.stdout.write(f"Made {settings.KEY_FILE}. {key_file.KEEP_A_COPY}")
                self.stdout.write("`manage.py keys export --words` writes it down for a safe.")
        except OSError as error:
            raise CommandError(
                f"the keys cannot be written to {settings.DATA_DIR}: {error.strerror}. Set NIGHTLIGHT_DATA to a folder this user may write to."
            ) from error
