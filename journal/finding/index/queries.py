"""What somebody searches for: their words, taken apart once, and compared with the words of a text.

Nothing that is typed is an error: signs that mean nothing here are left out, and every word is only ever a word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from journal.finding.index.languages import BOTH, root, stem
from journal.finding.index.words import words as words_of

MAX_LENGTH = 500  # characters
MAX_TERMS = 24

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PART = re.compile(r'(?<!\S)(-?)"([^"]+)"(\*?)|(\S+)')
_SHORTEST_BEGINNING = 2  # letters: one letter begins too many words to be of use


@dataclass(frozen=True)
class Term:
    """One word, or several in a row. `is_exact`: as written, without other inflections. `is_beginning`: the last word may go on."""

    words: tuple[str, ...]
    is_exact: bool
    is_beginning: bool

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """A text in which this matches has a word that begins with one of these."""
        return frozenset([self.words[0], *map(root, self.stems.values())])

    @cached_property
    def stems(self) -> dict[str, str]:
        """By language, the stem that other inflections of the word share; empty where there are none to be found."""
        [*before, word] = self.words
        if self.is_exact or before or len(word) < 2 or not word.isalpha():
            return {}
        return {language: stem(word, language) for language in BOTH}


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that all have to match, and terms none of which may. `problem`: why there is none, in a sentence."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.wanted and not self.unwanted


def read(typed: str, *, is_typing: bool = False) -> Query:
    """What was typed: words, "words in a row", the begin* of a word, and each of these with a - before it for what is not wanted.

    While `is_typing`, the last word may be the beginning of one.
    """
    if len(typed) > MAX_LENGTH:
        return Query(problem=_("That’s too long to search for. Try a few words of it."))
    wanted, unwanted = list[Term](), list[Term]()
    typed = typed.translate(_QUOTES)
    for part in _PART.finditer(typed):
        is_unwanted, term = _term(part)
        if term is not None and is_typing and part.end() == len(typed) and part[4] and not is_unwanted:
            term = Term(term.words, term.is_exact, _may_go_on(term.words))
        if term is not None:
            (unwanted if is_unwanted else wanted).append(term)
    if len(wanted) + len(unwanted) > MAX_TERMS:
        return Query(problem=_("That’s too many words to search for. Try a few of them."))
    if typed.strip() and not wanted and not unwanted:
        return Query(problem=_("There’s no word in that to search for."))
    return Query(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def _term(part: re.Match[str]) -> tuple[bool, Term | None]:
    """Whether it is unwanted, and the term; None where there is no word in it."""
    minus, quoted, star, bare = part.groups()
    if quoted is not None:
        words = tuple(words_of(quoted))
        return bool(minus), Term(words, True, bool(star) and _may_go_on(words)) if words else None
    words = tuple(words_of(bare))
    return bare.startswith("-"), Term(words, False, bare.rstrip('"').endswith("*") and _may_go_on(words)) if words else None


def _may_go_on(words: Sequence[str]) -> bool:
    return bool(words) and (len(words) > 1 or len(words[0]) >= _SHORTEST_BEGINNING or not words[0].isascii())
