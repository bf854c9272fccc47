"""What of an entry can be found."""

import datetime as dt
import re
import uuid
from typing import NamedTuple

from journal.finding.index.languages import languages
from journal.finding.index.words import Folded, folded
from journal.models import EntryContent, EntrySummary

COLUMNS = ("id", "night", "content", "summary", "prompt_id", "assigned_id", "deleted_at", "version", "kind")
BETWEEN = " _ "  # between two parts of a document, so that no words in a row are found across them: no word is an underscore

_NO_LETTER = re.compile(r"[^0-9a-z]")

EVERY = "_all"  # the facet that every document has
WORDED = "_worded"  # of those with words


class Source(NamedTuple):
    """The columns of an entry that a document is made of, in the order of `COLUMNS`."""

    pk: uuid.UUID
    night: dt.date
    content: EntryContent
    summary: EntrySummary
    prompt: str | None
    assigned: uuid.UUID | None
    deleted_at: dt.datetime | None
    version: int
    kind: str


class Document(NamedTuple):
    """An entry as it is indexed: its folded words, and its facets, each a word of letters, digits and at least
    one underscore, which no word has."""

    pk: uuid.UUID
    night: dt.date
    words: str
    facets: tuple[str, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        return languages(self.words.split())

    @property
    def all_facets(self) -> str:
        """What an index takes: its facets, and its languages among them."""
        return " ".join([*self.facets, *(facet("language", language) for language in self.languages)])


def facet(kind: str, value: str) -> str:
    """The facet of this kind ("feeling", "child" …) and value."""
    return f"{kind}_{_NO_LETTER.sub('_', value.lower())}"


def parts(source: Source) -> tuple[str, str, str]:
    """What can be found of an entry: all that its author reads on its page, in one place, so that nothing is left out elsewhere."""
    return source.summary.question, source.content.text, source.summary.mended_words


def document(source: Source, known: Folded | None = None) -> Document:
    summary = source.summary
    words = BETWEEN.join(folded(part, known) for part in parts(source))
    facets = [EVERY, *(facet("child", child) for child in summary.children)]
    if source.content.text.strip():
        facets.append(WORDED)
    for kind, value in (
        ("prompt", source.prompt),
        ("step", source.assigned.hex if source.assigned else ""),
        ("feeling", summary.feeling),
        ("repair", summary.repair),
        ("guide", summary.guide),
    ):
        if value:
            facets.append(facet(kind, value))
    return Document(source.pk, source.night, words, tuple(facets))
