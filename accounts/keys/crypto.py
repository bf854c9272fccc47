"""AES-256-GCM (NIST SP 800-38D) with values bound to their place, random tokens, and key pairs for push. The only module that imports `cryptography`.

Sealed bytes are one version byte, a random 96-bit nonce, then ciphertext and tag. The additional data binds them to their
place: see `Binding`.
"""

import base64
import hashlib
import os
import secrets
import uuid
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class KeyringError(Exception):
    """Something sealed cannot be opened, or nothing can be sealed. The message never holds a key or a text."""


class KeysUnreadable(KeyringError):
    """The installation's key-encryption keys are missing, unreadable or malformed."""


class KeyMismatch(KeyringError):
    """A slot is wrapped with a key-encryption key that this installation does not hold."""


class NoSuchKey(KeyringError):
    """The owner has no data key: it was destroyed or never made."""


class SealBroken(KeyringError):
    """The sealed bytes were altered, cut short, or moved from the place they were sealed for."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a sealed value is bound to. It opens with the same binding and with no other.

    `label` names the field for good, whatever its table, column or app is called later. `version` is the row's, for fields
    that are bound to it: an older value put back into its row does not open.
    """

    label: str
    row: uuid.UUID
    owner: uuid.UUID | None
    version: int = 0

    def additional_data(self) -> bytes:
        owner = self.owner.bytes if self.owner else b"installation"
        # Unambiguous: a label holds no NUL, and an owner's id is longer than "installation".
        return b"\0".join([b"nightlight", VERSION + self.label.encode(), self.row.bytes + owner + self.version.to_bytes(8)])


@dataclass(frozen=True)
class Key:
    """A 256-bit key. Neither `repr` nor `str` shows it.

    What is prepared from it to seal and to open is kept in it, and so for as long as it is.
    """

    material: bytes = field(repr=False)

    @classmethod
    def random(cls) -> "Key":
        return cls(AESGCM.generate_key(bit_length=KEY_BYTES * 8))

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.material)

    @cached_property
    def id(self) -> str:
        """Sixteen hex digits that identify the key and reveal nothing of it."""
        digest = hmac.HMAC(self.material, hashes.SHA256())
        digest.update(b"nightlight key id")
        return digest.finalize()[:8].hex()

    def derive(self, purpose: bytes) -> bytes:
        """32 bytes for this purpose, always the same, from which nothing of the key can be learned (HKDF, RFC 5869)."""
        return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"nightlight " + purpose).derive(self.material)

    def digest(self, purpose: bytes, text: str) -> str:
        """The HMAC-SHA256 of a text in hex, stored in place of a secret too short for `token_digest`: without the key no one can try them all."""
        mac = hmac.HMAC(self.derive(purpose), hashes.SHA256())
        mac.update(text.encode())
        return mac.finalize().hex()

    def seal(self, plaintext: bytes, binding: Binding) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, plaintext, binding.additional_data())

    def open(self, sealed: bytes, binding: Binding) -> bytes:
        """The plaintext. Raises `SealBroken` for anything but bytes that `seal` returned for this key and binding."""
        nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] != VERSION or len(ciphertext) < TAG_BYTES:
            raise SealBroken(f"{binding.label}: not a sealed value of a known version")
        try:
            return self._cipher.decrypt(nonce, ciphertext, binding.additional_data())
        except InvalidTag:
            raise SealBroken(f"{binding.label}: a sealed value does not open in its place") from None


def new_token() -> str:
    """A random token for a secret URL: 256 bits in URL-safe base64."""
    return secrets.token_urlsafe(KEY_BYTES)


def token_digest(token: str) -> str:
    """The SHA-256 of a token in hex, stored in its place. A plain hash suffices, since the token is random and long."""
    return hashlib.sha256(token.encode()).hexdigest()


CODE_SIGNS = "CDFGHJKMNPQRTVWXY34679"  # none that is taken for another, and no vowel: no code is a word
CODE_LENGTH = 8


def new_code() -> str:
    """A random code to be read aloud and typed: 35 bits, enough for one that lives for minutes and whose guesses are limited."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


@dataclass(frozen=True, slots=True)
class SigningPair:
    """A key pair of ECDSA over P-256, both halves in base64url without padding: the number itself, and the uncompressed point."""

    public: str
    private: str = field(repr=False)


def new_signing_pair() -> SigningPair:
    """A random pair to sign messages to push services with (VAPID, RFC 8292)."""
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    number = private.private_numbers().private_value.to_bytes(KEY_BYTES)
    public, secret = (base64.urlsafe_b64encode(half).rstrip(b"=").decode() for half in (point, number))
    return SigningPair(public, secret)
