"""Normal forms of what people type: for storing, sorting and searching."""

import re
import unicodedata

from django.utils.text import normalize_newlines

# The same rule as in static/js/fields.js. A vertical tab, a form feed and NEL break a line, or a page of a PDF.
_BREAKS = re.compile("[\v\f\x85]")
_CONTROLS = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def repair(text: str) -> str:
    """The text without control characters, which no page shows and no database has to keep, and with line ends as "\\n"."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", normalize_newlines(text)))


def one_line(text: str) -> str:
    """The text on one line, with single spaces."""
    return " ".join(repair(text).split())


def block(text: str) -> str:
    """The text with line ends as "\\n", and without white space around it."""
    return repair(text).strip()


def fold(text: str) -> str:
    """The text without accents, case, invisible characters and repeated spaces: for searching, sorting and comparing.

    Alike on every database, and for each way in which a keyboard may write the same letters.
    """
    if text.isascii():
        return one_line(text.lower())
    # Decomposed before and after: a letter may have its case folded only then, and come out composed.
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return one_line("".join(letter for letter in letters if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"))


def common_length(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning on. Looks at whole slices, so that long texts take no loop."""
    same, different = 0, min(len(one), len(other)) + 1
    while different - same > 1:
        middle = (same + different) // 2
        if one.startswith(other[:middle]):
            same = middle
        else:
            different = middle
    return same
