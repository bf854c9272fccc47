"""Search in the library."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.text import fold
from prompts import questions
from prompts.models import Depth
from prompts.questions import Question


@dataclass(frozen=True, slots=True)
class Filters:
    """What to search for; an empty field matches everything. Each word of `query` has to begin a word of the question."""

    query: str = ""
    theme: str = ""
    age: str = ""
    depth: str = ""

    def match(self, question: Question) -> bool:
        return (
            (not self.theme or question.theme == self.theme)
            and (not self.depth or question.depth == self.depth)
            and (not self.age or not question.ages or self.age in question.ages)
            and self._matches_query(question)
        )

    def _matches_query(self, question: Question) -> bool:
        prefixes = folded_words(self.query)
        if not prefixes:
            return True
        words = folded_words(" ".join((question.text, *question.if_stuck, question.theme_name)))
        return all(any(word.startswith(prefix) for word in words) for prefix in prefixes)


def folded_words(text: str) -> list[str]:
    """The words of a text in order, without accents and case."""
    return re.findall(r"\w+", fold(text))


def in_library_order(themes: Sequence[str], matching: Iterable[Question]) -> list[Question]:
    """Sort questions by theme, in the order of `themes` (slugs), and within a theme by depth, the lighter ones first."""
    theme_position = {slug: position for position, slug in enumerate(themes)}
    depth_position = {value: position for position, value in enumerate(Depth.values)}

    def sort_key(question: Question) -> tuple[int, int, str]:
        return (
            theme_position.get(question.theme, len(theme_position)),
            depth_position.get(question.depth, len(depth_position)),
            question.slug,
        )

    return sorted(matching, key=sort_key)


def find(filters: Filters, themes: Sequence[str]) -> list[Question]:
    """The matching questions that are asked night by night, in the visitor's language, sorted as in `in_library_order`."""
    current = (questions.translated(question) for question in questions.library() if question.daily and not question.retired)
    return in_library_order(themes, filter(filters.match, current))
