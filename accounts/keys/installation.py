"""What the installation seals for itself: short secrets, such as an authenticator's seed, and the payload of sessions."""

import base64
import binascii
import hashlib
import uuid

from accounts.keys import key_file, keyring
from accounts.keys.crypto import Binding, Key, SealBroken
from accounts.keys.padding import pad, unpad

# Names, immutable: tests/accounts/keys/test_labels.py
SECRET_LABEL = "accounts.secret"  # noqa: S105
SESSION_LABEL = "accounts.session"

CODE_PURPOSE = b"accounts.code"

KEY_ID_BYTES = 8


# --- Short secrets, with the installation's data key.


def encrypt_secret(text: str) -> str:
    """Seal a short text; the result is ASCII."""
    row = uuid.uuid4()
    sealed = keyring.data_key(None).seal(pad(text.encode()), Binding(SECRET_LABEL, row, None))
    return base64.urlsafe_b64encode(row.bytes + sealed).decode()


def decrypt_secret(token: str) -> str:
    """The text behind `encrypt_secret`. Raises `SealBroken` for anything else."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
        row, sealed = uuid.UUID(bytes=raw[:16]), raw[16:]
    except (binascii.Error, ValueError):
        raise SealBroken("not a sealed secret") from None
    return unpad(keyring.data_key(None).open(sealed, Binding(SECRET_LABEL, row, None))).decode()


def code_digest(code: str) -> str:
    """What is stored of a short code, by which it is found again."""
    return keyring.data_key(None).digest(CODE_PURPOSE, code)


# --- Sessions, with a key derived from the key-encryption key: every request opens one, and that key is fetched from no table.


def seal_session(session_key: str, payload: bytes) -> str:
    """Seal what a session holds, bound to its session key; the result is ASCII."""
    newest = key_file.key_encryption_keys()[0]
    sealed = _session_cipher(newest).seal(pad(payload), _session_binding(session_key))
    return base64.urlsafe_b64encode(bytes.fromhex(newest.id) + sealed).decode()


def open_session(session_key: str, sealed: str) -> bytes:
    """What the session holds. Raises `SealBroken` for anything that was not sealed for it, `KeyMismatch`, `KeysUnreadable`."""
    try:
        raw = base64.b64decode(sealed, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken("not a sealed session") from None
    key = key_file.find(raw[:KEY_ID_BYTES].hex())
    return unpad(_session_cipher(key).open(raw[KEY_ID_BYTES:], _session_binding(session_key)))


def is_sealed_with_newest(sealed: str) -> bool:
    """Whether a sealed session needs no older key."""
    return base64.urlsafe_b64decode(sealed[:12])[:KEY_ID_BYTES].hex() == key_file.key_encryption_keys()[0].id


def _session_cipher(key: Key) -> Key:
    return Key(key.derive(SESSION_LABEL.encode()))


def _session_binding(session_key: str) -> Binding:
    row = uuid.UUID(bytes=hashlib.sha256(session_key.encode()).digest()[:16])
    return Binding(SESSION_LABEL, row, None)
