"""common.text: what can be kept of a text."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from common.text import block, one_line, repair


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
