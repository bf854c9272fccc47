"""The quiz *Where to start*: six questions, and the paths that the answers recommend. Read from its files; stores nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

MAX_RECOMMENDED = 2  # paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer gives paths `points` or `rules_out` them (by slug). `help_first` shows the way to Help before any path."""

    slug: str
    says: str
    points: Mapping[str, int] = field(default_factory=dict)
    rules_out: tuple[str, ...] = ()
    help_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizQuestion:
    slug: str
    ask: str
    answers: tuple[Answer, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """The quiz in one language. `help_words` stand above the result where an answer has `help_first`."""

    introduction: str
    help_words: str
    questions: tuple[QuizQuestion, ...]
    why: Mapping[str, str]  # for each path's slug, why it is recommended
    language: str = "en"

    def outcome(self, answers: Mapping[str, str]) -> Outcome:
        """The result of these answers (question slug to answer slug).

        Recommends the paths with most points that no answer rules out; the second one only with at least half the points
        of the first. Of equals, the one that comes first in `why`. Raises `KeyError` for a missing or unknown answer.
        """
        chosen = [{answer.slug: answer for answer in question.answers}[answers[question.slug]] for question in self.questions]
        ruled_out = frozenset(path for answer in chosen for path in answer.rules_out)
        points = {path: sum(answer.points.get(path, 0) for answer in chosen) for path in self.why if path not in ruled_out}
        best = sorted((path for path in points if points[path] > 0), key=lambda path: -points[path])[:MAX_RECOMMENDED]
        paths = tuple(path for path in best if 2 * points[path] >= points[best[0]])
        supported = frozenset(path for path, count in points.items() if count > 0)
        return Outcome(paths, any(answer.help_first for answer in chosen), ruled_out, supported)


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
        files.make(Answer, path, {**row, "rules_out": files.texts(path, row, "rules_out")}) for row in files.tables(path, values, "answer")
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
