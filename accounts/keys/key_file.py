"""The installation's key-encryption keys, newest first: in a file that only its owner may read, or in NIGHTLIGHT_KEYS.

A line of the file is a key in URL-safe base64; empty lines and those that begin with # are ignored.
"""

import base64
import binascii
import logging
import os
import secrets
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from accounts.keys.crypto import KEY_BYTES, Key, KeyMismatch, KeysUnreadable

logger = logging.getLogger("nightlight.keys")

KEEP_A_COPY = "Keep a copy apart from the database and its backups: without it nothing that was written can be read."
HEADING = """\
# Nightlight's key-encryption keys, newest first. Without them nothing that was written can be read again.
# Keep a copy apart from the database and its backups.
"""


# --- Reading.


def key_encryption_keys() -> tuple[Key, ...]:
    """The keys, newest first; at least one. Raises `KeysUnreadable`, whose message says what to do.

    The file is read again when it has changed, so that a key that was put first wraps what is new at once. Where it cannot be
    read any more, a process goes on with the keys it has; `read_anew` tells.
    """
    if settings.KEY_ENCRYPTION_KEYS:
        return _from_environment(tuple(settings.KEY_ENCRYPTION_KEYS))
    path: Path = settings.KEY_FILE
    state = _state(path)
    known = _known.get(path)
    if known is None or state != known.state:
        try:
            known = _known[path] = _Known(state, _read(path))
        except KeysUnreadable as error:
            if known is None:
                raise
            logger.error("%s Until then this process uses the keys that it read before.", error)
            known = _known[path] = _Known(state, known.keys)  # said once for each change
    return known.keys


def read_anew() -> tuple[Key, ...]:
    """The keys as they are now, whatever this process has read before. Raises `KeysUnreadable`."""
    return key_encryption_keys() if settings.KEY_ENCRYPTION_KEYS else _read(settings.KEY_FILE)


def clear_cache() -> None:
    """Forget the keys that were read, as a new process would not have them."""
    _known.clear()


def find(key_id: str) -> Key:
    """The key with this id. Raises `KeyMismatch` where this installation does not have it, and `KeysUnreadable`."""
    for key in key_encryption_keys():
        if key.id == key_id:
            return key
    raise KeyMismatch(
        f"the database was sealed with key {key_id}, which this installation does not hold. Put back the key file that belongs to this database."
    )


type _State = tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class _Known:
    """Keys that were read from a file, and the state that it was in before."""

    state: _State
    keys: tuple[Key, ...]


_known: dict[Path, _Known] = {}


def _state(path: Path) -> _State:
    """What changes whenever the file is changed or replaced; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@lru_cache(maxsize=1)
def _from_environment(lines: tuple[str, ...]) -> tuple[Key, ...]:
    return tuple(_parse(line, "NIGHTLIGHT_KEYS") for line in lines)


def _read(path: Path) -> tuple[Key, ...]:
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


def _parse(line: str, source: str) -> Key:
    """`source` is named in the message of `KeysUnreadable`."""
    try:
        material = base64.b64decode(line, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        material = b""
    if len(material) != KEY_BYTES:
        raise KeysUnreadable(f"{source} holds a line that is not a key. Restore it from your copy.")
    return Key(material)


# --- Describing.


def location() -> str:
    """Where the keys are, in general terms, as "in …": no secret, and no path of this machine."""
    if settings.KEY_ENCRYPTION_KEYS:
        return "in NIGHTLIGHT_KEYS, a variable of the server's environment"
    if settings.KEY_FILE == settings.DATA_DIR / "keys" / "key-encryption-keys":
        return "in keys/key-encryption-keys of the data folder"
    return "in the file that NIGHTLIGHT_KEY_FILE names"


def is_exposed(path: Path) -> bool:
    """Whether anyone but the file's owner may read it."""
    return bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def bare_keys() -> dict[str, bytes]:
    """The key material by key id, newest first: for a sheet in a safe, and nothing else. Raises `KeysUnreadable`."""
    return {key.id: key.material for key in key_encryption_keys()}


# --- Writing.


def new_key_line() -> str:
    """A new random key as a line of the file, without a line break."""
    return _encode(secrets.token_bytes(KEY_BYTES))


def _encode(material: bytes) -> str:
    return base64.urlsafe_b64encode(material).decode()


def write_secret(path: Path, text: str) -> None:
    """Write or replace a file that only its owner may read, atomically. Makes its folder. Raises OSError."""
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


def add_new_key(path: Path) -> None:
    """Put a new random key first in the file, before the existing ones; makes the file where it is missing. Raises OSError."""
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    existing = [line for line in lines if line and not line.startswith("#")]
    write_secret(path, HEADING + "\n".join([new_key_line(), *existing]) + "\n")
    clear_cache()


def import_key(path: Path, material: bytes) -> bool:
    """Put this key last in the file, which is made where it is missing. Returns False where the file has it already. Idempotent.

    Raises `KeysUnreadable` where the file holds anything that is not a key, and leaves it unchanged; OSError.
    """
    text = HEADING
    if path.exists():
        if Key(material) in _read(path):
            return False
        text = path.read_text(encoding="ascii").rstrip() + "\n"
    write_secret(path, f"{text}{_encode(material)}\n")
    clear_cache()
    return True
