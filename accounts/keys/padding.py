"""Padding: sealed values come in a few lengths, so that a length reveals little.

Up to some 150 words, all texts of entries have one length: it adds nothing to the size class that is stored in the clear.
Beyond that there are four lengths to each doubling, so that a value grows by a quarter at most.
"""

from accounts.keys.crypto import SealBroken

LINE_STEP, PAGE_STEP = 512, 2048  # bytes: a summary for a list; some 150 words with their HTML
STEPS_PER_DOUBLING = 4
_END = b"\x80"


def padded_length(length: int, at_least: int = LINE_STEP) -> int:
    """The length in bytes that a plaintext of `length` bytes is padded to. `at_least` is `LINE_STEP` or `PAGE_STEP`."""
    needed = length + len(_END)
    for step in (LINE_STEP, PAGE_STEP):
        if max(needed, at_least) <= step:
            return step
    step = (1 << (needed - 1).bit_length() - 1) // STEPS_PER_DOUBLING
    return -(-needed // step) * step


def pad(plaintext: bytes, at_least: int = LINE_STEP) -> bytes:
    """Pad to the next step as in ISO/IEC 7816-4: one byte 0x80, then zeros."""
    return (plaintext + _END).ljust(padded_length(len(plaintext), at_least), b"\0")


BLOB_STEP = 1 << 14  # bytes: the first step of large binary values
BLOB_STEPS_PER_DOUBLING = 32  # so that they grow by 3 % at most


def pad_blob(plaintext: bytes) -> bytes:
    """Pad a large binary value as `pad` does, to finer steps."""
    needed = len(plaintext) + len(_END)
    step = max(BLOB_STEP, (1 << needed.bit_length() - 1) // BLOB_STEPS_PER_DOUBLING)
    return b"".join((plaintext, _END, bytes(-needed % step)))


def unpad_blob(padded: bytes) -> memoryview:
    """What `pad_blob` padded, without copying it. Raises `SealBroken` for bytes that are not padded."""
    end = padded.rfind(_END)
    if end < 0 or padded.count(0, end) != len(padded) - end - 1:
        raise SealBroken("a sealed value is not padded as every sealed value is")
    return memoryview(padded)[:end]


def unpad(padded: bytes) -> bytes:
    """The plaintext that was padded. Raises `SealBroken` for bytes that are not padded."""
    plaintext = padded.rstrip(b"\0")
    if plaintext[-1:] != _END:
        raise SealBroken("a sealed value is not padded as every sealed value is")
    return plaintext[:-1]
