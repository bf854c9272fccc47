"""What a program can hear in the Spanish prompts: see docs/questions.md.

One child stays one child, the parent is *tú*, parents are mothers and fathers, and words are understood on both sides of the ocean.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from accounts.models import Age
from prompts.library.prompts import PromptText
from prompts.library.translations import PromptTranslation

LANGUAGE = "es"

SEVERAL_IN_ENGLISH = re.compile(
    r"\b(?:\w*children|kids|siblings?|brothers?|sisters?|sons|daughters|babies|twins|little ones|grandkids)(?:’s?)?\b", re.IGNORECASE
)
SEVERAL_IN_SPANISH = re.compile(
    r"\b(?:tus|los|las|nuestr[oa]s|mis|sus)\s+(?:hij[oa]s|niet[oa]s|niñ[oa]s|peques|bebés|criaturas|adolescentes)\b",
    re.IGNORECASE,
)
# Said to a stranger, or to several at once; here the parent is *tú*.
OTHER_FORMS = re.compile(r"\b(?:ustedes|usted|vosotr[oa]s|vuestr[oa]s?|os|sois|\w+(?:áis|éis))\b", re.IGNORECASE)
REGIONAL = re.compile(
    r"\b(?:coches?|carros?|móvil(?:es)?|celular(?:es)?|ordenador(?:es)?|computador[ae]s?|pisos?|departamentos?|guay|chéveres?|mola(?:n|ba|ban)?|"
    r"plátic\w+|platic\w+|aparc\w+|parque(?:a|á|o\b|ó|e\b|é|ar)\w*|cog(?:e|es|en|er|erle|erlo|erla|iste|ió|ía|ías|iendo|ido)|coj[ao]s?|"
    r"chaval\w*|chamac\w+|pib[ea]s?|guaguas?|ahorita|recámaras?|zumos?|cabre\w+)\b|(?:^|[“—¿])vale\b",
    re.IGNORECASE,
)
PARENTS = re.compile(r"\bpadres\b", re.IGNORECASE)
MOTHERS = re.compile(r"\bmadres\b", re.IGNORECASE)
FATHERS_IN_ENGLISH = re.compile(r"\b(?:fathers|dads)\b", re.IGNORECASE)
LITTLE_ONE = re.compile(
    r"\b(?:tus?|sus?|el|la|los|las|una?|otr[oa]s?)\s+peques?\b", re.IGNORECASE
)  # not "muy peque", said of when they were
LITTLE_AGES = frozenset({Age.BABY.value, Age.SMALL.value})


def check(english: Iterable[PromptText], spanish: Mapping[str, PromptTranslation]) -> Iterator[str]:
    """One sentence for each place where a Spanish prompt says what is not said here."""
    for prompt in english:
        if (translation := spanish.get(prompt.slug)) is not None:
            yield from _check_prompt(prompt, translation)


def _check_prompt(prompt: PromptText, translation: PromptTranslation) -> Iterator[str]:
    original = " ".join((prompt.question, *prompt.if_stuck, prompt.tomorrow))
    is_for_little_ones = bool(prompt.ages) and LITTLE_AGES.issuperset(prompt.ages)
    for text in (translation.question, *translation.if_stuck, translation.tomorrow):
        where = f"{LANGUAGE}/{prompt.slug}"
        if (found := SEVERAL_IN_SPANISH.search(text)) and not SEVERAL_IN_ENGLISH.search(original):
            yield f"{where}: names several children (“{found[0]}”) where the English names none or one"
        for found in OTHER_FORMS.finditer(text):
            yield f"{where}: “{found[0]}”; the parent is “tú”"
        for found in REGIONAL.finditer(text):
            yield f"{where}: “{found[0]}” is not said everywhere"
        if PARENTS.search(text) and not MOTHERS.search(text) and not FATHERS_IN_ENGLISH.search(original):
            yield f"{where}: parents are “madres y padres”, one’s own “tu madre o tu padre”"
        if (found := LITTLE_ONE.search(text)) and not is_for_little_ones:
            yield f"{where}: “{found[0]}” is said of small ones only, and this is asked about others, too"
