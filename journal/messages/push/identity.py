"""Who this installation is to push services: a key pair, whose public half each browser is told when it subscribes."""

from accounts.keys import crypto
from accounts.keys.installation import decrypt_secret, encrypt_secret
from journal.models import PushKey


def make_key() -> bool:
    """Make the key pair where there is none, and say whether. Idempotent, and safe to do twice at once: the first stays.

    A new pair would silence every browser that has subscribed, so there is never another.
    """
    if PushKey.objects.exists():
        return False
    pair = crypto.new_signing_pair()
    PushKey.objects.bulk_create([PushKey(public=pair.public, private=encrypt_secret(pair.private))], ignore_conflicts=True)
    return True


def public_key() -> str:
    """The public half, as a browser wants it; "" where there is no pair yet."""
    row = PushKey.objects.values_list("public", flat=True).first()
    return row or ""


def private_key() -> str:
    """The private half. Raises a `KeyringError` where it does not open, and `PushKey.DoesNotExist`."""
    return decrypt_secret(PushKey.objects.get().private)
