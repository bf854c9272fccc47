"""`prompts.wording`: the words of a question as a page showed them."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from prompts import wording

PERSON, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


@given(st.text(min_size=1), st.text(), st.uuids())
def test_what_was_signed_is_read(words: str, slug: str, person: uuid.UUID) -> None:
    signed = wording.sign(person, slug, words)

    assert wording.read(person, slug, signed) == words
    assert signed.isascii()


def test_a_page_without_a_question_sends_nothing() -> None:
    assert (wording.sign(PERSON, "at-the-door", ""), wording.read(PERSON, "at-the-door", "")) == ("", "")


def test_is_good_for_no_other_question_and_no_other_person() -> None:
    signed = wording.sign(PERSON, "at-the-door", "What was said?")

    assert wording.read(PERSON, "at-the-table", signed) == ""
    assert wording.read(OTHER, "at-the-door", signed) == ""


@given(st.text())
def test_what_nobody_signed_is_no_wording(text: str) -> None:
    assert wording.read(PERSON, "at-the-door", text) == ""


def test_other_words_under_the_same_signature_are_no_wording() -> None:
    signature = wording.sign(PERSON, "at-the-door", "What was said?").rpartition(":")[2]

    assert wording.read(PERSON, "at-the-door", f'"What was done?":{signature}') == ""
