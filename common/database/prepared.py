"""Queries that are compiled once a process.

To build a queryset and compile it takes Django some 0.3 ms, ten times as long as SQLite takes to answer it. Where pages wait
for that, it is done once, with a `Placeholder` for each value that differs, and the SQL that came of it is run:

    _SIZES = Prepared(lambda: Entry.objects.filter(author=Placeholder("author", UUIDField())).values_list("night", "size"))

    for night, size in _SIZES.rows(author=author.pk): ...
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property

from django.db import connection, models


class Placeholder(models.Expression):
    """In the queryset of a `Prepared`, stands for the value that is given by this name whenever it runs."""

    def __init__(self, name: str, output_field: "models.UUIDField[uuid.UUID, uuid.UUID] | models.DateField[dt.date, dt.date]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: object, connection: object) -> tuple[str, list["Placeholder"]]:  # type: ignore[override]  # filled in later
        return "%s", [self]

    def value(self, values: Mapping[str, object]) -> str | uuid.UUID | dt.date:
        """Its value, as the database takes it."""
        value: str | uuid.UUID | dt.date = self.output_field.get_db_prep_value(values[self.name], connection, prepared=False)
        return value


class Prepared[Row]:
    """A queryset of `values_list`, which `build` returns. It is compiled when it first runs.

    What it holds besides placeholders stays as it was then, for as long as the process runs; so does the time zone of a lookup
    such as `__date`.
    """

    def __init__(self, build: "Callable[[], models.QuerySet[models.Model, Row]]") -> None:
        self.build = build

    @cached_property
    def _compiled(self) -> "tuple[str, tuple[str | int | Placeholder, ...], list[tuple[int, list[Callable[..., object]], object]]]":
        """The SQL, its parameters, and what converts a row as `values_list` does: positions, functions and their expressions.

        Django has no public way to reuse these; compilers have had the three methods since 1.8.
        """
        compiler = self.build().query.get_compiler(connection.alias)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select[: compiler.col_count]])
        return sql, tuple(params), [(position, *functions) for position, functions in converters.items()]

    def rows(self, **values: object) -> list[Row]:
        """The queryset's rows with these values in place of the placeholders. One query."""
        sql, params, converters = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, tuple(param.value(values) if isinstance(param, Placeholder) else param for param in params))
            rows = [list(row) for row in cursor.fetchall()]
        for position, functions, expression in converters:
            for row in rows:
                for function in functions:
                    row[position] = function(row[position], expression, connection)
        return [tuple(row) for row in rows]  # type: ignore[misc]  # as the type of the queryset says


# --- Rows of models.


def columns(model: type[models.Model], relation: str = "") -> list[str]:
    """What `values_list` takes to select all columns of a model, over a relation if one is named."""
    return [f"{relation}__{name}" if relation else name for name in _attributes(model)]


@cache
def _attributes(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def instance[M: models.Model](model: type[M], row: Sequence[object]) -> M:
    """The instance whose `columns` the row holds."""
    return model.from_db(connection.alias, _attributes(model), row)


def instance_if_any[M: models.Model](model: type[M], row: Sequence[object]) -> M | None:
    """The instance whose `columns` the row holds; None where an outer join found none."""
    return None if all(value is None for value in row) else instance(model, row)
