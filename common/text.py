"""Normal forms of what people type: for storing, sorting and searching."""

import unicodedata

from django.utils.text import normalize_newlines


def one_line(text: str) -> str:
    """The text on one line, with single spaces."""
    return " ".join(text.split())


def block(text: str) -> str:
    """The text with line ends as "\\n", and without white space around it."""
    return normalize_newlines(text).strip()


def fold(text: str) -> str:
    """The text without accents and case: for searching and sorting, alike on every database."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
