"""Sets as TOML: name, introduction, caution, and a table for each step."""

import re
import tomllib
from collections.abc import Container
from dataclasses import dataclass

import tomli_w
from django.utils.translation import gettext as _

from common.text import block, one_line
from counselor.set_files.findings import FIELDS, FileSet, Findings, InvalidSetFile, Problem
from counselor.sets import CAUTION_LIMIT, INTRODUCTION_LIMIT, NAME_LIMIT, SetStep, steps_of
from prompts.models import SetContent

_HEAD = ("name", "introduction", "caution")


def write(content: SetContent) -> str:
    texts = {"introduction": content.introduction, "caution": content.caution}
    head = {"name": content.name} | {name: text for name, text in texts.items() if text}
    # Table by table: tomli_w would write short steps as one inline array, which is not the documented form.
    return _dump(head) + "".join(f"\n[[step]]\n{_dump(_table(step))}" for step in steps_of(content))


def _table(step: SetStep) -> dict[str, str]:
    return ({"prompt": step.prompt} if step.prompt else {"question": step.question}) | ({"note": step.note} if step.note else {})


def _dump(table: dict[str, str]) -> str:
    return tomli_w.dumps(table, multiline_strings=True)


# --- Reading.


def read(text: str, library: Container[str]) -> FileSet:
    """The content of a TOML file. `library` holds the slugs of its prompts. Raises `InvalidSetFile`."""
    findings = Findings(library)
    text = text.replace("\r\n", "\n")
    bare = _without_strings(text)
    if deep := _DEEP_KEY.search(bare):  # dotted keys of thousands of parts would exhaust the memory
        message = _("Names can’t have this many parts here; use name, introduction, caution and [[step]].")
        raise InvalidSetFile([Problem(bare.count("\n", 0, deep.start()) + 1, message)])
    data, lines = _tables(text), _Lines.of(bare)
    for name in data.keys() - {*_HEAD, "step"}:
        message = _("“%(field)s” doesn’t belong here; use name, introduction, caution and [[step]].") % {"field": name[:60]}
        findings.add_problem(lines.at(0, name), message)
    head = {name: _as_text(findings, lines.at(0, name), name, data.get(name, "")) for name in _HEAD}
    name, introduction, caution = one_line(head["name"]), block(head["introduction"]), block(head["caution"])
    if not name and isinstance(data.get("name", ""), str):
        findings.add_problem(lines.at(0, "name"), _('The set has no name. Write name = "…" in the first line.'))
    findings.check_text(lines.at(0, "name"), "name", name, NAME_LIMIT)
    findings.check_text(lines.at(0, "introduction"), "introduction", introduction, INTRODUCTION_LIMIT)
    findings.check_text(lines.at(0, "caution"), "caution", caution, CAUTION_LIMIT)
    for number, step in enumerate(_steps(findings, lines, data.get("step", [])), 1):
        _read_step(findings, lines, number, step)
    return findings.result(name, introduction, caution)


def _tables(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: syntax errors, and numbers that are too long
        match = re.search(r"\(at line (\d+)", str(error))
        is_at_end = "(at end of document)" in str(error)
        line = int(match[1]) if match else max(1, len(text.splitlines())) if is_at_end else 1
        message = _("This isn’t valid TOML: a quotation mark, a bracket or an equals sign may be missing here or just above.")
        raise InvalidSetFile([Problem(line, message)]) from None


def _steps(findings: Findings, lines: "_Lines", steps: object) -> list[dict[str, object]]:
    if isinstance(steps, list) and all(isinstance(step, dict) for step in steps):
        return steps
    findings.add_problem(lines.at(0, "step"), _("A question begins with [[step]], with its fields in the lines below."))
    return []


def _read_step(findings: Findings, lines: "_Lines", number: int, step: dict[str, object]) -> None:
    for name in step.keys() - set(FIELDS):
        message = _("“%(field)s” doesn’t belong under [[step]]; use question, prompt and note.") % {"field": name[:60]}
        findings.add_problem(lines.at(number, name), message)
    values = {name: _as_text(findings, lines.at(number, name), name, step[name]) for name in FIELDS if name in step}
    if all(isinstance(step[name], str) for name in values):
        findings.add_step(lines.at(number), values)


def _as_text(findings: Findings, line: int, name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    findings.add_problem(line, _("“%(field)s” is a text. Put it in quotation marks.") % {"field": name})
    return ""


# --- The line numbers of fields, which `tomllib` does not provide.

_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<broken>[\"'])",
    re.DOTALL,
)
_DEEP_KEY = re.compile(r"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){4}")


def _without_strings(text: str) -> str:
    """A TOML file without comments and with the content of its strings removed; the line numbers stay the same.

    It ends at a quotation mark that is not closed.
    """
    parts, end = [], 0
    for match in _STRING_OR_COMMENT.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        if match["broken"]:
            return "".join(parts)
        if not match["comment"]:
            quoted = match[0][1:-1]
            parts.append(quoted if re.fullmatch(r"[\w-]{1,40}", quoted) else "s" + "\n" * quoted.count("\n"))
    return "".join(parts) + text[end:]


@dataclass(frozen=True, slots=True)
class _Lines:
    """The line numbers of fields, by the number of their step (0 above the steps) and their name."""

    numbers: dict[tuple[int, str], int]

    @classmethod
    def of(cls, bare: str) -> "_Lines":
        numbers: dict[tuple[int, str], int] = {}
        step = steps = 0
        for number, line in enumerate(bare.split("\n"), 1):
            if table := re.match(r"[ \t]*\[(\[?)[ \t]*([\w-]+)", line):
                is_step = table[2] == "step"
                steps += is_step and bool(table[1])
                step = steps if is_step else -1  # the fields of other tables are not looked up
                numbers.setdefault((0, table[2]), number)
                if is_step:
                    numbers.setdefault((step, ""), number)
            elif key := re.match(r"[ \t]*([\w-]+)[ \t]*[.=]", line):
                numbers.setdefault((step, key[1]), number)
        return cls(numbers)

    def at(self, step: int, name: str = "") -> int:
        """The line of a field; else that of its step, else of the first step, else 1."""
        number = self.numbers.get((step, name)) or self.numbers.get((step, ""))
        return number or (self.numbers.get((0, "step")) if step else None) or 1
