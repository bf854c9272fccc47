"""Where to start: six questions, and the paths that the answers speak for. Plain data, worked out anew each time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from prompts.library import files
from prompts.library.files import LIBRARY, LibraryError

RECOMMENDED = 2  # paths at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`points` speak for paths, `rules_out` keeps paths from being recommended, `help_first` leads to Help before all else."""

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a set of answers ends in: one or two paths by their slugs, the stronger first, and whether Help comes before them."""

    paths: tuple[str, ...]
    help_first: bool
    ruled_out: frozenset[str] = frozenset()  # what the answers speak against
    spoken_for: frozenset[str] = frozenset()  # what any of them speaks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    introduction: str
    help_words: str
    questions: tuple[QuizQuestion, ...]
    why: Mapping[str, str]  # of each path
    language: str = "en"

    def outcome(self, answers: Mapping[str, str]) -> Outcome:
        """What these answers (question slug to answer slug) end in.

        The paths with most points that no answer rules out; the second only with at least half the points of the
        first. Of equal ones that which stands first in `why`. Raises `KeyError` for an answer that is not there.
        """
        given = [{answer.slug: answer for answer in question.answers}[answers[question.slug]] for question in self.questions]
        out = {path for answer in given for path in answer.rules_out}
        points = {path: sum(answer.points.get(path, 0) for answer in given) for path in self.why if path not in out}
        best = sorted((path for path in points if points[path] > 0), key=lambda path: -points[path])[:RECOMMENDED]
        paths = tuple(path for path in best if 2 * points[path] >= points[best[0]])
        spoken_for = frozenset(path for path, count in points.items() if count > 0)
        return Outcome(paths, any(answer.help_first for answer in given), frozenset(out), spoken_for)


@cache
def read(language: str = "en", library: Path = LIBRARY) -> Quiz:
    """The quiz; in another language its words, and the points of the English one. Raises `LibraryError`."""
    path = library / "en" / "where-to-start.toml"
    data = files.load(path)
    translated = library / language / "where-to-start.toml"
    if language != "en" and translated.exists():
        _translate(data, files.load(translated), translated)
    else:
        language = "en"
    questions = tuple(_question(path, values) for values in data.pop("question", []))
    why = {row["path"]: row["why"] for row in data.pop("result", [])}
    return files.make(Quiz, path, data, questions=questions, why=why, language=language)


def _question(path: Path, values: dict[str, Any]) -> QuizQuestion:
    answers = tuple(files.make(Answer, path, {**row, "rules_out": tuple(row.get("rules_out", ()))}) for row in values.pop("answer", []))
    return files.make(QuizQuestion, path, values, answers=answers)


def _translate(data: dict[str, Any], words: dict[str, Any], path: Path) -> None:
    """Put a language's words over the English table, by slug; it has to have all of them."""
    try:
        data |= {"introduction": words["introduction"], "help_words": words["help_words"]}
        questions = {row["slug"]: row for row in words["question"]}
        for row in data["question"]:
            mine = questions[row["slug"]]
            row["ask"] = mine["ask"]
            says = {answer["slug"]: answer["says"] for answer in mine["answer"]}
            for answer in row["answer"]:
                answer["says"] = says[answer["slug"]]
        why = {row["path"]: row["why"] for row in words["result"]}
        for row in data["result"]:
            row["why"] = why[row["path"]]
    except KeyError as error:
        raise LibraryError(f"{path.name}: {error.args[0]} is not translated") from error
