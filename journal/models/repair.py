"""Repairs: entries that tell of a rupture between a parent and a child."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.keys.sealing import SealedField
from journal.models.entry import Entry


@dataclass(frozen=True, slots=True)
class RepairContent:
    """What Tonight needs to know of an open repair: nights in ISO 8601, or "".

    `opened`: when it was written down as open or, later, opened again. `put_off`: when its author last answered *Not now*.
    """

    SCHEMA: ClassVar[int] = 1

    opened: str = ""
    put_off: str = ""


class Repair(models.Model):
    """Says that an entry tells of a rupture, and whether that is still open, so that Tonight finds the open ones.

    What became of it is sealed, in the entry's summary. Both change together, under the lock of the entry's row: journal/repairs.py.
    """

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True, related_name="repair")
    # Found by the index below, which begins with it.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="repairs", db_index=False)
    is_open = models.BooleanField(default=True)
    content = SealedField(payload=RepairContent, owner="author", label="journal.repair.content")

    class Meta:
        indexes = [models.Index(fields=["author", "is_open"], name="journal_repair_of_author")]

    def __str__(self) -> str:
        return str(self.entry_id)
