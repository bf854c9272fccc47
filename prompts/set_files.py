"""Prompt sets as files, TOML and CSV: see docs/prompt-sets.md. Nothing here touches the database."""

import csv
import io
import re
import tomllib
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from prompts.models import QUESTION_LIMIT, SetWords
from prompts.sets import INTRODUCTION_LIMIT, MOST_STEPS, NAME_LIMIT, NOTE_LIMIT, SetStep, Steps, block, one_line, steps_of

FIELDS = ("question", "prompt", "note")  # of a step, in both forms
TOLD = 100  # problems of one file, at most


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line, and what to do about it."""

    line: int
    says: str


class NotASet(Exception):
    """A file is not taken in: its problems, in the order of its lines, and how many more there are."""

    def __init__(self, problems: list[Problem], more: int = 0) -> None:
        super().__init__(f"{len(problems) + more} problems")
        self.problems, self.left_out = sorted(problems, key=lambda problem: problem.line), more


@dataclass(frozen=True, slots=True)
class FileSet:
    """What a file holds: the steps have no keys yet, and a CSV file has neither name nor introduction."""

    name: str
    introduction: str
    steps: Steps


# --- Writing.


def to_toml(words: SetWords) -> str:
    lines = [f"name = {_toml_text(words.name)}"]
    if words.introduction:
        lines.append(f"introduction = {_toml_text(words.introduction)}")
    for step in steps_of(words):
        lines += ["", "[[step]]", f"prompt = {_toml_text(step.prompt)}" if step.prompt else f"question = {_toml_text(step.question)}"]
        if step.note:
            lines.append(f"note = {_toml_text(step.note)}")
    return "\n".join(lines) + "\n"


def _toml_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped)
    return f'"""\n{escaped}"""' if "\n" in escaped else f'"{escaped}"'


def to_csv(words: SetWords) -> str:
    """With a byte order mark, without which spreadsheets take the letters for others."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    writer.writerows([_guarded(step.question), _guarded(step.prompt), _guarded(step.note)] for step in steps_of(words))
    return "\ufeff" + out.getvalue()


def _guarded(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would run as a formula, and before what looks as if it had one already."""
    return f"'{cell}" if re.match(r"'*[=+\-@]", cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if re.match(r"'+[=+\-@]", cell) else cell


# --- Reading.


def read(data: bytes, filename: str, known: Container[str]) -> FileSet:
    """What a file holds, where everything in it is right; else raises `NotASet`. `known`: the slugs of the library."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        advice = _("This is not UTF-8. Save the file anew with that encoding; spreadsheets call it “CSV UTF-8”.")
        raise NotASet([Problem(line, advice)]) from None
    return _read_toml(text, known) if _is_toml(text, filename) else _read_csv(text, known)


def _is_toml(text: str, filename: str) -> bool:
    if filename.lower().endswith((".toml", ".csv")):
        return filename.lower().endswith(".toml")
    return re.search(r"^[ \t]*(\[\[[ \t]*step[ \t]*\]\]|(name|introduction)[ \t]*=)", text, re.MULTILINE) is not None


@dataclass(slots=True)
class _Findings:
    """The steps of a file as they are found, and what is wrong with them."""

    known: Container[str]
    problems: list[Problem] = field(default_factory=list)
    more: int = 0  # problems that are not told
    steps: list[SetStep] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)  # prompts, and the lines that they stand in

    def wrong(self, line: int, says: str) -> None:
        if len(self.problems) < TOLD:
            self.problems.append(Problem(line, says))
        else:
            self.more += 1

    def text(self, line: int, name: str, text: str, limit: int) -> None:
        if "\0" in text:
            self.wrong(line, _("“%(field)s” holds a character that cannot be kept. Write it anew.") % {"field": name})
        if len(text) > limit:
            says = _("“%(field)s” has %(count)s characters; %(limit)s are the most. Shorten it.")
            self.wrong(line, says % {"field": name, "count": len(text), "limit": limit})

    def step(self, line: int, values: dict[str, str]) -> None:
        """One step, with its fields as they stand in the file."""
        step = SetStep("", values.get("prompt", "").strip(), one_line(values.get("question", "")), block(values.get("note", "")))
        self.steps.append(step)
        if len(self.steps) == MOST_STEPS + 1:
            self.wrong(line, _("A set has %(limit)s steps at most. Take out this one and those after it.") % {"limit": MOST_STEPS})
        self.text(line, "question", step.question, QUESTION_LIMIT)
        self.text(line, "note", step.note, NOTE_LIMIT)
        if step.prompt and step.question:
            self.wrong(line, _("Both a prompt and a question stand here. Keep one of them."))
        elif step.prompt:
            self._prompt(line, step.prompt)
        elif not step.question:
            self.wrong(line, _("Nothing is asked here. Write a question, or the name of a prompt."))

    def _prompt(self, line: int, slug: str) -> None:
        if slug not in self.known:
            says = _("The library has no prompt “%(slug)s”. Its name is the last part of the address of its page.")
            self.wrong(line, says % {"slug": slug[:60]})
        elif slug in self.asked:
            self.wrong(line, _("This prompt stands in line %(line)s already. Keep it once.") % {"line": self.asked[slug]})
        self.asked.setdefault(slug, line)

    def result(self, name: str = "", introduction: str = "") -> FileSet:
        if not self.steps and not self.problems:
            self.wrong(1, _("There is no step in this file. Add one at least."))
        if self.problems:
            raise NotASet(self.problems, self.more)
        return FileSet(name, introduction, tuple(self.steps))


# --- CSV.


def _read_csv(text: str, known: Container[str]) -> FileSet:
    found = _Findings(known)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    rows = _rows(text, ";" if ";" in heading else ",", found)
    line, cells = next(rows, (1, []))
    columns = [cell.strip().lower() for cell in cells]
    if not {"question", "prompt"} & set(columns):
        raise NotASet(found.problems or [Problem(line, _("The first line names the columns: question, prompt, note. Write them there."))])
    for n, column in enumerate(columns):
        if column and column not in FIELDS:
            says = _("There is no column “%(column)s”; question, prompt and note are known. Rename it, or take it out.")
            found.wrong(line, says % {"column": column[:60]})
        elif column and column in columns[:n]:
            found.wrong(line, _("The column “%(column)s” is there twice. Take one out.") % {"column": column})
    if found.problems:  # what is in the columns cannot be judged before they are right
        raise NotASet(found.problems)
    for line, cells in rows:
        if any(cell.strip() for cell in cells[len(columns) :]):
            found.wrong(line, _("There are more cells than columns. Put quotation marks around a text that holds the separator."))
            continue
        named = zip(columns, cells, strict=False)
        found.step(line, {name: _unguarded(cell) for name, cell in named if name})
    return found.result()


def _rows(text: str, separator: str, found: _Findings) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line that it begins in; ends where quotation marks do not fit."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        found.wrong(line, _("The quotation marks do not fit together from here on. One inside a text is written twice."))


# --- TOML.


def _read_toml(text: str, known: Container[str]) -> FileSet:
    found = _Findings(known)
    text = text.replace("\r\n", "\n")
    bare = _bare(text)
    if deep := _DEEP.search(bare):  # names of thousands of parts would fill the memory
        says = _("A name of so many parts is not known here; name, introduction and [[step]] are.")
        raise NotASet([Problem(bare.count("\n", 0, deep.start()) + 1, says)])
    data, lines = _tables(text), _Lines.of(bare)
    for name in data.keys() - {"name", "introduction", "step"}:
        found.wrong(lines.at(0, name), _("“%(field)s” is not known here; name, introduction and [[step]] are.") % {"field": name[:60]})
    top = {name: _as_text(found, lines.at(0, name), name, data.get(name, "")) for name in ("name", "introduction")}
    name, introduction = one_line(top["name"]), block(top["introduction"])
    if not name and isinstance(data.get("name", ""), str):
        found.wrong(lines.at(0, "name"), _('The set has no name. Write name = "…" in the first line.'))
    found.text(lines.at(0, "name"), "name", name, NAME_LIMIT)
    found.text(lines.at(0, "introduction"), "introduction", introduction, INTRODUCTION_LIMIT)
    steps = data.get("step", [])
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        found.wrong(lines.at(0, "step"), _("A step is written [[step]], with its fields in the lines below."))
        steps = []
    for number, step in enumerate(steps, 1):
        _toml_step(found, lines, number, step)
    return found.result(name, introduction)


def _tables(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: faults of the form, but also numbers past all bounds
        place = re.search(r"\(at line (\d+)", str(error))
        at_the_end = "(at end of document)" in str(error)
        line = int(place[1]) if place else max(1, len(text.splitlines())) if at_the_end else 1
        says = _("This is not written as TOML wants it: a quotation mark, a bracket or an equals sign may be missing here or just above.")
        raise NotASet([Problem(line, says)]) from None


def _toml_step(found: _Findings, lines: "_Lines", number: int, step: dict[str, Any]) -> None:
    for name in step.keys() - set(FIELDS):
        says = _("“%(field)s” is not known in a step; question, prompt and note are.") % {"field": name[:60]}
        found.wrong(lines.at(number, name), says)
    values = {name: _as_text(found, lines.at(number, name), name, step[name]) for name in FIELDS if name in step}
    if all(isinstance(step[name], str) for name in values):
        found.step(lines.at(number), values)


def _as_text(found: _Findings, line: int, name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    found.wrong(line, _("“%(field)s” is a text. Put it in quotation marks.") % {"field": name})
    return ""


_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|(?P<remark>#[^\n]*)"
    r"|(?P<broken>[\"'])",
    re.DOTALL,
)
_DEEP = re.compile(r"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){4}")


def _bare(text: str) -> str:
    """A TOML file without its remarks and with nothing in its texts, line by line as it was; up to a quotation mark that is
    not closed, where it ends being TOML."""
    kept, done = [], 0
    for found in _QUOTED.finditer(text):
        kept.append(text[done : found.start()])
        done = found.end()
        if found["broken"]:
            return "".join(kept)
        if not found["remark"]:
            said = found[0][1:-1]
            kept.append(said if re.fullmatch(r"[\w-]{1,40}", said) else "s" + "\n" * said.count("\n"))
    return "".join(kept) + text[done:]


@dataclass(frozen=True, slots=True)
class _Lines:
    """Where in a TOML file things stand, which its reader does not tell: by the number of the step, 0 above them, and name."""

    places: dict[tuple[int, str], int]

    @classmethod
    def of(cls, bare: str) -> "_Lines":
        places: dict[tuple[int, str], int] = {}
        step = steps = 0
        for line, words in enumerate(bare.split("\n"), 1):
            if table := re.match(r"[ \t]*\[(\[?)[ \t]*([\w-]+)", words):
                is_step = table[2] == "step"
                steps += is_step and bool(table[1])
                step = steps if is_step else -1  # what stands in other tables is not asked for
                places.setdefault((0, table[2]), line)
                if is_step:
                    places.setdefault((step, ""), line)
            elif key := re.match(r"[ \t]*([\w-]+)[ \t]*[.=]", words):
                places.setdefault((step, key[1]), line)
        return cls(places)

    def at(self, step: int, name: str = "") -> int:
        """The line of a field, else of its step, else the first."""
        place = self.places.get((step, name)) or self.places.get((step, ""))
        return place or (self.places.get((0, "step")) if step else None) or 1
