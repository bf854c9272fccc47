"""Sessions in the database, sealed: whoever has the database alone reads nothing of what they hold.

Settings name this module as SESSION_ENGINE. A session that does not open is an empty one: its person signs in anew.
"""

import functools
import logging

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connections, router
from django.utils import timezone

from accounts.backends import PersonColumns
from accounts.keys.crypto import KeyMismatch, SealBroken
from accounts.keys.installation import is_sealed_with_newest, open_session, seal_session
from accounts.models import User

logger = logging.getLogger("nightlight.sessions")


class SessionStore(DatabaseStore):
    """Django's store with a sealed payload in place of a signed one. Its methods raise `KeysUnreadable` without keys.

    A session is read together with the person whom allauth's list of devices names for it: `person`. Whether the session is
    theirs, only its sealed payload says.
    """

    _person: User | None = None

    @property
    def person(self) -> User | None:
        """Whom the session was fetched with; None for nobody's session, and for one that was not read from the database."""
        self.get("")  # reads the session where it was not read yet
        return self._person

    def _validate_session_key(self, key: str | None) -> bool:
        """Django's check, which leaves out of account that a cookie may hold NUL: PostgreSQL takes no text with it."""
        return bool(super()._validate_session_key(key)) and "\0" not in str(key)  # type: ignore[misc]  # not in the stubs

    def load(self) -> dict[str, object]:
        using = router.db_for_read(Session)
        connection = connections[using]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_select(using), [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        self._person = PersonColumns.of(using).read(row[1:])
        return self.decode(row[0])

    def encode(self, session_dict: dict[str, object]) -> str:
        return seal_session(self.session_key or "", self.serializer().dumps(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, object]:
        try:
            payload: dict[str, object] = self.serializer().loads(open_session(self.session_key or "", str(session_data)))
        except (SealBroken, KeyMismatch, ValueError):
            logger.warning("A session could not be opened and is taken as ended.")
            return {}
        return payload


@functools.cache
def _select(using: str) -> str:
    """One session that has not expired, with its person."""
    quote = connections[using].ops.quote_name
    sessions, owners = quote(Session._meta.db_table), quote(UserSession._meta.db_table)
    columns = PersonColumns.of(using)
    # Nothing but names of tables and columns is put together here.
    return (
        f"SELECT session.session_data, {columns.names} FROM {sessions} session "  # noqa: S608
        f"LEFT JOIN {owners} owner ON owner.session_key = session.session_key "
        f"LEFT JOIN {columns.people} person ON person.id = owner.user_id {columns.slot} "
        "WHERE session.session_key = %s AND session.expire_date > %s"
    )


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
