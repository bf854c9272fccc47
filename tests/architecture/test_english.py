"""One English: American spelling, words that both sides of the ocean understand, and no turn of phrase that nobody would say aloud.

It reads what a person reads: every message of the interface, our words for those of allauth and Django, and the English files of the
library. A sentence that breaks a rule is written anew; a word that is missing here is added.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
LOCALE, LIBRARY = ROOT / "locale", ROOT / "prompts" / "library" / "data" / "en"
BRITISH = (
    r"(?:colour|favour|behaviour|neighbour|honour|humour|labour|flavour|harbour|rumour|endeavour)\w*",
    r"(?:organ|real|recogn|apolog|critic|memor|minim|emphas|summar|special|civil|sympath)is(?:es?|ed|ing|ation)",
    r"(?:cent|theat|fib|lit|met)res?",
    r"(?:travel|cancel|label|quarrel|counsel|level|model|signal|marvel)l(?:ed|ing|ors?|ers?|ous)",
    r"(?:fulfil|enrol|instil)(?:s|ment)?|skilful\w*|wilful\w*",
    r"mums?|mumm(?:y|ies)|whilst|amongst|towards|learnt|spelt|spoilt|dreamt|leapt",
    r"grey\w*|pyjamas|plough\w*|cheques?|kerbs?|tyres?|scept\w+|mouldy?|storeys?|jeweller\w*|programmes?|practis(?:es?|ed|ing)|licences?",
)
# Another word, or none, on the other side: a diaper and a crib are known on both, a nappy and a cot are not.
ONE_SIDE = (
    r"napp(?:y|ies)|prams?|pushchairs?|cots?|fortnight\w*|queu\w+|tell(?:y|ies)|biscuits?|jumpers?|crisps|pavements?",
    r"(?:a|the|our|your|their|my|this|that) flats?(?=[.,;:?]|$)|flatmates?|(?:in|take|took|taking) the lift|bank holidays?|nurser(?:y|ies)",
)
NOT_SAID = (r"whom|had better not|whoever runs (?:it|this|the)",)
# On a page of the site we do it, or you, or your counselor.
INTERFACE_ONLY = (
    r"by itself|by themselves|it stands|stands (?:below|nowhere)",
    r"is asked|no longer good|take(?:n|s)? (?:it )?in|e-mails?",
)


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w’-])(?:{'|'.join(patterns)})(?![\w-])", re.IGNORECASE)


EVERYWHERE, INTERFACE = _words(*BRITISH, *ONE_SIDE, *NOT_SAID), _words(*INTERFACE_ONLY)


def _messages() -> Iterator[str]:
    for entry in polib.pofile(str(LOCALE / "es" / "LC_MESSAGES" / "django.po")):
        yield from (entry.msgid, entry.msgid_plural)
    for entry in polib.pofile(str(LOCALE / "libraries" / "en" / "LC_MESSAGES" / "django.po")):
        yield from (entry.msgstr, *entry.msgstr_plural.values())


def _texts(value: object) -> Iterator[str]:
    """What is said in a file of the library: every value but the slugs."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case dict():
            for key, each in value.items():
                if key != "slug":
                    yield from _texts(each)


def _library() -> Iterator[tuple[str, str]]:
    for path in sorted(LIBRARY.rglob("*.toml")):
        for text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield path.name, text


@pytest.mark.parametrize(
    "text",
    [
        "Their favourite colour",
        "I realised it later.",
        "a programme for counsellors",
        "Whilst you queue",
        "in our flat.",
        "Who had the nappy bag?",
        "Ask whoever runs this site.",
        "somebody who had better not see",
        "Whom do you trust?",
    ],
)
def test_what_is_said_on_one_side_or_nowhere_is_found(text: str) -> None:
    assert EVERYWHERE.search(text)


@pytest.mark.parametrize(
    "text", ["It opens by itself.", "It stands below.", "Nothing is asked.", "This link is no longer good.", "Your e-mail"]
)
def test_what_a_page_would_not_say_is_found(text: str) -> None:
    assert INTERFACE.search(text)


@pytest.mark.parametrize(
    "text", ["Exercise and promise", "the flat “whatever”", "Lift your hand", "You were asked this before.", "a color you like"]
)
def test_what_anybody_says_is_not_found(text: str) -> None:
    assert not EVERYWHERE.search(text)
    assert not INTERFACE.search(text)


def test_the_interface_is_in_one_english() -> None:
    found = {f"{match.group()!r} in: {text}" for text in _messages() for rule in (EVERYWHERE, INTERFACE) if (match := rule.search(text))}

    assert not found, "\n".join(sorted(found))


def test_the_library_is_in_one_english() -> None:
    found = [f"{place}: {match.group()!r} in: {text[:120]}" for place, text in _library() if (match := EVERYWHERE.search(text))]

    assert not found, "\n".join(found)
