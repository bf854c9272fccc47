"""The steps read from a file, and the problems in it by line; the same for both formats."""

from collections.abc import Container
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from common.text import block, one_line
from counselor.sets import MAX_STEPS, NOTE_LIMIT, SetStep, Steps
from prompts.models import QUESTION_LIMIT

FIELDS = ("question", "prompt", "note")  # of a step, in both formats
MAX_PROBLEMS = 100  # listed of one file


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line, and what to do about it."""

    line: int
    message: str


class InvalidSetFile(Exception):
    """A file that cannot be imported: its problems in the order of its lines, and how many more are not among them."""

    def __init__(self, problems: list[Problem], omitted: int = 0) -> None:
        super().__init__(f"{len(problems) + omitted} problems")
        self.problems, self.omitted = sorted(problems, key=lambda problem: problem.line), omitted


@dataclass(frozen=True, slots=True)
class FileSet:
    """The content of a file. The steps have no keys yet; in a CSV file name, introduction and caution are ""."""

    name: str
    introduction: str
    steps: Steps
    caution: str = ""


@dataclass(slots=True)
class Findings:
    """Collects the steps of a file and their problems. `library` holds the slugs of its prompts."""

    library: Container[str]
    problems: list[Problem] = field(default_factory=list)
    omitted: int = 0  # problems beyond `MAX_PROBLEMS`
    steps: list[SetStep] = field(default_factory=list)
    prompt_lines: dict[str, int] = field(default_factory=dict)  # the line of each prompt

    def add_problem(self, line: int, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(line, message))
        else:
            self.omitted += 1

    def check_text(self, line: int, name: str, text: str, limit: int) -> None:
        if len(text) > limit:
            message = _("“%(field)s” has %(count)s characters; the limit is %(limit)s. Shorten it.")
            self.add_problem(line, message % {"field": name, "count": len(text), "limit": limit})

    def add_step(self, line: int, values: dict[str, str]) -> None:
        """Add a step from the raw values of its fields."""
        step = SetStep("", values.get("prompt", "").strip(), one_line(values.get("question", "")), block(values.get("note", "")))
        self.steps.append(step)
        if len(self.steps) == MAX_STEPS + 1:
            self.add_problem(
                line, _("A set can have up to %(limit)s questions. Take out this one and those after it.") % {"limit": MAX_STEPS}
            )
        self.check_text(line, "question", step.question, QUESTION_LIMIT)
        self.check_text(line, "note", step.note, NOTE_LIMIT)
        if step.prompt and step.question:
            self.add_problem(line, _("This has both its own question and one from the library. Keep one of them."))
        elif step.prompt:
            self._check_prompt(line, step.prompt)
        elif not step.question:
            self.add_problem(line, _("There’s no question here. Write one, or the name of one from the library."))

    def _check_prompt(self, line: int, slug: str) -> None:
        if slug not in self.library:
            message = _("The library has no question “%(slug)s”. A question’s name is the last part of its page’s address.")
            self.add_problem(line, message % {"slug": slug[:60]})
        elif slug in self.prompt_lines:
            self.add_problem(line, _("This question is already in line %(line)s. Keep it once.") % {"line": self.prompt_lines[slug]})
        self.prompt_lines.setdefault(slug, line)

    def result(self, name: str = "", introduction: str = "", caution: str = "") -> FileSet:
        """The content of the file. Raises `InvalidSetFile` where there is any problem."""
        if not self.steps and not self.problems:
            self.add_problem(1, _("This file has no questions. Add at least one."))
        if self.problems:
            raise InvalidSetFile(self.problems, self.omitted)
        return FileSet(name, introduction, tuple(self.steps), caution)
