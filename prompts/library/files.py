"""Reading the library's TOML files: parsing them, and turning their tables into dataclasses."""

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parent / "data"
FOLLOW_UPS = "follow-ups.toml"


class LibraryError(Exception):
    """A file of the library cannot be read or is invalid. The message names the file and what is wrong."""


def load(path: Path) -> dict[str, Any]:
    """The file's top-level table. Raises `LibraryError`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LibraryError(f"{path.name}: {error}") from error


def in_language(library: Path, language: str, name: str) -> tuple[Path, str]:
    """The file of this name in a language, and the code of that language; the English one where it is not translated."""
    path = library / language / name
    return (path, language) if path.exists() else (library / "en" / name, "en")


def of_english(library: Path, name: str, data: dict[str, object], language: str, *fields: str) -> dict[str, object]:
    """Those of these fields that the English file of this name has: they are the same in every language, and only it may have them.

    `data` is the table of the file in `language`; from the English one they are taken out. Raises `LibraryError`.
    """
    if language == "en":
        return {field: data.pop(field) for field in fields if field in data}
    english = load(library / "en" / name)
    return {field: english[field] for field in fields if field in english}


def with_own_prompts(folder: Path) -> list[Path]:
    """The files of one language whose prompts are not asked night by night: the paths, the sets, each by name, then the follow-ups."""
    follow_ups = folder / FOLLOW_UPS
    return [
        *(path for kind in ("paths", "sets") for path in sorted((folder / kind).glob("*.toml"))),
        *([follow_ups] if follow_ups.exists() else []),
    ]


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    """The tables of a file that has tables of one name only. Raises `LibraryError`."""
    data = load(path)
    if set(data) != {table}:
        raise LibraryError(f"{path.name}: holds {', '.join(sorted(data)) or 'nothing'}; only [[{table}]] is known")
    return tables(path, data, table)


def tables(path: Path, data: dict[str, object], table: str) -> list[dict[str, Any]]:
    """The tables of one name in `data`, which was read from `path`; an empty list where it has none. Raises `LibraryError`."""
    rows_of_table = data.get(table, [])
    if not isinstance(rows_of_table, list) or not all(isinstance(row, dict) for row in rows_of_table):
        raise LibraryError(f"{path.name}: {table} is written [[{table}]], once for each")
    return rows_of_table


def texts(path: Path, values: dict[str, object], field: str) -> tuple[str, ...]:
    """The list of strings in one field of a table that was read from `path`; empty where it has none. Raises `LibraryError`."""
    items = values.get(field, [])
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise LibraryError(f"{path.name}: {field} is written as a list of texts")
    return tuple(items)


def make[T](kind: type[T], path: Path, values: dict[str, object], **fixed: object) -> T:
    """An instance of a dataclass from a table that was read from `path`. Raises `LibraryError` for unknown or missing fields.

    The fields in `fixed` may not be in the table.
    """
    name = values.get("slug", values.get("name", values.get("prompt", "an entry")))
    unknown = values.keys() - {field.name for field in fields(kind) if field.name not in fixed}  # type: ignore[arg-type]
    if unknown:
        raise LibraryError(f"{path.name}: {name} has unknown fields: {', '.join(sorted(unknown))}")
    try:
        return kind(**values, **fixed)
    except TypeError as error:
        raise LibraryError(f"{path.name}: {name}: {error}") from error


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, each on one line. An empty line ends a paragraph; other line breaks become spaces."""
    return tuple(" ".join(block.split()) for block in text.split("\n\n") if block.strip())


def split_paragraphs(data: dict[str, object], *names: str) -> None:
    """Replace the texts under these names in `data`, where it has them, by their paragraphs."""
    for name in names:
        if isinstance(text := data.get(name), str):
            data[name] = paragraphs(text)
