"""What a list of entries can be narrowed to, besides words."""

import datetime as dt
import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """An empty field matches everything. Of several values of one field any may match; the fields have to match together.

    `themes`: slugs. `children`: ids. `feelings`: values of `Feeling`. `first` and `last`: nights, both included. `repairs`: values
    of `RepairState`. `path`: its slug. `assignment`: a counselor's set as it was given.
    """

    themes: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    feelings: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    repairs: tuple[str, ...] = ()
    path: str = ""
    assignment: uuid.UUID | None = None

    @property
    def narrows(self) -> bool:
        """Whether any is set."""
        return self != _EVERYTHING


_EVERYTHING = Filters()
