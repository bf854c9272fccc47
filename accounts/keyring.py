"""Keys made, wrapped, rotated and destroyed; bytes sealed and opened. The only module that touches cryptography.

Every person has a random 256-bit *data key*, and so has every tie between a counselor and a parent; an *owner* below is
the id of either. The key is never stored bare: a `KeySlot` holds it wrapped with the
installation's *key-encryption key*, which is not in the database. One more slot, without an owner, holds the
installation's own data key; it seals what belongs to nobody in particular (authenticator secrets), and
opening it proves that the key file fits the database.

Sealed bytes are AES-256-GCM (NIST SP 800-38D) laid out as one version byte, a fresh random 96-bit nonce,
then ciphertext and tag. The additional data binds them to their place: see `Place`. Whatever varies in length is padded
before it is sealed: see `pad`.
"""

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
import stat
import uuid
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import transaction

if TYPE_CHECKING:
    from accounts.models import KeySlot, KeySlotQuerySet

VERSION = b"\x01"
KEY_BYTES = 32
KEEP_A_COPY = "Keep a copy apart from the database and its backups: without it nothing that was written can be read."
NONCE_BYTES = 12
TAG_BYTES = 16

# As immutable as the labels of sealed fields: tests/accounts/test_labels.py.
SLOT_LABEL = "accounts.key_slot.wrapped"
SECRET_LABEL = "accounts.secret"  # noqa: S105  a name


class KeyringError(Exception):
    """Something sealed cannot be opened, or nothing can be sealed. The message never holds a key or a text."""


class KeysUnreadable(KeyringError):
    """The installation's key-encryption keys are missing, unreadable or malformed."""


class KeyMismatch(KeyringError):
    """A slot is wrapped with a key-encryption key that this installation does not hold."""


class NoSuchKey(KeyringError):
    """The owner has no data key: it was destroyed with the person, or never made."""


class SealBroken(KeyringError):
    """The sealed bytes were altered, cut short, or moved from the place they were sealed for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs. It opens in the place it was sealed for and nowhere else.

    `label` names the field for good, whatever its table, column or app is called later. `version` is that of the row, where
    the field goes by one: an older value that is put back into its row does not open as the newer one.
    """

    label: str
    row: uuid.UUID
    owner: uuid.UUID | None
    version: int = 0

    def additional_data(self) -> bytes:
        owner = self.owner.bytes if self.owner else b"installation"
        # A label holds no NUL; an owner's id and "installation" differ in length. So no two places read alike.
        return b"\0".join([b"nightlight", VERSION + self.label.encode(), self.row.bytes + owner + self.version.to_bytes(8)])


# --- Padding: the length of a sealed value tells no more than a step of this stair.

LINE_STEP, PAGE_STEP = 512, 2048  # bytes: what lists show of a page; a page of some 150 words with its HTML
STEPS_PER_DOUBLING = 4  # from there on, so that a value grows by a quarter at most
_END = b"\x80"


def padded_length(length: int, at_least: int = LINE_STEP) -> int:
    """How long a plaintext of `length` bytes is once it is padded to `at_least` one of the two first steps, or further."""
    needed = length + len(_END)
    for step in (LINE_STEP, PAGE_STEP):
        if max(needed, at_least) <= step:
            return step
    step = (1 << (needed - 1).bit_length() - 1) // STEPS_PER_DOUBLING
    return -(-needed // step) * step


def pad(plaintext: bytes, at_least: int = LINE_STEP) -> bytes:
    """Fill up to the next step, after ISO/IEC 7816-4: one byte 0x80, then zeros."""
    return (plaintext + _END).ljust(padded_length(len(plaintext), at_least), b"\0")


def unpad(padded: bytes) -> bytes:
    """What `pad` was given. Raises `SealBroken` for bytes that it did not make."""
    plaintext = padded.rstrip(b"\0")
    if plaintext[-1:] != _END:
        raise SealBroken("a sealed value is not padded as every sealed value is")
    return plaintext[:-1]


@dataclass(frozen=True, slots=True)
class Key:
    """A 256-bit key that seals and opens; neither `repr` nor `str` shows it."""

    material: bytes = field(repr=False)

    @classmethod
    def random(cls) -> "Key":
        return cls(AESGCM.generate_key(bit_length=KEY_BYTES * 8))

    @property
    def id(self) -> str:
        """Sixteen hex digits that tell one key from another and give nothing of it away."""
        digest = hmac.HMAC(self.material, hashes.SHA256())
        digest.update(b"nightlight key id")
        return digest.finalize()[:8].hex()

    def seal(self, plaintext: bytes, place: Place) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self.material).encrypt(nonce, plaintext, place.additional_data())

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Raises `SealBroken` for anything but the very bytes that `seal` gave for this place and key."""
        nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] != VERSION or len(ciphertext) < TAG_BYTES:
            raise SealBroken(f"{place.label}: not a sealed value of a known version")
        try:
            return AESGCM(self.material).decrypt(nonce, ciphertext, place.additional_data())
        except InvalidTag:
            raise SealBroken(f"{place.label}: a sealed value does not open in its place") from None


# --- The installation's key-encryption keys, newest first.


def _line(material: bytes) -> str:
    return base64.urlsafe_b64encode(material).decode()


def new_key_line() -> str:
    return _line(secrets.token_bytes(KEY_BYTES))


def _parse(line: str, source: str) -> Key:
    try:
        material = base64.b64decode(line, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        material = b""
    if len(material) != KEY_BYTES:
        raise KeysUnreadable(f"{source} holds a line that is not a key. Restore it from your copy.")
    return Key(material)


@lru_cache(maxsize=1)
def key_encryption_keys() -> tuple[Key, ...]:
    """The installation's key-encryption keys, newest first, from NIGHTLIGHT_KEYS or the key file.

    Raises `KeysUnreadable`, which says what to do. Read once a process; `forget_key_encryption_keys` reads anew.
    """
    if settings.KEY_ENCRYPTION_KEYS:
        return tuple(_parse(line, "NIGHTLIGHT_KEYS") for line in settings.KEY_ENCRYPTION_KEYS)
    return _keys_in(settings.KEY_FILE)


def _keys_in(path: Path) -> tuple[Key, ...]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise KeysUnreadable(
            f"there is no key file at {path}. Restore it from your copy (from paper: `manage.py keys import`); `make keys` makes one for a new site."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise KeysUnreadable(f"the key file {path} cannot be read. It has to be a text file that this user may read.") from None
    keys = tuple(_parse(line, f"the key file {path}") for line in map(str.strip, lines) if line and not line.startswith("#"))
    if not keys:
        raise KeysUnreadable(f"the key file {path} is empty. Restore it from your copy.")
    return keys


def forget_key_encryption_keys() -> None:
    key_encryption_keys.cache_clear()


def whereabouts() -> str:
    """Where the key-encryption keys are, in general terms: no secret, and no path of this machine."""
    if settings.KEY_ENCRYPTION_KEYS:
        return "in NIGHTLIGHT_KEYS, a variable of the server's environment"
    if settings.KEY_FILE == settings.DATA_DIR / "keys" / "key-encryption-keys":
        return "in keys/key-encryption-keys of the data folder"
    return "in the file that NIGHTLIGHT_KEY_FILE names"


def bare_key_encryption_keys() -> dict[str, bytes]:
    """The key-encryption keys themselves by their id, newest first: for a sheet in a safe, and nothing else.

    Raises `KeysUnreadable`. Nowhere else does a key leave this module bare.
    """
    return {key.id: key.material for key in key_encryption_keys()}


def key_file_is_exposed(path: Path) -> bool:
    """True where anyone but the file's owner may read it."""
    return bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def write_secret_file(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


KEY_FILE_HEADING = """\
# Nightlight's key-encryption keys, newest first. Without them nothing that was written can be read again.
# Keep a copy apart from the database and its backups.
"""


def add_key_encryption_key(path: Path) -> None:
    """Put a fresh key first in the key file, keeping those that are there; makes the file where it is missing."""
    old = [line for line in path.read_text(encoding="ascii").splitlines() if line and not line.startswith("#")] if path.exists() else []
    write_secret_file(path, KEY_FILE_HEADING + "\n".join([new_key_line(), *old]) + "\n")
    forget_key_encryption_keys()


def keep_key_encryption_key(path: Path, material: bytes) -> bool:
    """Put a key from a safe last in the key file, or make the file where it is missing. False where it is there already.

    Raises `KeysUnreadable`, and leaves the file alone, where it holds anything that is not a key.
    """
    text = KEY_FILE_HEADING
    if path.exists():
        if Key(material) in _keys_in(path):
            return False
        text = path.read_text(encoding="ascii").rstrip() + "\n"
    write_secret_file(path, f"{text}{_line(material)}\n")
    forget_key_encryption_keys()
    return True


def _find(key_id: str) -> Key:
    for _attempt in range(2):
        for key in key_encryption_keys():
            if key.id == key_id:
                return key
        forget_key_encryption_keys()  # a rotation may have added one since this process read the file
    raise KeyMismatch(
        f"the database was sealed with key {key_id}, which this installation does not hold. Put back the key file that belongs to this database."
    )


# --- Data keys and the slots they lie in.


def _slots() -> "KeySlotQuerySet":
    model: type[KeySlot] = apps.get_model("accounts", "KeySlot")
    return model.objects.all()


def _slot_place(slot: "KeySlot") -> Place:
    return Place(SLOT_LABEL, slot.pk, slot.holder_id)


def _wrap(slot: "KeySlot", data_key: Key) -> None:
    newest = key_encryption_keys()[0]
    slot.wrapped = newest.seal(data_key.material, _slot_place(slot))
    slot.params = {"key": newest.id}


def _unwrap(slot: "KeySlot") -> Key:
    return Key(_find(slot.params["key"]).open(bytes(slot.wrapped), _slot_place(slot)))


def try_slot(slot: "KeySlot") -> None:
    """Open this slot and keep nothing of it. Raises what `data_key` raises where it does not open."""
    if not isinstance(slot.params, dict) or not isinstance(slot.params.get("key"), str):
        raise SealBroken("a key slot does not say which key it is wrapped with")
    if len(_unwrap(slot).material) != KEY_BYTES:
        raise SealBroken("a key slot holds something that is not a key")


def make_data_key(owner: uuid.UUID | None) -> None:
    """Give a new person (or, for None, the installation) a data key in an `instance` slot.

    Raises IntegrityError where there is one already: a second key would orphan all that the first sealed.
    """
    _make_slot(apps.get_model("accounts", "KeySlot")(owner_id=owner))


def make_tie_key(tie: uuid.UUID) -> None:
    """Give a new tie a data key of its own. Raises IntegrityError where there is one already."""
    _make_slot(apps.get_model("accounts", "KeySlot")(tie_id=tie))


def _make_slot(slot: "KeySlot") -> None:
    _wrap(slot, Key.random())
    slot.save(force_insert=True)


def destroy_tie_key(tie: uuid.UUID) -> None:
    """Destroy the key of a tie that has ended: what it sealed cannot be opened any more. Safe to repeat."""
    _slots().filter(tie=tie).delete()
    forget(tie)


# The keys opened so far while a request (or a command) runs; none outside.
_opened: ContextVar[dict[uuid.UUID | None, Key] | None] = ContextVar("opened", default=None)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """While this lasts, each data key is fetched and unwrapped once. Forgotten afterwards."""
    token = _opened.set({})
    try:
        yield
    finally:
        _opened.reset(token)


def data_key(owner: uuid.UUID | None) -> Key:
    """The owner's data key. Raises `NoSuchKey`, `KeyMismatch`, `KeysUnreadable` or `SealBroken`."""
    opened = _opened.get()
    if opened is not None and owner in opened:
        return opened[owner]
    slot = _slots().for_instance(owner).first()
    if slot is None:
        raise NoSuchKey("this owner has no data key")
    key = _unwrap(slot)
    if opened is not None:
        opened[owner] = key
    return key


def open_together(owners: Iterable[uuid.UUID]) -> None:
    """Fetch many owners' keys in one query, for a page that shows what several of them sealed; while keys are `held`.

    An owner without a key is left out: asking for it raises `NoSuchKey` as ever.
    """
    opened = _opened.get()
    missing = [owner for owner in owners if opened is not None and owner not in opened]
    if opened is None or not missing:
        return
    for slot in _slots().of_all(missing):
        opened[slot.holder_id] = _unwrap(slot)


def forget(owner: uuid.UUID | None) -> None:
    """Drop an opened key, as when its slot is being destroyed."""
    opened = _opened.get()
    if opened is not None:
        opened.pop(owner, None)


def installation_opens() -> bool:
    """True when the installation's slot opens, False where none was made yet. Raises `KeyringError` otherwise."""
    key_encryption_keys()
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

    Each slot is its own short transaction: interrupted, it leaves every slot openable with the keys held, and
    run again it goes on with those that are left.
    """
    newest = key_encryption_keys()[0].id
    rewrapped = already = 0
    for pk in _slots().order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            slot = _slots().select_for_update().filter(pk=pk).first()
            if slot is None:
                continue
            if slot.params["key"] == newest:
                already += 1
                continue
            _wrap(slot, _unwrap(slot))
            slot.save(update_fields=["wrapped", "params"])
            rewrapped += 1
    return Rotation(rewrapped=rewrapped, already=already)


# --- Addresses that only whoever was given them knows.


def new_token() -> str:
    """A random token for an address: 256 bits, in letters that an address can hold."""
    return secrets.token_urlsafe(KEY_BYTES)


def token_digest(token: str) -> str:
    """What is stored of a token, to find it by. SHA-256 is enough for what is random and long."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- Small secrets of the installation.


def encrypt_secret(text: str) -> str:
    """Seal a short text (an authenticator's secret) with the installation's data key; the result is ASCII."""
    row = uuid.uuid4()
    sealed = data_key(None).seal(pad(text.encode()), Place(SECRET_LABEL, row, None))
    return base64.urlsafe_b64encode(row.bytes + sealed).decode()


def decrypt_secret(token: str) -> str:
    """The text behind `encrypt_secret`. Raises `SealBroken` for anything else."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
        row, sealed = uuid.UUID(bytes=raw[:16]), raw[16:]
    except (binascii.Error, ValueError):
        raise SealBroken("not a sealed secret") from None
    return unpad(data_key(None).open(sealed, Place(SECRET_LABEL, row, None))).decode()
