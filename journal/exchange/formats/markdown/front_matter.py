"""What stands before a Markdown text between lines of three dashes."""

import re
from collections.abc import Iterator

import yaml

from journal.exchange.formats import limits
from journal.exchange.formats.reading.json_values import Keys, keys_of

LINES, SIZE = 500, 64 * limits.KIB
# Anchors, of which a few lines can make gigabytes, and lists within lists on one line.
_ANCHOR = re.compile(r"(?:^|[\s\[{,:-])[&*][^\s&*]", re.MULTILINE)
_DEEP = re.compile(r"(?:[-?:][ \t]+){12}")
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value as text: "21:30" is no number, and "no" no choice


def split(lines: Iterator[str]) -> tuple[Keys, list[str]]:
    """The front matter, and the lines of the text that were taken on the way. Without front matter, those are the first line alone."""
    first = next(lines, "").removeprefix("\ufeff")
    if first.strip() != "---":
        return {}, [first]
    taken, size = [first], 0
    for line in lines:
        if line.strip() in {"---", "..."}:
            return read("".join(taken[1:])), []
        taken.append(line)
        size += len(line)
        if len(taken) > LINES or size > SIZE:
            break
    return {}, taken  # a line of dashes, and no front matter


def read(text: str) -> Keys:
    """The values by their names in small letters. What no YAML parser reads, such as a title with a colon, is read line by line."""
    values: Keys = {}
    if not _ANCHOR.search(text) and not _DEEP.search(text) and text.count("[") + text.count("{") < 200:
        try:
            values = keys_of(yaml.load(text, _LOADER))  # noqa: S506  a base loader makes nothing but texts, lists and maps
        except (yaml.YAMLError, ValueError, RecursionError, TypeError):
            values = {}
    if values and "#" not in text:
        return {str(name).strip().lower(): value for name, value in values.items()}
    lines = _by_lines(text)  # to YAML, "tags: #bath" is a comment and no tag
    values = {name: value or lines.get(name, value) for name, value in values.items()} or lines
    return {str(name).strip().lower(): value for name, value in values.items()}


def _by_lines(text: str) -> Keys:
    """Names and values of lines such as "title: Bath: at last", and lists of lines with a dash."""
    values: Keys = {}
    name = ""
    for line in text.split("\n"):
        key, colon, value = line.partition(":")
        if line.lstrip().startswith("- ") and name:
            if not isinstance(values[name], list):
                values[name] = []
            values[name].append(line.lstrip()[2:].strip().strip("\"'"))
        elif colon and not line.startswith((" ", "\t", "#")):
            name = key.strip()
            values[name] = value.strip().strip("\"'")
    return values
