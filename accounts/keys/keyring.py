"""Data keys: made, fetched, rewrapped and destroyed. An *owner* is the id of a person or a connection, or None (the installation)."""

import contextlib
import uuid
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from accounts.keys import erasure, key_file
from accounts.keys.crypto import KEY_BYTES, Binding, Key, NoSuchKey, SealBroken
from accounts.keys.slots import KeySlot

SLOT_LABEL = "accounts.key_slot.wrapped"  # as immutable as the labels of sealed fields: tests/accounts/keys/test_labels.py


# --- Slots.


def _binding(slot: KeySlot) -> Binding:
    return Binding(SLOT_LABEL, slot.pk, slot.holder_id)


def _wrap(slot: KeySlot, data_key: Key) -> None:
    newest = key_file.key_encryption_keys()[0]
    slot.wrapped = newest.seal(data_key.material, _binding(slot))
    slot.params = {"key": newest.id}


def _unwrap(slot: KeySlot) -> Key:
    return Key(key_file.find(slot.params["key"]).open(bytes(slot.wrapped), _binding(slot)))


def check_slot(slot: KeySlot) -> None:
    """Open this slot and keep nothing of it. Raises what `data_key` raises where it does not open."""
    if not isinstance(slot.params, dict) or not isinstance(slot.params.get("key"), str):
        raise SealBroken("a key slot does not say which key it is wrapped with")
    if len(_unwrap(slot).material) != KEY_BYTES:
        raise SealBroken("a key slot holds something that is not a key")


def make_data_key(owner: uuid.UUID | None) -> None:
    """Give a new person (or, for None, the installation) a data key.

    Raises IntegrityError where there is one already: a second key would orphan all that the first sealed.
    """
    _make_slot(KeySlot(owner_id=owner))


def make_connection_key(connection: uuid.UUID) -> None:
    """Give a new connection a data key. Raises IntegrityError where there is one already."""
    _make_slot(KeySlot(connection_id=connection))


def _make_slot(slot: KeySlot) -> None:
    _wrap(slot, Key.random())
    slot.save(force_insert=True)
    transaction.on_commit(partial(_follow_rotation, slot))


def _follow_rotation(slot: KeySlot) -> None:
    """Wrap a slot anew that a rotation did not see, since it went through all slots before this one was committed."""
    if slot.params["key"] != key_file.key_encryption_keys()[0].id:
        _rewrap(slot.pk)


def destroy_connection_keys(connections: list[uuid.UUID]) -> None:
    """Destroy the keys of connections that have ended: what they sealed can never be opened again. Idempotent."""
    KeySlot.objects.filter(connection__in=connections).delete()
    for connection in connections:
        evict(connection)
    erasure.erase_on_commit()


# --- Data keys. Those opened so far are kept while a request or a command runs, and never outside one.

_cache: ContextVar[dict[uuid.UUID | None, Key | KeySlot] | None] = ContextVar("data_keys", default=None)


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """Within this context each data key is fetched and unwrapped once. Afterwards all are forgotten."""
    token = _cache.set({})
    try:
        yield
    finally:
        _cache.reset(token)


def data_key(owner: uuid.UUID | None) -> Key:
    """The owner's data key. Raises `NoSuchKey`, `KeyMismatch`, `KeysUnreadable` or `SealBroken`."""
    cache = _cache.get()
    known = cache.get(owner) if cache is not None else None
    if isinstance(known, Key):
        return known
    slot = known or KeySlot.objects.for_owner(owner).first()
    if slot is None:
        raise NoSuchKey("this owner has no data key")
    key = _unwrap(slot)
    if cache is not None:
        cache[owner] = key
    return key


def offer(slot: KeySlot) -> None:
    """Take this slot when its owner's key is asked for, instead of fetching it again. Does nothing outside `cached`."""
    cache = _cache.get()
    if cache is not None:
        cache.setdefault(slot.holder_id, slot)


def prefetch(owners: Iterable[uuid.UUID]) -> None:
    """Fetch the keys of many owners in one query, for a page that shows what several of them sealed.

    Does nothing outside `cached`. An owner without a key is left out: asking for it raises `NoSuchKey` as ever.
    """
    cache = _cache.get()
    missing = [owner for owner in owners if cache is not None and owner not in cache]
    if cache is None or not missing:
        return
    for slot in KeySlot.objects.for_owners(missing):
        cache[slot.holder_id] = _unwrap(slot)


def evict(owner: uuid.UUID | None) -> None:
    """Drop a cached key, as when its slot is being destroyed."""
    cache = _cache.get()
    if cache is not None:
        cache.pop(owner, None)


def has_installation_key() -> bool:
    """Whether the installation has a data key that opens; False where none was made yet.

    Raises `KeyringError` where the key file cannot be used or does not belong to this database.
    """
    key_file.read_anew()
    try:
        data_key(None)
    except NoSuchKey:
        return False
    return True


# --- Rotation.


@dataclass(frozen=True, slots=True)
class Rotation:
    """What `rewrap_all` did, in numbers of slots."""

    rewrapped: int
    already: int


def rewrap_all() -> Rotation:
    """Wrap every slot with the newest key-encryption key, also those that are made meanwhile by processes that know an older one.

    Each slot is a short transaction of its own: an interrupted run leaves every slot openable with the keys at hand, and
    the next run goes on with the rest.
    """
    rewrapped, total = 0, 0
    while outdated := _outdated():
        rewrapped += sum(map(_rewrap, outdated))
        total = KeySlot.objects.count()
    erasure.erase_on_commit()  # an older key, which somebody else may have, opens what the slots were before
    return Rotation(rewrapped=rewrapped, already=(total or KeySlot.objects.count()) - rewrapped)


def _outdated() -> list[uuid.UUID]:
    """The slots that are wrapped with another key than the newest."""
    newest = key_file.key_encryption_keys()[0].id
    return [pk for pk, params in KeySlot.objects.order_by("pk").values_list("pk", "params").iterator() if params["key"] != newest]


def _rewrap(pk: uuid.UUID) -> bool:
    """Wrap this slot with the newest key-encryption key; False where it is, or has been destroyed."""
    with transaction.atomic():
        slot = KeySlot.objects.select_for_update().filter(pk=pk).first()
        if slot is None or slot.params["key"] == key_file.key_encryption_keys()[0].id:
            return False
        _wrap(slot, _unwrap(slot))
        slot.save(update_fields=["wrapped", "params"])
        return True
