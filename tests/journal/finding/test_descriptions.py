"""What a list was narrowed to, in words."""

import datetime as dt
import uuid
from itertools import pairwise, product
from typing import Any

import pytest
from django.utils import translation
from django.utils.html import strip_tags

from journal.finding.descriptions import Names, describe
from journal.finding.filters import Filters
from journal.models import RepairState

ZONE = "Europe/Stockholm"
SET = uuid.UUID(int=7)
NAMES = Names(
    children={"a": "Mika", "b": "Olga", "c": "<i>"},
    themes={"repair": "Repair", "calm": "Calm words"},
    paths={"mending": "Mending, step by step"},
    assignments={SET.hex: "First weeks"},
)
SPRING: dict[str, Any] = {"first": dt.date(2026, 3, 1), "last": dt.date(2026, 5, 31)}


def said(language: str = "en", **filters: Any) -> str:
    with translation.override(language):
        return strip_tags(describe(Filters(**filters), NAMES, ZONE))


def test_says_the_example() -> None:
    assert said(feelings=("heavy",), children=("a",), **SPRING) == "Heavy nights about Mika, spring 2026"
    assert said() == ""


def test_says_each_alone() -> None:
    assert said(feelings=("heavy", "stormy")) == "Stormy or heavy nights"
    assert said(children=("a", "b")) == "Pages about Mika or Olga"
    assert said(themes=("repair", "calm")) == "Pages on “Repair” or “Calm words”"
    assert said(repairs=("open", "mended")) == "Pages with a repair that is open or mended"
    assert said(repairs=tuple(RepairState.values)) == "Pages with a repair"
    assert said(path="mending") == "Pages from the path “Mending, step by step”"
    assert said(assignment=SET) == "Pages from the set “First weeks”"
    assert said(themes=("repair",), path="mending") == "Pages on “Repair”, from the path “Mending, step by step”"
    assert said(**SPRING) == "Spring 2026"
    assert said(first=dt.date(2026, 5, 1)).startswith("From 1 May")


def test_what_was_typed_is_escaped_and_runs_in_its_own_direction() -> None:
    assert describe(Filters(children=("c",)), NAMES, ZONE) == "Pages about <bdi>&lt;i&gt;</bdi>"


def test_says_each_alone_in_spanish() -> None:
    assert said("es", feelings=("heavy",), children=("a",), **SPRING) == "Noches pesadas sobre Mika, primavera de 2026"
    assert said("es", children=("a", "b")) == "Páginas sobre Mika u Olga"
    assert said("es", repairs=tuple(RepairState.values)) == "Páginas con una reparación"


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_combination_is_one_sentence(language: str) -> None:
    """With one value and with several of each kind: begun with a capital letter, no word left to fill in, none twice in a row."""
    kinds: tuple[tuple[Any, ...], ...] = (
        ((), ("light",), ("even", "light", "bright")),
        ((), ("b",), ("a", "b")),
        ((), ("repair",)),
        ((), ("open",), tuple(RepairState.values)),
        ("", "mending"),
        (None, SET),
        (None, dt.date(2026, 1, 1)),
    )
    for feelings, children, themes, repairs, path, assignment, first in product(*kinds):
        filters = Filters(themes, children, feelings, first, None, repairs, path, assignment)
        with translation.override(language):
            sentence = strip_tags(describe(filters, NAMES, ZONE))
        words = sentence.split()

        assert bool(sentence) == filters.narrows
        assert sentence[:1] == sentence[:1].upper()
        assert not [gap for gap in ("{", "%", "  ", ",,", " ,") if gap in sentence]
        assert all(one != other for one, other in pairwise(words))
