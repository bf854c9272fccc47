"""What the slots of the database say about themselves, and whether they open. No key is kept or shown."""

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

NAMED = 5


@dataclass(frozen=True, slots=True)
class Slots:
    """All slots of one kind that are wrapped with one key."""

    kind: str
    key: str
    count: int
    oldest: dt.datetime
    newest: dt.datetime


@dataclass(slots=True)
class Failure:
    """How many slots fail for one reason, and whose the first few are."""

    count: int = 0
    owners: list[str] = field(default_factory=list)

    def add(self, owner: uuid.UUID | None) -> None:
        self.count += 1
        if len(self.owners) < NAMED:
            self.owners.append(str(owner or "the installation"))


@dataclass(slots=True)
class Verification:
    """What opening every slot has shown; `failures` by reason, each an end to "2 slots are …"."""

    opened: int = 0
    failures: dict[str, Failure] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        return sum(failure.count for failure in self.failures.values())

    def fail(self, reason: str, owner: uuid.UUID | None) -> None:
        self.failures.setdefault(reason, Failure()).add(owner)


def database_is_there() -> bool:
    """Whether the database has a table of slots. Makes no SQLite file where there is none."""
    name = str(database.settings_dict["NAME"])
    if database.vendor == "sqlite" and not name.startswith(("file:", ":memory:")) and not Path(name).exists():
        return False
    return KeySlot._meta.db_table in database.introspection.table_names()


def slots() -> Iterator[Slots]:
    """The slots by kind and key, counted by the database."""
    rows = KeySlot.objects.values("kind", key=KT("params__key")).annotate(
        count=Count("pk"), oldest=Min("created_at"), newest=Max("created_at")
    )
    for row in rows.order_by("kind", "-newest", "key"):
        yield Slots(row["kind"], row["key"] or "not named", row["count"], row["oldest"], row["newest"])


def verify() -> Verification:
    """Open every slot, one after another, and look for people and connections without one. Raises `KeysUnreadable` where no key can be had."""
    key_file.key_encryption_keys()
    found = Verification()
    for slot in KeySlot.objects.order_by("pk").iterator(chunk_size=500):
        try:
            keyring.check_slot(slot)
        except KeyMismatch:
            found.fail(f"wrapped with key {slot.params['key']}, which this installation does not hold", slot.holder_id)
        except SealBroken:
            found.fail("altered, cut short or moved from its place", slot.holder_id)
        else:
            found.opened += 1
    if not KeySlot.objects.for_owner(None).exists():
        found.fail("missing", None)
    for owner in User.objects.exclude(key_slots__kind=KeySlot.Kind.INSTANCE).order_by("pk").values_list("pk", flat=True).iterator():
        found.fail("missing", owner)
    for connection in (
        Connection.objects.active().exclude(key_slots__kind=KeySlot.Kind.INSTANCE).order_by("pk").values_list("pk", flat=True).iterator()
    ):
        found.fail("missing", connection)
    return found
