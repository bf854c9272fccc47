"""`accounts.models.children`: ages by years of birth, and a list whose changes can be repeated."""

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Age, Child, Children, Preferences, User

MIKA, JUNO, IDA = (
    Child(f"{number:032x}", name, born) for number, (name, born) in enumerate((("Mika", 2019), ("Juno", 2010), ("Ida", None)))
)
THREE = Children((MIKA, JUNO, IDA))


@pytest.mark.parametrize(
    ("born", "ages"),
    [
        (2026, {"baby"}),
        (2025, {"baby"}),
        (2024, {"baby", "small"}),  # two at their birthday
        (2023, {"small"}),
        (2020, {"small", "school"}),
        (2019, {"school"}),
        (2013, {"school", "teen"}),
        (2008, {"teen", "grown"}),
        (2007, {"grown"}),
        (1950, {"grown"}),
        (2027, set()),  # not born yet
    ],
)
def test_an_age_goes_by_the_year_and_two_where_it_passes_into_the_next(born: int, ages: set[str]) -> None:
    assert Age.of(born, 2026) == ages


@given(born=st.integers(1900, 2026))
def test_ages_move_on_by_themselves_and_never_back(born: int) -> None:
    order = list(Age)
    lived = [sorted(order.index(age) for age in Age.of(born, year)) for year in range(born, born + 30)]
    assert lived[0] == [0]
    assert lived[-1] == [4]
    assert all(after in (before, [*before, before[-1] + 1], before[-1:]) for before, after in pairwise(lived))


def test_what_is_asked_goes_by_what_was_chosen_and_the_years_of_present_children() -> None:
    parent = User(sealed_preferences=Preferences(ages=("baby",)))
    night = dt.date(2026, 3, 1)
    assert parent.ages(night) == ("baby",)

    parent.sealed_children = THREE
    assert parent.ages(night) == ("baby", "school", "teen")
    assert parent.ages(night) == parent.ages(dt.date(2026, 12, 31))
    assert parent.ages(dt.date(2032, 1, 1)) == ("baby", "school", "teen", "grown")

    parent.sealed_children = THREE.retire(JUNO.id)
    assert parent.ages(night) == ("baby", "school")


def test_every_change_can_be_repeated_and_leaves_strangers_alone() -> None:
    changes: list[Callable[[Children], Children]] = [
        lambda rows: rows.add(Child("f" * 32, "Nils")),
        lambda rows: rows.rename(MIKA.id, "M.", 2018),
        lambda rows: rows.move(IDA.id, 0),
        lambda rows: rows.retire(JUNO.id),
        lambda rows: rows.retire(JUNO.id).offer(JUNO.id),
        lambda rows: rows.remove(JUNO.id),
        lambda rows: rows.move(MIKA.id, 10**9),
    ]
    for change in changes:
        assert change(change(THREE)) == change(THREE)
    unknown = "e" * 32
    for unchanged in (
        THREE.rename(unknown, "X", None),
        THREE.move(unknown, 0),
        THREE.retire(unknown),
        THREE.offer(unknown),
        THREE.remove(unknown),
    ):
        assert unchanged == THREE


def test_names_are_told_apart() -> None:
    for name in ("mika", "MIKA", "\uff2dika"):  # the last as full-width letters write it
        with pytest.raises(ValidationError):
            THREE.retire(MIKA.id).add(Child("f" * 32, name))
    assert THREE.rename(MIKA.id, "mika", 2019).names([MIKA.id]) == ["mika"]


def test_a_list_has_an_end() -> None:
    rows = Children()
    for number in range(60):
        rows = rows.add(Child(f"{number:032x}", f"Child {number}")).retire(f"{number:032x}")
    with pytest.raises(ValidationError):
        rows.add(Child("f" * 32, "One more"))


def test_ids_are_given_in_one_order_and_names_in_that_of_the_list() -> None:
    moved = THREE.move(IDA.id, 0)
    ids = [JUNO.id, "e" * 32, IDA.id, IDA.id]
    assert moved.known(ids) == THREE.known(reversed(ids)) == (JUNO.id, IDA.id)
    assert moved.names(ids) == ["Ida", "Juno"]
