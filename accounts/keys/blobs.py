"""`SealedBlob`: large binary values in a column, sealed as every other value is, without JSON around them.

class SearchIndex(models.Model):
    author = models.ForeignKey(...)
    data = SealedBlob(owner="author", label="journal.search_index.data")
"""

from dataclasses import dataclass
from typing import ClassVar

from accounts.keys.padding import pad_blob, unpad_blob
from accounts.keys.sealing import Payload, SealedField


@dataclass(frozen=True, slots=True, repr=False)
class Blob:
    """The payload of a `SealedBlob`."""

    SCHEMA: ClassVar[int] = 1

    data: bytes | memoryview

    def __repr__(self) -> str:
        return f"<blob, {len(self.data)} bytes>"


class SealedBlob(SealedField[Blob, Blob]):
    """A column that holds bytes sealed with the key of the row's owner; padded to 3 % at most."""

    def __init__(self, *, owner: str = "", label: str = "", version: str = "") -> None:
        super().__init__(owner=owner, label=label, version=version)  # type: ignore[call-arg]  # set below: in migrations there is none
        self.payload = Blob if label else None

    def _encoded(self, value: Payload) -> bytes:
        return pad_blob(bytes(value.data)) if isinstance(value, Blob) else super()._encoded(value)

    def _decoded(self, padded: bytes) -> Blob:
        return Blob(unpad_blob(padded))
