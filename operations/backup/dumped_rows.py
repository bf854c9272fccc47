"""The rows of a dump that `pg_dump` made, for a database of another kind: `pg_restore` writes them as text, which is read here."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import BinaryField, Field, JSONField, Model

from operations.backup import postgres
from operations.backup.archive import Damaged
from operations.backup.copying import Models, Row, column_of

_HEAD = re.compile(rb'COPY (?:"?\w+"?\.)?"?(\w+)"? \((.*)\) FROM stdin;\n')
_END = b"\\.\n"
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class DumpSource:
    """The rows in a dump's file. Raises `Damaged` where it is not as `pg_dump` writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def tables(self, models: Models) -> Iterator[tuple[type[Model], Iterator[Row]]]:
        by_table = {model._meta.db_table: model for model in models}
        command = [postgres.find_tool("pg_restore"), "--data-only", "--file=-", str(self.path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
            output = process.stdout
            assert output is not None  # noqa: S101  it is piped
            while line := output.readline():
                if head := _HEAD.fullmatch(line):
                    columns = [name.strip().strip('"') for name in head[2].decode().split(",")]
                    model = by_table.get(head[1].decode())
                    rows = _rows(output, model, columns)
                    if model is None:
                        for _ in rows:
                            pass
                    else:
                        yield model, rows
        if process.returncode:
            raise Damaged("The dump of the database cannot be read by pg_restore.")


def _rows(output: IO[bytes], model: type[Model] | None, columns: list[str]) -> Iterator[Row]:
    """The rows up to the end of this table's; where nobody wants them, they are passed over."""
    fields = model._meta.concrete_fields if model else ()
    try:
        places = [columns.index(column_of(field)) for field in fields]
        while (line := output.readline()) != _END:
            if not line:
                raise Damaged("The dump of the database ends within a table.")
            values = line[:-1].split(b"\t")
            yield [value_of(field, values[place]) for field, place in zip(fields, places, strict=True)]
    except (ValueError, IndexError, ValidationError) as error:
        raise Damaged("The dump of the database holds what its table cannot.") from error


def value_of(field: "Field[object, object]", raw: bytes) -> object:
    """The value of a column as COPY writes it, as the field has it in Python."""
    if raw == rb"\N":
        return None
    text = _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), raw)
    target = field
    while target.remote_field and hasattr(target, "target_field"):
        target = target.target_field
    if isinstance(target, BinaryField):
        data = bytes.fromhex(text.removeprefix(b"\\x").decode("ascii"))
        return target.from_db_value(data, None, connection) if hasattr(target, "from_db_value") else data
    if isinstance(target, JSONField):
        return json.loads(text)
    return target.to_python(text.decode())
