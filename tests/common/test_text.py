"""common.text: what can be kept of a text, and what is compared is compared in one form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import block, fold, one_line, repair


@given(text=st.text())
def test_what_is_repaired_holds_no_control_character_but_tab_and_line_end(text: str) -> None:
    repaired = repair(text)

    assert {letter for letter in repaired if unicodedata.category(letter) == "Cc"} <= {"\t", "\n"}
    assert repair(repaired) == repaired


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\t\n")))
def test_everything_else_stays(text: str) -> None:
    assert repair(text) == text


def test_what_ends_a_line_or_a_page_breaks_the_line() -> None:
    assert repair("one\r\ntwo\rthree\vfour\ffive\x85six") == "one\ntwo\nthree\nfour\nfive\nsix"


def test_the_other_normal_forms_are_repaired_too() -> None:
    assert one_line(" a\0b \f c\x1b ") == "ab c"
    assert block("\x07 a\0\r\nb ") == "a\nb"


@pytest.mark.parametrize(
    "written",
    ["Zoë Müller", "ZOE MULLER", "Zoe\u0308 Mu\u0308ller", "zoë\u00a0 müller", "Ｚｏë Müller", "Zo\u200bë Mül\u00adler", " zoë\nmüller "],
)
def test_one_name_in_many_spellings_is_one(written: str) -> None:
    assert fold(written) == "zoe muller"


def test_names_that_differ_stay_apart() -> None:
    assert len({fold(name) for name in ("कि", "की", "Straße", "Strasze", "Ann", "Anna", "An na")}) == 7


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
