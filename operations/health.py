"""Health of this installation. Reasons hold no secret and no path."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts.keys import keyring
from accounts.keys.crypto import KeyMismatch, KeyringError
from prompts.models import Prompt


def database() -> str:
    """ "ok" where the database answers, is migrated and has a library of prompts; else the reason."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations are missing: run manage.py migrate"
        return "ok" if Prompt.objects.current().exists() else "the library is empty: run manage.py load_prompts"
    except DatabaseError:
        return "the database does not answer"


def keys() -> str:
    """ "ok" where the key file can be used and belongs to this database; else the reason."""
    try:
        return "ok" if keyring.has_installation_key() else "no installation key: run manage.py prepare"
    except KeyMismatch:
        return "the key file does not belong to this database"
    except KeyringError:
        return "the key file cannot be used"
    except DatabaseError:
        return "the database does not answer"


def faults() -> list[str]:
    """What keeps the site from serving; empty where it is ready."""
    return list(dict.fromkeys(state for state in (database(), keys()) if state != "ok"))
