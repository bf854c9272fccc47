"""Make an installation ready to serve: keys, tables, library."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts.keys import key_file, keyring
from accounts.keys.crypto import KeyringError
from accounts.models import KeySlot
from journal.messages.push import identity
from operations.locking import folder_lock


class Command(BaseCommand):
    help = "Make keys where they are missing, migrate, load the library. Safe to repeat, and to run twice at once."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        try:
            with folder_lock(settings.DATA_DIR, wait=True):
                self.prepare()
        except KeyringError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"the data folder {settings.DATA_DIR} cannot be used: {error.strerror}. Set NIGHTLIGHT_DATA to a folder this user may write to."
            ) from error
        except OperationalError as error:
            raise CommandError(
                f"the database can’t be used: {str(error).strip()}. Look at DATABASE_URL or NIGHTLIGHT_DATA ({settings.DATA_DIR})."
            ) from error

    def prepare(self) -> None:
        """Idempotent. Writes a line for each thing that was missing."""
        if self.has_key_slots():
            # Raises where the keys are missing: a new key would open nothing in this database, and hide that the old one is gone.
            key_file.key_encryption_keys()
        call_command("make_keys", stdout=self.stdout)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
            self.stdout.write("The database is up to date.")
        call_command("createcachetable", verbosity=0)
        if not keyring.has_installation_key():
            keyring.make_data_key(None)
            if settings.KEY_ENCRYPTION_KEYS:
                self.stdout.write(f"The key is {key_file.location()}. {key_file.KEEP_A_COPY}")
                self.stdout.write("`manage.py keys export --words` writes it down for a safe.")
        identity.make_key()
        call_command("load_prompts", stdout=self.stdout, verbosity=1)

    def has_key_slots(self) -> bool:
        return KeySlot._meta.db_table in connection.introspection.table_names() and KeySlot.objects.exists()
