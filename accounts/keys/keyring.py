"""Data keys: made, fetched, rewrapped and destroyed. An *owner* is the id of a person or a connection, or None (the installation)."""

import contextlib
import uuid
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import transaction

from accounts.keys import key_file
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


def destroy_connection_key(connection: uuid.UUID) -> None:
    """Destroy the key of a connection that has ended: what it sealed can never be opened again. Idempotent."""
    KeySlot.objects.filter(connection=connection).delete()
    evict(connection)


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
    key_file.key_encryption_keys()
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
    """Wrap every slot with the newest key-encryption key.

    Each slot is a short transaction of its own: an interrupted run leaves every slot openable with the keys at hand, and
    the next run goes on with the rest.
    """
    newest = key_file.key_encryption_keys()[0].id
    rewrapped = already = 0
    for pk in KeySlot.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            slot = KeySlot.objects.select_for_update().filter(pk=pk).first()
            if slot is None:
                continue
            if slot.params["key"] == newest:
                already += 1
                continue
            _wrap(slot, _unwrap(slot))
            slot.save(update_fields=["wrapped", "params"])
            rewrapped += 1
    return Rotation(rewrapped=rewrapped, already=already)
