"""Short secrets of the installation, such as an authenticator's seed, sealed with its data key."""

import base64
import binascii
import uuid

from accounts.keys import keyring
from accounts.keys.crypto import Binding, SealBroken
from accounts.keys.padding import pad, unpad

SECRET_LABEL = "accounts.secret"  # noqa: S105  a name, immutable: tests/accounts/keys/test_labels.py


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
