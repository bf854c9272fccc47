"""Whether a query matches: as an expression for an index, and by the same rules for a document that no index has learnt yet."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from journal.finding.index.documents import EVERY, Document, Source, facet, parts
from journal.finding.index.languages import root, stems
from journal.finding.index.queries import Query, Term
from journal.finding.index.words import aligned

type Groups = Sequence[Sequence[str]]
type Vocabulary = Callable[[str], list[str]]  # the words that begin with this


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for. `groups`: of the facets in each, a document has at least one."""

    query: Query
    groups: Groups = ()

    @property
    def is_impossible(self) -> bool:
        """Whether nothing can match: a filter that no document has."""
        return not all(self.groups)


def inflections(term: Term, language: str, vocabulary: Vocabulary) -> list[str]:
    """The words of the vocabulary that share the term's stem in this language."""
    stem = term.stems[language]
    candidates = vocabulary(root(stem))
    return [word for word, its_stem in zip(candidates, stems(candidates, language), strict=True) if its_stem == stem]


# --- For an index.


def _quoted(words: Sequence[str]) -> str:
    """As FTS5 reads words in a row, whatever they are: a word holds no quotation mark."""
    return f'"{" ".join(words)}"'


def _any(words: Sequence[str]) -> str:
    return f"({' OR '.join(_quoted([word]) for word in words)})"


def _expression(term: Term, vocabulary: Vocabulary) -> str:
    plain = f"words : {_quoted(term.words)}{' *' if term.is_beginning else ''}"
    by_language = {language: inflections(term, language, vocabulary) for language in term.stems}
    everywhere = set.intersection(*map(set, by_language.values())) - set(term.words) if by_language else set[str]()
    ways = [plain]
    if everywhere:  # whatever the text's language
        ways.append(f"words : {_any(sorted(everywhere))}")
    for language, words in by_language.items():
        if there := sorted(set(words) - everywhere - set(term.words)):
            ways.append(f"(facets : {_quoted([facet('language', language)])} AND words : {_any(there)})")
    return f"({' OR '.join(ways)})"


def expression(wanted: Wanted, vocabulary: Vocabulary) -> str:
    """The FTS5 expression, for an index of this vocabulary."""
    parts = [_expression(term, vocabulary) for term in wanted.query.wanted]
    parts += [f"facets : {_any(group)}" for group in wanted.groups]
    found = " AND ".join(f"({part})" for part in parts or [f"facets : {_quoted([EVERY])}"])
    unwanted = " OR ".join(_expression(term, vocabulary) for term in wanted.query.unwanted)
    return f"({found}) NOT ({unwanted})" if unwanted else found


# --- For a document.


def matches(wanted: Wanted, document: Document) -> bool:
    """Whether the document matches."""
    return (
        all(not set(group).isdisjoint(document.facets) for group in wanted.groups)
        and all(_holds(term, document) for term in wanted.query.wanted)
        and not any(_holds(term, document) for term in wanted.query.unwanted)
    )


def may_match(wanted: Wanted, source: Source) -> bool:
    """False where the words of an entry cannot match: a third of the work of making its document."""
    signs = [aligned(part) for part in parts(source) if part]
    return None in signs or all(
        any(beginning in part for part in signs for beginning in term.beginnings)  # type: ignore[operator]  # none is None
        for term in wanted.query.wanted
    )


def _holds(term: Term, document: Document) -> bool:
    words = f" {document.words} "
    if f" {' '.join(term.words)}{'' if term.is_beginning else ' '}" in words:
        return True
    by_language = {language for language in term.stems if _inflected(term, language, words)}
    return bool(by_language) and not by_language.isdisjoint(document.languages)


def _inflected(term: Term, language: str, words: str) -> list[str]:
    """Those of these words, with a space around each, that share the term's stem."""

    def vocabulary(beginning: str) -> list[str]:
        return re.findall(f"(?<= ){re.escape(beginning)}[^ ]*", words) if f" {beginning}" in words else []

    return inflections(term, language, vocabulary)
