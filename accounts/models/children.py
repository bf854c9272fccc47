"""The children that a parent writes about, as they are kept with the parent: sealed, and without a table of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple


class Child(NamedTuple):
    """`id`: 32 hexadecimal digits, as summaries of entries hold it. `name`: a nickname or initials. `born`: the year, if it was given.

    `is_former`: no longer offered while writing; pages about them still say so.
    """

    id: str
    name: str
    born: int | None = None
    is_former: bool = False


@dataclass(frozen=True, slots=True)
class Children:
    """A parent's children in the order in which they were put. Sealed, since it names people who have no say in it."""

    SCHEMA: ClassVar[int] = 1

    rows: tuple[Child, ...] = ()

    @property
    def all(self) -> tuple[Child, ...]:
        return tuple(Child(*row) for row in self.rows)  # opened, they are plain tuples

    @property
    def current(self) -> tuple[Child, ...]:
        """Those that are offered while writing."""
        return tuple(child for child in self.all if not child.is_former)

    def names(self, ids: Iterable[str]) -> list[str]:
        """The names of those of these ids that are still known, in the order of the children."""
        wanted = set(ids)
        return [child.name for child in self.all if child.id in wanted]
