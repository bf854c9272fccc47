"""Which part of a journal is taken away: everything, a span of nights, or pages chosen one by one."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from accounts.models import User
from common.values import Values
from journal.models import Entry, EntryQuerySet


@dataclass(frozen=True, slots=True)
class Choice:
    """All empty: everything. `first` and `last` are nights, both included; `entries`, ids, stand for themselves."""

    first: dt.date | None = None
    last: dt.date | None = None
    entries: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        return not (self.first or self.last or self.entries)

    def to_values(self) -> Values:
        """As JSON holds it, and a job's request."""
        return {
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "entries": list(self.entries),
        }

    @classmethod
    def from_values(cls, values: Values) -> Self:
        """What `to_values` gave."""
        first, last = (dt.date.fromisoformat(night) if (night := values.get(name)) else None for name in ("first", "last"))
        return cls(first, last, tuple(values.get("entries") or ()))


def chosen(author: User, choice: Choice) -> EntryQuerySet:
    """The author's pages of this choice that are not deleted, oldest first."""
    entries = Entry.objects.by(author).not_deleted()
    if choice.entries:
        entries = entries.filter(pk__in=choice.entries)
    if choice.first:
        entries = entries.filter(night__gte=choice.first)
    if choice.last:
        entries = entries.filter(night__lte=choice.last)
    return entries.order_by("night", "pk")
