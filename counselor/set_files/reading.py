"""Reading a file of either format."""

import re
from collections.abc import Container

from django.utils.translation import gettext as _

from counselor.set_files import csv_files, toml_files
from counselor.set_files.findings import FileSet, InvalidSetFile, Problem


def read(data: bytes, filename: str, library: Container[str]) -> FileSet:
    """The content of a file, in the format that its name or, without an extension, its text indicates.

    `library` holds the slugs of its prompts. Raises `InvalidSetFile`.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("This isn’t UTF-8. Save the file again with that encoding; spreadsheets call it “CSV UTF-8”.")
        raise InvalidSetFile([Problem(line, message)]) from None
    return toml_files.read(text, library) if _is_toml(text, filename) else csv_files.read(text, library)


def _is_toml(text: str, filename: str) -> bool:
    if filename.lower().endswith((".toml", ".csv")):
        return filename.lower().endswith(".toml")
    return re.search(r"^[ \t]*(\[\[[ \t]*step[ \t]*\]\]|(name|introduction|caution)[ \t]*=)", text, re.MULTILINE) is not None
