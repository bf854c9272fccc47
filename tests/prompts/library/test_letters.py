"""`prompts.library.letters`: the weekly letters in each language, and a file with a fault is refused."""

from pathlib import Path

import pytest

from prompts.library import letters
from prompts.library.files import LibraryError

ENGLISH = """
[[letter]]
number = 1
title = "A towel"
text = \"\"\"
It lies
on the floor.

You step over it.
\"\"\"
question = "What lies on your floor?"

[[letter]]
number = 2
title = "A pot"
text = "It is hot."
question = "What is hot?"
"""
FRENCH = """
[[letter]]
number = 2
title = "Une casserole"
text = "Elle est chaude."
question = "Qu’est-ce qui est chaud ?"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, text in (("en", ENGLISH), ("fr", FRENCH)):
        (tmp_path / language).mkdir()
        (tmp_path / language / "letters.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_year_of_letters_ships_in_english_and_spanish() -> None:
    english, spanish = letters.read(), letters.read("es")

    assert [letter.number for letter in english] == [letter.number for letter in spanish] == list(range(1, 53))
    assert {letter.language for letter in english} == {"en"}
    assert {letter.language for letter in spanish} == {"es"}
    for letter, other in zip(english, spanish, strict=True):
        assert len(letter.paragraphs) == len(other.paragraphs)
        assert not {letter.title, *letter.paragraphs, letter.question} & {other.title, *other.paragraphs, other.question}
        assert other.question.count("¿") == 1


def test_an_empty_line_ends_a_paragraph(folder: Path) -> None:
    towel, pot = letters.read(library=folder)

    assert towel.paragraphs == ("It lies on the floor.", "You step over it.")
    assert pot.paragraphs == ("It is hot.",)


def test_a_letter_that_a_language_lacks_is_in_english(folder: Path) -> None:
    assert [(letter.number, letter.title, letter.language) for letter in letters.read("fr", folder)] == [
        (1, "A towel", "en"),
        (2, "Une casserole", "fr"),
    ]
    assert letters.read("xx", folder) == letters.read("en", folder)


@pytest.mark.parametrize(
    ("original", "replacement", "message"),
    [
        ("number = 2", "number = 1", "numbered from 1, in their order, each number once"),
        ("number = 2", "number = 3", "numbered from 1, in their order, each number once"),
        ("number = 2", 'number = "2"', "each letter has a number, a title, a text and a question"),
        ("number = 2", "number = true", "each letter has a number, a title, a text and a question"),
        ("number = 2\n", "", "each letter has a number, a title, a text and a question"),
        ('text = "It is hot."', "text = 5", "each letter has a number, a title, a text and a question"),
        ('text = "It is hot."\n', "", "each letter has a number, a title, a text and a question"),
        ('title = "A pot"', "title = 5", "each letter has a number, a title, a text and a question"),
        ('title = "A pot"\n', "", "each letter has a number, a title, a text and a question"),
        ('title = "A pot"', 'title = "A pot"\nlid = "no"', "has unknown fields: lid"),
        ('title = "A pot"', 'title = "A pot"\nlanguage = "fr"', "has unknown fields: language"),
        ('question = "What is hot?"', "question = [", "Invalid value"),
        (ENGLISH, "", "holds nothing; only [[letter]] is known"),
    ],
)
def test_a_fault_is_named(folder: Path, original: str, replacement: str, message: str) -> None:
    assert ENGLISH.count(original) == 1
    (folder / "en" / "letters.toml").write_text(ENGLISH.replace(original, replacement), encoding="utf-8")

    with pytest.raises(LibraryError, match=r"^letters\.toml: ") as raised:
        letters.read(library=folder)

    assert message in str(raised.value)


def test_a_letter_that_english_does_not_have_is_named(folder: Path) -> None:
    (folder / "fr" / "letters.toml").write_text(FRENCH.replace("number = 2", "number = 3"), encoding="utf-8")

    with pytest.raises(LibraryError, match=r"^letters\.toml: there is no letter 3 in English$"):
        letters.read("fr", folder)
