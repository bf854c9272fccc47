"""Sets as TOML: name, introduction, and a table for each step."""

import re
import tomllib
from collections.abc import Container
from dataclasses import dataclass

import tomli_w
from django.utils.translation import gettext as _

from common.text import block, one_line
from counselor.set_files.findings import FIELDS, FileSet, Findings, NotASet, Problem
from counselor.sets import INTRODUCTION_LIMIT, NAME_LIMIT, SetStep, steps_of
from prompts.models import SetContent


def write(content: SetContent) -> str:
    head = {"name": content.name} | ({"introduction": content.introduction} if content.introduction else {})
    # Table by table: the library would put short ones into one array, in another form than the one that is documented.
    return _dump(head) + "".join(f"\n[[step]]\n{_dump(_table(step))}" for step in steps_of(content))


def _table(step: SetStep) -> dict[str, str]:
    return ({"prompt": step.prompt} if step.prompt else {"question": step.question}) | ({"note": step.note} if step.note else {})


def _dump(table: dict[str, str]) -> str:
    return tomli_w.dumps(table, multiline_strings=True)


# --- Reading.


def read(text: str, known: Container[str]) -> FileSet:
    """Raises `NotASet`. `known`: the slugs of the library."""
    findings = Findings(known)
    text = text.replace("\r\n", "\n")
    bare = _without_texts(text)
    if deep := _DEEP.search(bare):  # names of thousands of parts would fill the memory
        message = _("A name of so many parts is not known here; name, introduction and [[step]] are.")
        raise NotASet([Problem(bare.count("\n", 0, deep.start()) + 1, message)])
    data, lines = _tables(text), _Lines.of(bare)
    for name in data.keys() - {"name", "introduction", "step"}:
        message = _("“%(field)s” is not known here; name, introduction and [[step]] are.") % {"field": name[:60]}
        findings.add_problem(lines.at(0, name), message)
    head = {name: _as_text(findings, lines.at(0, name), name, data.get(name, "")) for name in ("name", "introduction")}
    name, introduction = one_line(head["name"]), block(head["introduction"])
    if not name and isinstance(data.get("name", ""), str):
        findings.add_problem(lines.at(0, "name"), _('The set has no name. Write name = "…" in the first line.'))
    findings.check_text(lines.at(0, "name"), "name", name, NAME_LIMIT)
    findings.check_text(lines.at(0, "introduction"), "introduction", introduction, INTRODUCTION_LIMIT)
    for number, step in enumerate(_steps(findings, lines, data.get("step", [])), 1):
        _read_step(findings, lines, number, step)
    return findings.result(name, introduction)


def _tables(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: faults of the form, but also numbers past all bounds
        place = re.search(r"\(at line (\d+)", str(error))
        at_the_end = "(at end of document)" in str(error)
        line = int(place[1]) if place else max(1, len(text.splitlines())) if at_the_end else 1
        message = _(
            "This is not written as TOML wants it: a quotation mark, a bracket or an equals sign may be missing here or just above."
        )
        raise NotASet([Problem(line, message)]) from None


def _steps(findings: Findings, lines: "_Lines", steps: object) -> list[dict[str, object]]:
    if isinstance(steps, list) and all(isinstance(step, dict) for step in steps):
        return steps
    findings.add_problem(lines.at(0, "step"), _("A step is written [[step]], with its fields in the lines below."))
    return []


def _read_step(findings: Findings, lines: "_Lines", number: int, step: dict[str, object]) -> None:
    for name in step.keys() - set(FIELDS):
        message = _("“%(field)s” is not known in a step; question, prompt and note are.") % {"field": name[:60]}
        findings.add_problem(lines.at(number, name), message)
    values = {name: _as_text(findings, lines.at(number, name), name, step[name]) for name in FIELDS if name in step}
    if all(isinstance(step[name], str) for name in values):
        findings.add_step(lines.at(number), values)


def _as_text(findings: Findings, line: int, name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    findings.add_problem(line, _("“%(field)s” is a text. Put it in quotation marks.") % {"field": name})
    return ""


# --- Which line something stands in, which `tomllib` does not tell.

_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<broken>[\"'])",
    re.DOTALL,
)
_DEEP = re.compile(r"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){4}")


def _without_texts(text: str) -> str:
    """A TOML file without its comments and with nothing in its texts, line by line as it was.

    It ends at a quotation mark that is not closed, where it ends being TOML.
    """
    kept, end = [], 0
    for match in _QUOTED.finditer(text):
        kept.append(text[end : match.start()])
        end = match.end()
        if match["broken"]:
            return "".join(kept)
        if not match["comment"]:
            quoted = match[0][1:-1]
            kept.append(quoted if re.fullmatch(r"[\w-]{1,40}", quoted) else "s" + "\n" * quoted.count("\n"))
    return "".join(kept) + text[end:]


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of fields, by the number of their step (0 above the steps) and their name."""

    places: dict[tuple[int, str], int]

    @classmethod
    def of(cls, bare: str) -> "_Lines":
        places: dict[tuple[int, str], int] = {}
        step = steps = 0
        for number, line in enumerate(bare.split("\n"), 1):
            if table := re.match(r"[ \t]*\[(\[?)[ \t]*([\w-]+)", line):
                is_step = table[2] == "step"
                steps += is_step and bool(table[1])
                step = steps if is_step else -1  # nobody asks for what stands in other tables
                places.setdefault((0, table[2]), number)
                if is_step:
                    places.setdefault((step, ""), number)
            elif key := re.match(r"[ \t]*([\w-]+)[ \t]*[.=]", line):
                places.setdefault((step, key[1]), number)
        return cls(places)

    def at(self, step: int, name: str = "") -> int:
        """The line of a field, else of its step, else the first."""
        place = self.places.get((step, name)) or self.places.get((step, ""))
        return place or (self.places.get((0, "step")) if step else None) or 1
