"""An audit of the key slots in the database: which keys they need, and whether they open. No key is kept or shown."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection as database
from django.db.models import Count, Max, Min
from django.db.models.fields.json import KT

from accounts.keys import key_file, keyring
from accounts.keys.crypto import KeyMismatch, SealBroken
from accounts.models import Connection, KeySlot, User

MAX_NAMED_OWNERS = 5


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """The slots of one kind that are wrapped with one key: how many, and when the first and the last were made.

    `key` is the key's id, or "not named".
    """

    kind: str
    key: str
    count: int
    oldest: dt.datetime
    newest: dt.datetime


@dataclass(slots=True)
class Failure:
    """How many slots fail for one reason, and the owners of the first few."""

    count: int = 0
    owners: list[str] = field(default_factory=list)

    def add(self, owner: uuid.UUID | None) -> None:
        self.count += 1
        if len(self.owners) < MAX_NAMED_OWNERS:
            self.owners.append(str(owner or "the installation"))


@dataclass(slots=True)
class Verification:
    """The result of opening every slot. `failures` by reason, which completes the sentence "2 slots are …"."""

    opened: int = 0
    failures: dict[str, Failure] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        return sum(failure.count for failure in self.failures.values())

    @property
    def total(self) -> int:
        return self.opened + self.failed

    def fail(self, reason: str, owner: uuid.UUID | None) -> None:
        self.failures.setdefault(reason, Failure()).add(owner)


def has_slot_table() -> bool:
    """Whether the database exists and has the table of slots. Never creates an SQLite file."""
    name = str(database.settings_dict["NAME"])
    if database.vendor == "sqlite" and not name.startswith(("file:", ":memory:")) and not Path(name).exists():
        return False
    return KeySlot._meta.db_table in database.introspection.table_names()


def slot_groups() -> Iterator[SlotGroup]:
    """All slots, grouped by kind and key; within a kind the group with the newest slot comes first."""
    rows = KeySlot.objects.values("kind", key=KT("params__key")).annotate(
        count=Count("pk"), oldest=Min("created_at"), newest=Max("created_at")
    )
    for row in rows.order_by("kind", "-newest", "key"):
        yield SlotGroup(row["kind"], row["key"] or "not named", row["count"], row["oldest"], row["newest"])


def verify() -> Verification:
    """Open every slot, and look for people and active connections without one.

    Raises `KeysUnreadable` where the key-encryption keys cannot be read.
    """
    key_file.key_encryption_keys()
    verification = Verification()
    for slot in KeySlot.objects.order_by("pk").iterator(chunk_size=500):
        try:
            keyring.check_slot(slot)
        except KeyMismatch:
            verification.fail(f"wrapped with key {slot.params['key']}, which this installation does not hold", slot.holder_id)
        except SealBroken:
            verification.fail("altered, cut short or moved from its place", slot.holder_id)
        else:
            verification.opened += 1
    if not KeySlot.objects.for_owner(None).exists():
        verification.fail("missing", None)
    for owner in User.objects.exclude(key_slots__kind=KeySlot.Kind.INSTANCE).order_by("pk").values_list("pk", flat=True).iterator():
        verification.fail("missing", owner)
    for connection in (
        Connection.objects.active().exclude(key_slots__kind=KeySlot.Kind.INSTANCE).order_by("pk").values_list("pk", flat=True).iterator()
    ):
        verification.fail("missing", connection)
    return verification
