"""What a file holds, step by step, and what is wrong with it, line by line; alike for both formats."""

from collections.abc import Container
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from common.text import block, one_line
from counselor.sets import MOST_STEPS, NOTE_LIMIT, SetStep, Steps
from prompts.models import QUESTION_LIMIT

FIELDS = ("question", "prompt", "note")  # of a step, in both formats
MOST_PROBLEMS = 100  # listed of one file


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line, and what to do about it."""

    line: int
    message: str


class NotASet(Exception):
    """A file is not imported: its problems, in the order of its lines, and how many more there are."""

    def __init__(self, problems: list[Problem], more: int = 0) -> None:
        super().__init__(f"{len(problems) + more} problems")
        self.problems, self.left_out = sorted(problems, key=lambda problem: problem.line), more


@dataclass(frozen=True, slots=True)
class FileSet:
    """What a file holds: the steps have no keys yet, and a CSV file has neither name nor introduction."""

    name: str
    introduction: str
    steps: Steps


@dataclass(slots=True)
class Findings:
    """Collects the steps of a file and their problems. `known`: the slugs of the library."""

    known: Container[str]
    problems: list[Problem] = field(default_factory=list)
    more: int = 0  # problems that are not listed
    steps: list[SetStep] = field(default_factory=list)
    prompt_lines: dict[str, int] = field(default_factory=dict)  # prompts, and the lines that they stand in

    def add_problem(self, line: int, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, message))
        else:
            self.more += 1

    def check_text(self, line: int, name: str, text: str, limit: int) -> None:
        if "\0" in text:
            self.add_problem(line, _("“%(field)s” holds a character that cannot be kept. Write it anew.") % {"field": name})
        if len(text) > limit:
            message = _("“%(field)s” has %(count)s characters; %(limit)s are the most. Shorten it.")
            self.add_problem(line, message % {"field": name, "count": len(text), "limit": limit})

    def add_step(self, line: int, values: dict[str, str]) -> None:
        """Add a step, with its fields as they stand in the file."""
        step = SetStep("", values.get("prompt", "").strip(), one_line(values.get("question", "")), block(values.get("note", "")))
        self.steps.append(step)
        if len(self.steps) == MOST_STEPS + 1:
            self.add_problem(line, _("A set has %(limit)s steps at most. Take out this one and those after it.") % {"limit": MOST_STEPS})
        self.check_text(line, "question", step.question, QUESTION_LIMIT)
        self.check_text(line, "note", step.note, NOTE_LIMIT)
        if step.prompt and step.question:
            self.add_problem(line, _("Both a prompt and a question stand here. Keep one of them."))
        elif step.prompt:
            self._check_prompt(line, step.prompt)
        elif not step.question:
            self.add_problem(line, _("Nothing is asked here. Write a question, or the name of a prompt."))

    def _check_prompt(self, line: int, slug: str) -> None:
        if slug not in self.known:
            message = _("The library has no prompt “%(slug)s”. Its name is the last part of the address of its page.")
            self.add_problem(line, message % {"slug": slug[:60]})
        elif slug in self.prompt_lines:
            self.add_problem(line, _("This prompt stands in line %(line)s already. Keep it once.") % {"line": self.prompt_lines[slug]})
        self.prompt_lines.setdefault(slug, line)

    def result(self, name: str = "", introduction: str = "") -> FileSet:
        """The set, where nothing is wrong with it. Raises `NotASet`."""
        if not self.steps and not self.problems:
            self.add_problem(1, _("There is no step in this file. Add one at least."))
        if self.problems:
            raise NotASet(self.problems, self.more)
        return FileSet(name, introduction, tuple(self.steps))
