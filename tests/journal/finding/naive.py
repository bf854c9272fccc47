"""Search as anybody would understand it, without an index: every entry is opened, and its words are compared one by one.

It says what `journal.finding.search` has to find. What a word is, and in which language a text is written, it takes from there.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import User
from journal.finding.filters import Filters
from journal.finding.index.languages import languages, root, stem
from journal.finding.index.words import words
from journal.models import Entry
from prompts import questions


@dataclass
class Asked:
    """A search whose parts are known, and how somebody would type it."""

    wanted: Sequence[str] = ()
    phrases: Sequence[str] = ()
    beginnings: Sequence[str] = ()
    unwanted: Sequence[str] = ()
    filters: Filters = field(default_factory=Filters)

    @property
    def typed(self) -> str:
        return " ".join(
            [
                *self.wanted,
                *(f'"{phrase}"' for phrase in self.phrases),
                *(f"{word}*" for word in self.beginnings),
                *(f"-{word}" for word in self.unwanted),
            ]
        )


def find(author: User, asked: Asked) -> list[uuid.UUID]:
    """The ids of the entries that match, newest first."""
    entries = Entry.objects.filter(author=author, deleted_at=None)
    found = [entry for entry in entries if _passes(entry, asked.filters) and _matches(entry, asked)]
    return [entry.pk for entry in sorted(found, key=lambda entry: (entry.night, entry.pk), reverse=True)]


def _passes(entry: Entry, filters: Filters) -> bool:
    summary = entry.summary
    question = questions.prompt(entry.prompt_id)
    return (
        (not filters.feelings or summary.feeling in filters.feelings)
        and (not filters.children or bool(set(filters.children) & set(summary.children)))
        and (not filters.repairs or summary.repair in filters.repairs)
        and (not filters.themes or (question is not None and question.theme in filters.themes))
        and (filters.first is None or filters.first <= entry.night)
        and (filters.last is None or entry.night <= filters.last)
    )


def matches(parts: Sequence[str], asked: Asked) -> bool:
    """Whether these parts of an entry, its question and its text, match together."""
    in_parts = [words(part) for part in parts]
    written = {word for part in in_parts for word in part}
    spoken = languages(written)

    def holds(typed: str) -> bool:
        looked_for = words(typed)
        if len(looked_for) > 1:
            return holds_in_a_row(looked_for)
        [word] = looked_for
        return word in written or (
            len(word) > 1
            and word.isalpha()
            and any(
                stem(word, each) == stem(other, each) and other.startswith(root(stem(word, each))) for each in spoken for other in written
            )
        )

    def holds_in_a_row(row: list[str]) -> bool:
        return any(part[at : at + len(row)] == row for part in in_parts for at in range(len(part)))

    return (
        all(map(holds, asked.wanted))
        and all(holds_in_a_row(words(phrase)) for phrase in asked.phrases)
        and all(any(word.startswith(words(beginning)[0]) for word in written) for beginning in asked.beginnings)
        and not any(map(holds, asked.unwanted))
    )


def _matches(entry: Entry, asked: Asked) -> bool:
    return matches((entry.summary.question, entry.content.text), asked)
