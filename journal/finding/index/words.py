"""The words of a text, as search compares them: without accents and case, and where in the text each of them stands.

Words of scripts that put no spaces between them (Chinese, Japanese, Korean, Thai …) are taken apart: each of their signs is a word
of its own, and so is each pictograph. What is searched for in them is found as these signs in a row.
"""

import re
import unicodedata
from typing import NamedTuple

from common.text import fold

# Signs that belong to the letter before them, and invisible ones within words.
JOINED = "\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0903\u093a-\u094f\u0962\u0963\u0980-\u0dff\u200b-\u200d\u2060"
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
PICTOGRAPHS = "\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001f3fa\U0001f400-\U0001faff"

# Letters and digits; the underscores among them part words. "Mara’s" is a run of its own, and its word "mara".
RUN = re.compile(rf"[\w{JOINED}]+(?:['’ʼ][sS]\b)?|[{PICTOGRAPHS}]")
_POSSESSIVE = re.compile(r"['’ʼ][sS]\Z")
_WORD = re.compile(rf"[{UNSPACED}{PICTOGRAPHS}]|(?:(?![_{UNSPACED}])[\w{JOINED}])+")


LONGEST = 8_000  # characters of a word: what follows in a longer one is not compared


def _words_of(run: str) -> list[str]:
    if run.isascii() and run.isalnum():
        return [run.lower()[:LONGEST]]
    folded = unicodedata.normalize("NFC", fold(_POSSESSIVE.sub("", run)))  # signs of Korean stay whole
    return [word[:LONGEST] for word in _WORD.findall(folded)]


class Folded(dict[str, str]):
    """The words of each run of letters, with spaces between them. It is kept for as long as texts are gone through, and no longer:
    it holds words that somebody wrote.
    """

    def __missing__(self, run: str) -> str:
        words = self[run] = " ".join(_words_of(run))
        return words


# --- Texts of European languages, which are most: their signs are folded one by one, several times as fast as runs.

_IN_A_RUN = re.compile(rf"[\w{JOINED}{PICTOGRAPHS}ʼ]")
_FOLDED_SIGNS = [" ".join(_words_of(chr(sign))) or " " for sign in range(256)]
_NOT_ONE_FOR_ONE = bytes(sign for sign, word in enumerate(_FOLDED_SIGNS) if len(word) != 1 or word > "\xff") + b"\xad"
_SIGNS = bytes(ord("'") if sign == ord("'") else ord(word[0]) & 0xFF for sign, word in enumerate(_FOLDED_SIGNS))
_POSSESSIVES = re.compile(r"'s(?<=[^ ']'s)(?![^ '])")  # it begins with what is rare, and so passes over the rest quickly


def aligned(text: str) -> str | None:
    """The text sign by sign: each letter folded, a space for what parts words, and the apostrophes. None where it has letters that
    are not folded one for one.
    """
    if "’" in text:
        text = text.replace("’", "'")
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        if any(map(_IN_A_RUN.match, {sign for sign in text if sign > "\xff"})):
            return None
        raw = text.encode("latin-1", "replace")  # by a question mark, which parts words as these do
    if len(raw.translate(None, _NOT_ONE_FOR_ONE)) != len(raw):
        return None
    return raw.translate(_SIGNS).decode("latin-1")


def folded(text: str, known: Folded | None = None) -> str:
    """All words of the text in order, with single spaces."""
    signs = aligned(text) if len(text) <= LONGEST else None
    if signs is None:
        return " ".join(filter(None, map((Folded() if known is None else known).__getitem__, RUN.findall(text))))
    if "'" in signs:
        signs = _POSSESSIVES.sub("", signs).replace("'", " ")
    return " ".join(signs.split())


def words(text: str, known: Folded | None = None) -> list[str]:
    """All words of the text in order."""
    return folded(text, known).split()


class Place(NamedTuple):
    """Where a word stands in a text."""

    word: str
    start: int
    end: int


_ALIGNED_WORD = re.compile(r"([^ ']+)(?:'s(?![^ ']))?")


def places(text: str) -> list[Place]:
    """The words of `words`, with their places."""
    signs = aligned(text) if len(text) <= LONGEST else None
    if signs is not None:
        return [Place(word[1], word.start(), word.end()) for word in _ALIGNED_WORD.finditer(signs)]
    found, known = list[Place](), Folded()
    for run in RUN.finditer(text):
        in_run = known[run[0]].split()
        if len(in_run) == 1:
            found.append(Place(in_run[0], run.start(), run.end()))
        elif in_run:
            found += _in_parts(run, in_run)
    return found


def _in_parts(run: re.Match[str], in_run: list[str]) -> list[Place]:
    """The places of the words of a run that has several; the whole run for each where its signs one by one are other words."""
    parts = [
        Place(word, run.start() + part.start(), run.start() + part.end()) for part in _WORD.finditer(run[0]) for word in _words_of(part[0])
    ]
    return parts if [place.word for place in parts] == in_run else [Place(word, run.start(), run.end()) for word in in_run]
