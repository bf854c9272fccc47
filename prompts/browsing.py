"""Looking through the library."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prompts import questions
from prompts.questions import Question


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for. Empty fields leave everything in; words count from their beginning on, without accents."""

    words: str = ""
    theme: str = ""
    age: str = ""
    depth: str = ""

    def fits(self, question: Question) -> bool:
        return (
            (not self.theme or question.theme == self.theme)
            and (not self.depth or question.depth == self.depth)
            and (not self.age or not question.ages or self.age in question.ages)
            and self._says(question)
        )

    def _says(self, question: Question) -> bool:
        wanted = fold(self.words)
        if not wanted:
            return True
        there = fold(" ".join((question.text, *question.if_stuck, question.theme_name)))
        return all(any(word.startswith(part) for word in there) for part in wanted)


def fold(text: str) -> list[str]:
    """The words of a text in small letters, without accents."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    return re.findall(r"\w+", plain)


def themes_in_order(slugs: Sequence[str], found: Iterable[Question]) -> list[Question]:
    """By theme as the library orders them, within a theme the lighter ones first."""
    place = {slug: position for position, slug in enumerate(slugs)}
    depth = {"light": 0, "steady": 1, "deep": 2}
    return sorted(found, key=lambda question: (place.get(question.theme, len(place)), depth.get(question.depth, 3), question.slug))


def find(wanted: Wanted, themes: Sequence[str]) -> list[Question]:
    """What is asked night by night and fits, in the visitor's language."""
    shown = (questions.in_words(question) for question in questions.library() if question.daily and not question.retired)
    return themes_in_order(themes, filter(wanted.fits, shown))
