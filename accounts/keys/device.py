"""The server's half of the key with which a browser seals text that waits on a device: see docs/decisions/0034.

The other half is made on the device, which does not send it. Nothing is stored here: the half follows from the person's data
key and the id that the device gave itself, so that the same person gets it again whenever they sign in there.
"""

import uuid

from accounts.keys import keyring

DEVICE_LABEL = b"accounts.device_half"  # immutable: text that waits on devices could not be opened any more


def server_half(owner: uuid.UUID, device: uuid.UUID) -> str:
    """The half for this person on this device: 256 bits in hex. Raises what `keyring.data_key` raises."""
    return keyring.data_key(owner).derive(b"\0".join([DEVICE_LABEL, owner.bytes + device.bytes])).hex()
