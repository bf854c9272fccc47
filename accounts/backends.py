"""Who a session belongs to."""

import functools
import json
import uuid

from allauth.account.auth_backends import AuthenticationBackend as AllauthAuthenticationBackend
from django.db import connections, router

from accounts.keys.slots import KeySlot
from accounts.models import User
from accounts.models.user import normal_password

SLOT_COLUMNS = ("id", "wrapped", "params")


class AuthenticationBackend(AllauthAuthenticationBackend):
    """Loads the person of a session together with their key slot, since nearly every page opens something of theirs."""

    def _mitigate_timing_attack(self, password: str) -> None:
        """Hashes as often as `User.check_password` does: an address without an account takes as long as one with another password."""
        for form in {password, normal_password(password)}:
            User().set_password(form)

    def get_user(self, user_id: uuid.UUID) -> User | None:
        using = router.db_for_read(User)
        person = next(iter(User.objects.using(using).raw(_select(using), [_bound(user_id, using)])), None)
        if person is None or not self.user_can_authenticate(person):
            return None
        pk, wrapped, params = (vars(person).pop(f"slot_{column}") for column in SLOT_COLUMNS)
        if pk is not None:
            person.fetched_key_slot = KeySlot(
                pk=uuid.UUID(str(pk)), owner_id=person.pk, kind=KeySlot.Kind.INSTANCE, wrapped=wrapped, params=json.loads(params)
            )
        return person


@functools.cache
def _select(using: str) -> str:
    """One person with the slot that the installation can open.

    As SQL, since every request of a signed-in person begins with it: through the ORM the two take four times as long.
    """
    quote = connections[using].ops.quote_name
    columns = [f"person.{quote(str(field.column))}" for field in User._meta.concrete_fields]
    columns += [f"slot.{quote(column)} AS slot_{column}" for column in SLOT_COLUMNS]
    people, slots = quote(User._meta.db_table), quote(KeySlot._meta.db_table)
    slot = f"slot.owner_id = person.id AND slot.kind = '{KeySlot.Kind.INSTANCE.value}'"
    # Nothing but names of tables and columns is put together here.
    return f"SELECT {', '.join(columns)} FROM {people} person LEFT JOIN {slots} slot ON {slot} WHERE person.id = %s"  # noqa: S608


def _bound(user_id: uuid.UUID, using: str) -> object:
    """The id as this database stores it."""
    return User._meta.pk.get_db_prep_value(user_id, connections[using], prepared=False)
