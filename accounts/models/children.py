"""The children that a parent writes about, as they are kept with the parent: sealed, and without a table of their own."""

import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

NAME_LIMIT = 40  # characters
MOST = 12  # names offered while writing: they are a row of a few taps
MOST_KEPT = 60  # with former ones


class Age(models.TextChoices):
    """How old a child is, as coarsely as questions tell it apart."""

    BABY = "baby", _("Baby")
    SMALL = "small", _("Small child")
    SCHOOL = "school", _("School age")
    TEEN = "teen", _("Teenager")
    GROWN = "grown", _("Grown up")

    @classmethod
    def of(cls, born: int, year: int) -> set["Age"]:
        """The ages of a child of this year of birth during a year: two in the year in which they pass from one to the next."""
        reached = [years for years in (year - born - 1, year - born) if years >= 0]
        return {max((age for age in cls if _FROM[age] <= years), key=lambda age: _FROM[age]) for years in reached}


_FROM = {Age.BABY: 0, Age.SMALL: 2, Age.SCHOOL: 6, Age.TEEN: 13, Age.GROWN: 18}  # the birthday with which each begins


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
    """A parent's children in the order in which they were put. Sealed, since it names people who have no say in it.

    What changes them returns new ones, leaves them as they are where it was done before or names nobody, and raises a
    ValidationError where the list would break its rules. `accounts.people.change_children` stores the change.
    """

    SCHEMA: ClassVar[int] = 1

    rows: tuple[Child, ...] = ()

    @property
    def all(self) -> tuple[Child, ...]:
        return tuple(Child(*row) for row in self.rows)  # opened, they are plain tuples

    @property
    def current(self) -> tuple[Child, ...]:
        """Those that are offered while writing."""
        return tuple(child for child in self.all if not child.is_former)

    @property
    def former(self) -> tuple[Child, ...]:
        return tuple(child for child in self.all if child.is_former)

    def find(self, child_id: str) -> Child | None:
        return next((child for child in self.all if child.id == child_id), None)

    def known(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Those of these ids that are still known, in one order, however the children are put."""
        known = {child.id for child in self.all}
        return tuple(sorted(known.intersection(ids)))

    def names(self, ids: Iterable[str]) -> list[str]:
        """The names of those of these ids that are still known, in the order of the children."""
        wanted = set(ids)
        return [child.name for child in self.all if child.id in wanted]

    def ages(self, year: int) -> set[Age]:
        """The ages in a year of the present children whose year of birth is known."""
        return {age for child in self.current if child.born is not None for age in Age.of(child.born, year)}

    # --- Changes.

    def add(self, child: Child) -> "Children":
        """Add one under the id that its page made up; where a page that the browser went back to names another, under the next one."""
        if (known := self.find(child.id)) is not None:
            return self if known.name == child.name else self.add(child._replace(id=uuid.uuid5(uuid.UUID(known.id), "next").hex))
        self._check_name(child)
        self._check_room()
        if len(self.rows) >= MOST_KEPT:
            raise ValidationError(_("The list is full. Remove an old name first."), code="full")
        return Children((*self.all, child))

    def rename(self, child_id: str, name: str, born: int | None) -> "Children":
        child = self.find(child_id)
        if child is None:
            return self
        changed = child._replace(name=name, born=born)
        self._check_name(changed)
        return self._with(changed)

    def move(self, child_id: str, place: int) -> "Children":
        """Put one of the present children at this place among them, counted from 0."""
        current = [child for child in self.current if child.id != child_id]
        moved = self.find(child_id)
        if moved is None or moved.is_former:
            return self
        place = max(0, min(place, len(current)))
        return Children((*current[:place], moved, *current[place:], *self.former))

    def retire(self, child_id: str) -> "Children":
        """No longer offer this one while writing."""
        child = self.find(child_id)
        return self._with(child._replace(is_former=True)) if child else self

    def offer(self, child_id: str) -> "Children":
        """Offer a former one again."""
        child = self.find(child_id)
        if child is None or not child.is_former:
            return self
        self._check_room()
        return self._with(child._replace(is_former=False))

    def remove(self, child_id: str) -> "Children":
        return Children(tuple(child for child in self.all if child.id != child_id))

    def _with(self, changed: Child) -> "Children":
        return Children(tuple(changed if child.id == changed.id else child for child in self.all))

    def _check_name(self, named: Child) -> None:
        if any(_same_name(child.name, named.name) for child in self.all if child.id != named.id):
            raise ValidationError(_("This name is already on your list. Add something to tell the two apart."), code="twice")

    def _check_room(self) -> None:
        if len(self.current) >= MOST:
            raise ValidationError(_("There’s room for twelve names. Remove one first."), code="full")


def _same_name(one: str, other: str) -> bool:
    return unicodedata.normalize("NFKC", one).casefold() == unicodedata.normalize("NFKC", other).casefold()
