"""`journal.messages.letter`: what a weekly letter says, and that nothing else can come into it."""

import datetime as dt
from collections.abc import Sequence
from typing import get_type_hints

import pytest
from bs4 import BeautifulSoup
from django.utils import translation

from common.rendering.mails import Mail
from journal.messages import letter
from journal.messages.letter import Evening, Links
from prompts.library.letters import Letter, read
from tests.helpers import DAY, TONIGHT
from tests.mails import check, opening_of

LINKS = Links(
    "https://example.org/tonight/", "https://example.org/accounts/reminders/", "https://example.org/stop/", "https://example.org/help/"
)
LONG_AGO = TONIGHT - 1000 * DAY  # TONIGHT is a Sunday
SOME = {TONIGHT, TONIGHT - 2 * DAY, TONIGHT - 6 * DAY, TONIGHT - 7 * DAY, TONIGHT + DAY}


def in_words(written: set[dt.date], language: str = "en", since: dt.date = LONG_AGO) -> str:
    with translation.override(language):
        return letter.content(read(language)[0], letter.week(TONIGHT, written, since)).in_words


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_of_the_library_is_composed(language: str) -> None:
    letters = read(language)
    assert len(letters) == 52
    for each in letters:
        mail = letter.compose(each, letter.week(TONIGHT, SOME, LONG_AGO), LINKS, language)

        check(mail.text, mail.html)
        assert mail.subject.endswith(f": {each.title}")
        for words in (each.title, *each.paragraphs, each.question):
            assert words in mail.text
        assert opening_of(mail.html) == each.paragraphs[0]


def test_the_week_is_seven_evenings_and_those_before_the_first_are_left_out() -> None:
    whole = letter.week(TONIGHT, SOME, LONG_AGO)

    assert [evening.night for evening in whole] == [TONIGHT - days * DAY for days in (6, 5, 4, 3, 2, 1, 0)]
    assert [evening.is_lit for evening in whole] == [True, False, False, False, True, False, True]
    assert letter.week(TONIGHT, SOME, TONIGHT - DAY) == whole[-2:]
    assert letter.week(TONIGHT, SOME, TONIGHT + DAY) == ()


def test_the_windows_are_said_in_words() -> None:
    assert in_words(SOME) == "Lit on Monday, Friday and Sunday, dark otherwise."
    assert in_words(SOME, "es") == "Con luz: lunes, viernes y domingo. El resto, a oscuras."
    assert in_words({TONIGHT}, since=TONIGHT) == "Lit on Sunday."
    assert in_words({TONIGHT}, "es", since=TONIGHT) == "Con luz: domingo."
    assert in_words(set()) == "The windows were dark this week. Some weeks they are."
    assert in_words(set(), since=TONIGHT + DAY) == ""


def test_the_windows_are_drawn_with_their_weekdays_and_hidden_from_who_hears_the_words() -> None:
    mail = letter.compose(read()[0], letter.week(TONIGHT, SOME, TONIGHT - 3 * DAY), LINKS, "en")

    [drawing] = BeautifulSoup(mail.html, "html.parser").select("table[aria-hidden=true]")
    assert drawing.get_text(" ", strip=True) == "Thu Fri Sat Sun"
    windows = drawing.select(":scope > tr:first-child > td")
    assert ["mail-lit" in str(window) for window in windows] == [False, True, False, True]


def test_who_came_today_gets_no_windows() -> None:
    mail = letter.compose(read()[0], (), LINKS, "en")

    check(mail.text, mail.html)
    assert "window" not in mail.text


def test_over_a_dark_week_nothing_says_what_would_have_lit_it() -> None:
    for written, is_said in ((SOME, True), (set[dt.date](), False)):
        mail = letter.compose(read()[0], letter.week(TONIGHT, written, LONG_AGO), LINKS, "en")

        check(mail.text, mail.html)
        assert ("you wrote something" in mail.text) == is_said


def test_nothing_is_counted() -> None:
    for written in (set(), {TONIGHT}, SOME):
        text = letter.compose(read()[0], letter.week(TONIGHT, written, LONG_AGO), LINKS, "en").text
        assert not any(character.isdigit() for character in text)
        assert "only" not in text


def test_a_letter_that_is_not_translated_says_in_which_language_it_is() -> None:
    mail = letter.compose(read("en")[0], (), LINKS, "es")

    page = BeautifulSoup(mail.html, "html.parser")
    assert [node.get_text(strip=True)[:11] for node in page.select("body [lang=en]")] == ["Ten minutes", "What would "]
    assert "Una pregunta para la semana" in mail.text
    assert not BeautifulSoup(letter.compose(read("en")[0], (), LINKS, "en").html, "html.parser").select("body [lang]")


def test_is_in_the_readers_language_whatever_the_active_one() -> None:
    with translation.override("es"):
        mail = letter.compose(read("en")[0], letter.week(TONIGHT, SOME, LONG_AGO), LINKS, "en")

    assert "Lit on Monday" in mail.text
    assert ">Mon<" in mail.html


def test_by_its_types_nothing_of_a_person_can_come_into_it() -> None:
    """What a name, an answer, a question of the night or a word written would have to come in by, is not there."""
    assert get_type_hints(letter.compose) == {
        "letter": Letter,
        "evenings": Sequence[Evening],
        "links": Links,
        "language": str,
        "return": Mail,
    }
    assert get_type_hints(Evening) == {"night": dt.date, "is_lit": bool}
    assert get_type_hints(Links) == {"tonight": str, "reminders": str, "stop": str, "help": str}
