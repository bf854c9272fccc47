"""Looking through the library."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.text import fold
from prompts import questions
from prompts.models import Depth
from prompts.questions import Question


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for. Empty fields leave everything in; words are matched from their beginning, without accents."""

    words: str = ""
    theme: str = ""
    age: str = ""
    depth: str = ""

    def match(self, question: Question) -> bool:
        return (
            (not self.theme or question.theme == self.theme)
            and (not self.depth or question.depth == self.depth)
            and (not self.age or not question.ages or self.age in question.ages)
            and self._matches_words(question)
        )

    def _matches_words(self, question: Question) -> bool:
        prefixes = folded_words(self.words)
        if not prefixes:
            return True
        words = folded_words(" ".join((question.text, *question.if_stuck, question.theme_name)))
        return all(any(word.startswith(prefix) for word in words) for prefix in prefixes)


def folded_words(text: str) -> list[str]:
    """The words of a text, without accents and case."""
    return re.findall(r"\w+", fold(text))


def in_order(themes: Sequence[str], found: Iterable[Question]) -> list[Question]:
    """By theme as the library orders them (`themes`: slugs), within a theme the lighter ones first."""
    position = {slug: number for number, slug in enumerate(themes)}
    depth = {value: number for number, value in enumerate(Depth.values)}
    return sorted(
        found, key=lambda question: (position.get(question.theme, len(position)), depth.get(question.depth, len(depth)), question.slug)
    )


def find(filters: Filters, themes: Sequence[str]) -> list[Question]:
    """The questions that are asked night by night and match, in the visitor's language."""
    current = (questions.in_words(question) for question in questions.library() if question.daily and not question.retired)
    return in_order(themes, filter(filters.match, current))
