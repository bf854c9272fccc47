"""The quiz *Where to start*: six questions, and the paths that the answers recommend. Read from its files; stores nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

MAX_RECOMMENDED = 2  # paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer gives paths `points` or `rules_out` them (by slug). `help_first` shows the way to Help before any path,
    with what Help says about `topics` (slugs).
    """

    slug: str
    says: str
    points: Mapping[str, int] = field(default_factory=dict)
    rules_out: tuple[str, ...] = ()
    help_first: bool = False
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizQuestion:
    """One question; `several` answers can be chosen, or just one."""

    slug: str
    ask: str
    answers: tuple[Answer, ...]
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of the answers; paths are slugs. `paths` are the recommended ones, at most `MAX_RECOMMENDED`, the best first."""

    paths: tuple[str, ...]
    help_first: bool
    ruled_out: frozenset[str] = frozenset()
    supported: frozenset[str] = frozenset()  # paths with any points that are not ruled out
    topics: tuple[str, ...] = ()  # of Help, as the answers name them


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """The quiz in one language. `help_words`, one sentence, follow the numbers to call where an answer has `help_first`."""

    introduction: str
    help_words: str
    questions: tuple[QuizQuestion, ...]
    why: Mapping[str, str]  # for each path's slug, why it is recommended
    language: str = "en"

    def outcome(self, answers: Mapping[str, Collection[str]]) -> Outcome:
        """The result of these answers (question slug to the slugs of the chosen answers).

        The first question weighs most: the path to which its answer gives most points comes first, whatever else was
        answered, unless an answer rules it out. Then come the paths with most points in all that no answer rules out; the
        second one only with at least half the points of the first. Of equals, the one that comes first in `why`. Of several
        answers to one question the one that gives a path most points counts. Raises `KeyError` for an unknown answer, and
        for a question without one.
        """
        by_question = [_chosen(question, answers[question.slug]) for question in self.questions]
        chosen = [answer for chosen_answers in by_question for answer in chosen_answers]
        ruled_out = frozenset(path for answer in chosen for path in answer.rules_out)
        by_path = {path: _points(path, by_question) for path in self.why if path not in ruled_out}
        points = {path: sum(counts) for path, counts in by_path.items() if any(counts)}
        ordered = sorted(points, key=lambda path: -points[path])
        first = min(ordered, key=lambda path: -by_path[path][0], default=None)
        best = sorted(ordered, key=lambda path: path != first)[:MAX_RECOMMENDED]
        paths = tuple(path for path in best if 2 * points[path] >= points[best[0]])
        supported = frozenset(points)
        topics = tuple(dict.fromkeys(topic for answer in chosen for topic in answer.topics))
        return Outcome(paths, any(answer.help_first for answer in chosen), ruled_out, supported, topics)


def _points(path: str, by_question: Sequence[Sequence[Answer]]) -> list[int]:
    """What the answers to each question give this path."""
    return [max(answer.points.get(path, 0) for answer in answers) for answers in by_question]


def _chosen(question: QuizQuestion, slugs: Collection[str]) -> list[Answer]:
    """The chosen answers in the order of the question. Raises `KeyError` where one is unknown, or none is chosen."""
    chosen = [answer for answer in question.answers if answer.slug in slugs]
    if not chosen or len(chosen) < len(set(slugs)):
        raise KeyError(question.slug)
    return chosen


@cache
def read(language: str = "en", library: Path = LIBRARY) -> Quiz:
    """The quiz: a translation's texts with the points of the English file. Raises `LibraryError`."""
    path = library / "en" / "where-to-start.toml"
    data = files.load(path)
    translated = library / language / "where-to-start.toml"
    if language != "en" and translated.exists():
        _translate(data, files.load(translated), translated)
    else:
        language = "en"
    questions = tuple(_question(path, values) for values in files.tables(path, data, "question"))
    results = [files.make(_Result, path, values) for values in files.tables(path, data, "result")]
    introduction = {name: value for name, value in data.items() if name not in {"question", "result"}}
    why = {result.path: result.why for result in results}
    return files.make(Quiz, path, introduction, questions=questions, why=why, language=language)


def _question(path: Path, values: dict[str, Any]) -> QuizQuestion:
    answers = tuple(
        files.make(Answer, path, {**row, **{name: files.texts(path, row, name) for name in ("rules_out", "topics")}})
        for row in files.tables(path, values, "answer")
    )
    return files.make(QuizQuestion, path, {name: value for name, value in values.items() if name != "answer"}, answers=answers)


def _translate(data: dict[str, Any], texts: dict[str, Any], path: Path) -> None:
    """Replace the texts of the English table by those of a translation, matched by slug. Raises `LibraryError` where one is missing."""
    for table in ("question", "result"):
        files.tables(path, data, table)
        files.tables(path, texts, table)
    try:
        data |= {"introduction": texts["introduction"], "help_words": texts["help_words"]}
        questions = {row["slug"]: row for row in texts["question"]}
        for row in data["question"]:
            question = questions[row["slug"]]
            row["ask"] = question["ask"]
            answer_texts = {answer["slug"]: answer["says"] for answer in question["answer"]}
            for answer in row["answer"]:
                answer["says"] = answer_texts[answer["slug"]]
        why = {row["path"]: row["why"] for row in texts["result"]}
        for row in data["result"]:
            row["why"] = why[row["path"]]
    except KeyError as error:
        raise LibraryError(f"{path.name}: {error.args[0]} is not translated") from error
