"""Sets as CSV: a line for each step."""

import csv
import io
import re
from collections.abc import Container, Iterator

from django.utils.translation import gettext as _

from counselor.set_files.findings import FIELDS, FileSet, Findings, NotASet, Problem
from counselor.sets import steps_of
from prompts.models import SetContent


def write(content: SetContent) -> str:
    """With a byte order mark, without which spreadsheets take the letters for others."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    writer.writerows([_guarded(step.question), _guarded(step.prompt), _guarded(step.note)] for step in steps_of(content))
    return "\ufeff" + out.getvalue()


def _guarded(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would run as a formula, and before what looks as if it had one already."""
    return f"'{cell}" if re.match(r"'*[=+\-@]", cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if re.match(r"'+[=+\-@]", cell) else cell


def read(text: str, known: Container[str]) -> FileSet:
    """Raises `NotASet`. `known`: the slugs of the library."""
    findings = Findings(known)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    rows = _rows(text, ";" if ";" in heading else ",", findings)
    line, cells = next(rows, (1, []))
    columns = [cell.strip().lower() for cell in cells]
    if not {"question", "prompt"} & set(columns):
        message = _("The first line names the columns: question, prompt, note. Write them there.")
        raise NotASet(findings.problems or [Problem(line, message)])
    _check_columns(findings, line, columns)
    for line, cells in rows:
        if any(cell.strip() for cell in cells[len(columns) :]):
            message = _("There are more cells than columns. Put quotation marks around a text that holds the separator.")
            findings.add_problem(line, message)
            continue
        named = zip(columns, cells, strict=False)
        findings.add_step(line, {name: _unguarded(cell) for name, cell in named if name})
    return findings.result()


def _check_columns(findings: Findings, line: int, columns: list[str]) -> None:
    """Raises `NotASet` at once: what is in the columns cannot be judged before they are right."""
    for n, column in enumerate(columns):
        if column and column not in FIELDS:
            message = _("There is no column “%(column)s”; question, prompt and note are known. Rename it, or take it out.")
            findings.add_problem(line, message % {"column": column[:60]})
        elif column and column in columns[:n]:
            findings.add_problem(line, _("The column “%(column)s” is there twice. Take one out.") % {"column": column})
    if findings.problems:
        raise NotASet(findings.problems)


def _rows(text: str, separator: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line that it begins in; ends where quotation marks do not fit."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        findings.add_problem(line, _("The quotation marks do not fit together from here on. One inside a text is written twice."))
