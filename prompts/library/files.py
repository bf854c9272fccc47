"""The library's files as tables. Every fault names its file and what is wrong."""

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parent / "data"


class LibraryError(Exception):
    """A file of the library cannot be read; the message names the file and what is wrong."""


def load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LibraryError(f"{path.name}: {error}") from error


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    """A file that is nothing but a list of tables of one name."""
    data = load(path)
    if set(data) != {table}:
        raise LibraryError(f"{path.name}: holds {', '.join(sorted(data)) or 'nothing'}; only [[{table}]] is known")
    return tables(path, data, table)


def tables(path: Path, data: dict[str, Any], table: str) -> list[dict[str, Any]]:
    """The tables of one name within another; none where it has none."""
    found = data.get(table, [])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise LibraryError(f"{path.name}: {table} is written [[{table}]], once for each")
    return found


def make[T](kind: type[T], path: Path, values: dict[str, Any], **given: Any) -> T:
    """An instance of a dataclass from a table; lists become tuples where the field is one. `given` cannot be in the table."""
    name = values.get("slug", values.get("name", values.get("prompt", "an entry")))
    unknown = values.keys() - {f.name for f in fields(kind) if f.name not in given}  # type: ignore[arg-type]
    if unknown:
        raise LibraryError(f"{path.name}: {name} has unknown fields: {', '.join(sorted(unknown))}")
    try:
        return kind(**values, **given)
    except TypeError as error:
        raise LibraryError(f"{path.name}: {name}: {error}") from error


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text in which lines are broken anywhere and an empty line ends a paragraph."""
    return tuple(" ".join(block.split()) for block in text.split("\n\n") if block.strip())
