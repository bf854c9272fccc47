"""Search in the library."""

import operator
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

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
    facet: str = ""
    depth: str = ""

    @property
    def narrows(self) -> bool:
        """Whether a filter besides the words is set."""
        return bool(self.theme or self.age or self.facet or self.depth)

    def match(self, question: Question) -> bool:
        return self._matches_but_for_query(question) and _holds_all(searchable(question), self._beginnings())

    def find(self, prepared: "Iterable[tuple[Question, str]]") -> list[Question]:
        """Those that match among questions whose words are folded already, each with its `searchable` words."""
        beginnings = self._beginnings()
        return [question for question, words in prepared if self._matches_but_for_query(question) and _holds_all(words, beginnings)]

    def _matches_but_for_query(self, question: Question) -> bool:
        return (
            (not self.theme or question.theme == self.theme)
            and (not self.depth or question.depth == self.depth)
            and (not self.facet or self.facet in question.facets)
            and (not self.age or not question.ages or self.age in question.ages)
        )

    def _beginnings(self) -> list[str]:
        return [f" {word}" for word in folded_words(self.query)]


@dataclass(frozen=True, slots=True)
class Found:
    """Why a question was found: its text with the words marked that were searched for, and the other places that have the rest.

    `stuck` are those of its prompts for the stuck, and `theme` is its theme's name, "" where that was not needed.
    """

    text: SafeString
    stuck: tuple[SafeString, ...] = ()
    theme: SafeString | str = ""


def found(question: Question, query: str) -> Found:
    """Why `query` finds this question: each of its words is marked in at least one place. Call for questions that it finds."""
    beginnings = tuple(folded_words(query))
    text, missing = _marked(question.text, beginnings)
    stuck = []
    for way in question.if_stuck:
        marked, missing_here = _marked(way, beginnings)
        if not missing <= missing_here:
            stuck.append(marked)
            missing &= missing_here
    theme, missing_here = _marked(question.theme_name, beginnings)
    return Found(text, tuple(stuck), "" if missing <= missing_here else theme)


def _marked(text: str, beginnings: tuple[str, ...]) -> tuple[SafeString, set[str]]:
    """The text, escaped, with those words in <mark> that begin with one of these, and the ones that no word begins with."""
    parts, missing, end = [], set(beginnings), 0
    if not beginnings or not _holds_any(text, beginnings):
        return escape(text), missing
    for run in re.finditer(r"\S+", text):
        for start, stop in _words(run) if _holds_any(run[0], beginnings) else ():
            words = folded_words(text[start:stop])
            if begun := {beginning for beginning in beginnings if any(word.startswith(beginning) for word in words)}:
                parts += [escape(text[end:start]), format_html("<mark>{}</mark>", text[start:stop])]
                missing -= begun
                end = stop
    return format_html_join("", "{}", ((part,) for part in [*parts, escape(text[end:])])), missing


def _holds_any(text: str, beginnings: tuple[str, ...]) -> bool:
    return any(word.startswith(beginnings) for word in folded_words(text))


def _words(run: re.Match[str]) -> list[tuple[int, int]]:
    """Where each word of a text between two spaces stands, as far as `folded_words` tells them apart: it joins what invisible
    characters part.
    """
    spans = [(run.start() + word.start(), run.start() + word.end()) for word in re.finditer(r"[\w\u0300-\u036f]+", run[0])]
    words = [word for start, stop in spans for word in folded_words(run.string[start:stop])]
    return spans if words == folded_words(run[0]) else [run.span()]


def _holds_all(words: str, beginnings: list[str]) -> bool:
    return all(beginning in words for beginning in beginnings)


def searchable(question: Question) -> str:
    """The folded words of a question, its prompts for the stuck and its theme, with a space before each."""
    return "".join(f" {word}" for word in folded_words(" ".join((question.text, *question.if_stuck, question.theme_name))))


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


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The library in one language, in its order, with the folded words of each question: the same for everybody."""

    library: tuple[Question, ...]
    themes: tuple[str, ...]
    questions: tuple[tuple[Question, str], ...]


_prepared: dict[str, _Prepared] = {}  # by language: folding the words of 500 questions takes longer than the rest of their page


def _prepare(language: str, themes: tuple[str, ...]) -> _Prepared:
    """What was prepared, until the process reads the library again."""
    library, known = questions.library(), _prepared.get(language)
    if known and known.themes == themes and len(known.library) == len(library) and all(map(operator.is_, known.library, library)):
        return known
    asked = (questions.translated(question) for question in library if question.daily and not question.retired)
    prepared = tuple((question, searchable(question)) for question in in_library_order(themes, asked))
    _prepared[language] = _Prepared(library, themes, prepared)
    return _prepared[language]


def find(filters: Filters, themes: Sequence[str]) -> list[Question]:
    """The matching questions that are asked night by night, in the visitor's language, sorted as in `in_library_order`."""
    return filters.find(_prepare(questions.reading_language(), tuple(themes)).questions)
