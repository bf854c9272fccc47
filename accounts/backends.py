"""Who a session belongs to.

Every request of a signed-in person begins by reading their session, themselves and their key slot. That is one statement in
SQL: through the ORM the three take six times as long (docs/performance.md).
"""

import functools
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from allauth.account.auth_backends import AuthenticationBackend as AllauthAuthenticationBackend
from django.db import connections, router

from accounts.keys.slots import KeySlot
from accounts.models import User
from accounts.models.user import normal_password

SLOT_FIELDS = ("id", "wrapped", "params")


class AuthenticationBackend(AllauthAuthenticationBackend):
    """Loads the person of a session together with their key slot, since nearly every page opens something of theirs."""

    def _mitigate_timing_attack(self, password: str) -> None:
        """Hashes as often as `User.check_password` does: an address without an account takes as long as one with another password."""
        for form in {password, normal_password(password)}:
            User().set_password(form)

    def get_user(self, user_id: uuid.UUID) -> User | None:
        person = _at_hand.get()
        if person is None or person.pk != user_id:
            person = _fetch(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


_at_hand: ContextVar[User | None] = ContextVar("person_at_hand", default=None)


@contextmanager
def at_hand(person: User | None) -> Iterator[None]:
    """Within this context `get_user` takes this person, where it is asked for them, as just fetched."""
    token = _at_hand.set(person)
    try:
        yield
    finally:
        _at_hand.reset(token)


def _fetch(person: uuid.UUID) -> User | None:
    using = router.db_for_read(User)
    columns = PersonColumns.of(using)
    with connections[using].cursor() as cursor:
        # Nothing but names of tables and columns is put together here.
        select = f"SELECT {columns.names} FROM {columns.people} person {columns.slot} WHERE person.id = %s"  # noqa: S608
        cursor.execute(select, [User._meta.pk.get_db_prep_value(person, connections[using], prepared=False)])
        row = cursor.fetchone()
    return row and columns.read(row)


class PersonColumns:
    """What a statement in SQL selects to read a person with the key slot that the installation can open.

    `names` are the columns of the tables `person` and `slot`, and `slot` is how the latter is joined; `people` is
    the table of the former.
    """

    def __init__(self, using: str) -> None:
        self.using = using
        quote = connections[using].ops.quote_name
        self.fields = User._meta.concrete_fields  # in this order `from_db` takes them
        slot_fields = [field for field in KeySlot._meta.concrete_fields if field.name in SLOT_FIELDS]
        self.names = ", ".join(
            [f"person.{quote(str(field.column))}" for field in self.fields] + [f"slot.{quote(str(field.column))}" for field in slot_fields]
        )
        self.people, slots = quote(User._meta.db_table), quote(KeySlot._meta.db_table)
        self.slot = f"LEFT JOIN {slots} slot ON slot.owner_id = person.id AND slot.kind = '{KeySlot.Kind.INSTANCE.value}'"
        self._id = self.fields.index(User._meta.pk)
        self._attributes = [field.attname for field in self.fields]
        columns = [field.get_col(field.model._meta.db_table) for field in (*self.fields, *slot_fields)]
        # For each place in a row, what turns the database's value into Python's.
        self._converters = [
            (place, convert, column)
            for place, column in enumerate(columns)
            for convert in (*connections[using].ops.get_db_converters(column), *column.get_db_converters(connections[using]))
        ]

    @classmethod
    @functools.cache
    def of(cls, using: str) -> "PersonColumns":
        return cls(using)

    def read(self, row: Sequence[object]) -> User | None:
        """The person of a row of these columns; None where there is none in it."""
        values = list(row)
        connection = connections[self.using]
        for place, convert, column in self._converters:
            values[place] = convert(values[place], column, connection)
        *person_values, slot, wrapped, params = values
        if person_values[self._id] is None:
            return None
        person: User = User.from_db(self.using, self._attributes, person_values)
        if slot is not None:
            known = {
                "id": slot,
                "owner_id": person.pk,
                "connection_id": None,
                "kind": KeySlot.Kind.INSTANCE,
                "wrapped": wrapped,
                "params": params,
            }
            person.fetched_key_slot = KeySlot.from_db(self.using, [*known], [*known.values()])
        return person
