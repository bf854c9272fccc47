"""Sessions in the database, sealed: whoever has the database alone reads nothing of what they hold.

Settings name this module as SESSION_ENGINE. A session that does not open is an empty one: its person signs in anew.
"""

import logging

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session

from accounts.keys.crypto import KeyMismatch, SealBroken
from accounts.keys.installation import is_sealed_with_newest, open_session, seal_session

logger = logging.getLogger("nightlight.sessions")


class SessionStore(DatabaseStore):
    """Django's store with a sealed payload in place of a signed one. Its methods raise `KeysUnreadable` without keys."""

    def encode(self, session_dict: dict[str, object]) -> str:
        return seal_session(self.session_key or "", self.serializer().dumps(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, object]:
        try:
            payload: dict[str, object] = self.serializer().loads(open_session(self.session_key or "", str(session_data)))
        except (SealBroken, KeyMismatch, ValueError):
            logger.warning("A session could not be opened and is taken as ended.")
            return {}
        return payload


def reseal_all() -> None:
    """Seal every session with the newest key-encryption key; those that do not open are deleted. Idempotent."""
    for row in Session.objects.iterator():
        try:
            if is_sealed_with_newest(row.session_data):
                continue
            resealed = seal_session(row.session_key, open_session(row.session_key, row.session_data))
        except (SealBroken, KeyMismatch, ValueError):
            Session.objects.filter(pk=row.pk, session_data=row.session_data).delete()
        else:  # unless it was changed meanwhile
            Session.objects.filter(pk=row.pk, session_data=row.session_data).update(session_data=resealed)
