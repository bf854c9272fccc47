"""The languages whose inflections search knows: in which of them a text is written, and the stem of a word in each."""

from collections.abc import Iterable

import Stemmer

ENGLISH, SPANISH = "en", "es"
BOTH = (ENGLISH, SPANISH)

# The commonest words of each language that the other does not have, folded.
_COMMONEST = {
    ENGLISH: frozenset("the and was to of that it is my she with for you we this not but had were at they his her when what i".split()),
    SPANISH: frozenset("que de la el y en los se un una por con para mi su las del lo pero fue es muy cuando hoy ya esta al le".split()),
}
_EITHER = _COMMONEST[ENGLISH] | _COMMONEST[SPANISH]
MIXED = 4  # a text is in both where one of them has less than so many times as many of its commonest words in it as the other

_SHORTEST_ROOT = 3
_ACUTE = {"ia": "ía", "ias": "ías", "ian": "ían", "iamos": "íamos", "iais": "íais"}
_stemmers = {ENGLISH: Stemmer.Stemmer("english", 0), SPANISH: Stemmer.Stemmer("spanish", 0)}  # 0: they remember no word


def languages(words: Iterable[str]) -> tuple[str, ...]:
    """In which of them a text with these folded words is written: one, or both where it is mixed or cannot be told."""
    common = _EITHER.intersection(words)
    english, spanish = (len(_COMMONEST[language] & common) for language in BOTH)
    if english >= MIXED * spanish and english:
        return (ENGLISH,)
    if spanish >= MIXED * english and spanish:
        return (SPANISH,)
    return BOTH


def stem(word: str, language: str) -> str:
    """The stem of a folded word."""
    stemmed: str = _stemmers[language].stemWord(_accented(word) if language == SPANISH else word)
    return stemmed


def stems(words: list[str], language: str) -> list[str]:
    """The stems of folded words."""
    stemmed: list[str] = _stemmers[language].stemWords(list(map(_accented, words)) if language == SPANISH else words)
    return stemmed


def _accented(word: str) -> str:
    """The word with the accent without which the stemmer does not know the imperfect: comía, from comer."""
    for ending in ("ia", "ias", "ian", "iamos", "iais") if "ia" in word[-5:] else ():
        if word.endswith(ending):
            return word[: -len(ending)] + _ACUTE[ending]
    return word


def root(stem: str) -> str:
    """What all words begin with that are compared by this stem. They may end otherwise: those of "happi" and "hope" are happy, hoping."""
    return (stem[:-1] if len(stem) > _SHORTEST_ROOT or stem.endswith(("e", "i")) else stem).replace("í", "i")
