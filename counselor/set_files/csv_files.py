"""Sets as CSV: one row for each step."""

import csv
import io
import re
from collections.abc import Container, Iterator

from django.utils.translation import gettext as _

from counselor.set_files.findings import FIELDS, FileSet, Findings, InvalidSetFile, Problem
from counselor.sets import steps_of
from prompts.models import SetContent


def write(content: SetContent) -> str:
    """The set as CSV, with a byte order mark: without it spreadsheets guess another encoding."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    writer.writerows(
        [_escape_formula(step.question), _escape_formula(step.prompt), _escape_formula(step.note)] for step in steps_of(content)
    )
    return "\ufeff" + out.getvalue()


def _escape_formula(cell: str) -> str:
    """Puts an apostrophe before what a spreadsheet would run as a formula. Reversible: further apostrophes may precede it."""
    return f"'{cell}" if re.match(r"'*[=+\-@]", cell) else cell


def _unescape_formula(cell: str) -> str:
    """The reverse of `_escape_formula`."""
    return cell[1:] if re.match(r"'+[=+\-@]", cell) else cell


def read(text: str, library: Container[str]) -> FileSet:
    """The content of a CSV file. `library` holds the slugs of its prompts. Raises `InvalidSetFile`."""
    findings = Findings(library)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    rows = _rows(text, ";" if ";" in heading else ",", findings)
    line, cells = next(rows, (1, []))
    columns = [cell.strip().lower() for cell in cells]
    if not {"question", "prompt"} & set(columns):
        message = _("The first line has to name the columns: question, prompt, note. Add them there.")
        raise InvalidSetFile(findings.problems or [Problem(line, message)])
    _check_columns(findings, line, columns)
    for line, cells in rows:
        if any(cell.strip() for cell in cells[len(columns) :]):
            message = _("There are more cells than columns. Put quotation marks around any text that contains the separator.")
            findings.add_problem(line, message)
            continue
        named = zip(columns, cells, strict=False)
        findings.add_step(line, {name: _unescape_formula(cell) for name, cell in named if name})
    return findings.result()


def _check_columns(findings: Findings, line: int, columns: list[str]) -> None:
    """Raises `InvalidSetFile` at once: cells cannot be checked without knowing their columns."""
    for n, column in enumerate(columns):
        if column and column not in FIELDS:
            message = _("There’s no column “%(column)s”; you can use question, prompt and note. Rename it, or take it out.")
            findings.add_problem(line, message % {"column": column[:60]})
        elif column and column in columns[:n]:
            findings.add_problem(line, _("There are two columns “%(column)s”. Take one out.") % {"column": column})
    if findings.problems:
        raise InvalidSetFile(findings.problems)


def _rows(text: str, separator: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its first line; stops where quotation marks do not match."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        findings.add_problem(line, _("The quotation marks don’t match from here on. To use one inside a text, write it twice."))
