"""Reading and storing many rows with sealed columns, without an instance of their model for each: that costs more than to open them."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial

from django.core.exceptions import FieldError
from django.db import connections, models, transaction

from accounts.keys.crypto import Binding
from accounts.keys.sealing import SealedField, SealedTypeError


class SealedQuerySet[M: models.Model](models.QuerySet[M]):
    """A query set whose rows can be read and opened, or sealed and stored, without their instances."""

    def opened[R](self, make: Callable[..., R], *names: str, owner: uuid.UUID | None = None, chunk_size: int | None = None) -> Iterator[R]:
        """For each row, what `make` returns for these columns: the fields of these names, sealed ones opened as their payloads.

        The rows are read when the first is asked for: all at once or, with `chunk_size`, so many at a time. A value is opened
        when its row is reached, and kept nowhere. Call it while keys are held (`keyring.cached`): elsewhere every value fetches
        its owner's key. Raises a `KeyringError` at a value that does not open.

        Where all rows have one `owner`, naming them spares reading it in each row. What somebody else sealed does not open then.
        """
        pk = self.model._meta.pk.attname
        sealed = {name: field for name in names if isinstance(field := self.model._meta.get_field(name), SealedField)}
        owners = {name: self.model._meta.get_field(field.owner).attname for name, field in sealed.items()}  # type: ignore[union-attr]
        needed = [pk, *(owners.values() if owner is None else ()), *(field.version for field in sealed.values() if field.version)]
        columns = list(dict.fromkeys([*names, *needed]))
        place = {column: position for position, column in enumerate(columns)}
        openings = [(place[name], field, place.get(owners[name]), place.get(field.version)) for name, field in sealed.items()]
        at = place[pk]
        rows = self.values_list(*columns)
        for row in rows if chunk_size is None else rows.iterator(chunk_size):
            values = list(row[: len(names)])
            for position, field, of, version in openings:
                if values[position] is not None:
                    whose = owner if owner is not None or of is None else row[of]
                    binding = Binding(field.label, row[at], whose, 0 if version is None else row[version])
                    values[position] = field.open_value(values[position], binding)
            yield make(*values)

    def insert(self, names: Sequence[str], rows: Iterable[Sequence[object]], **same: object) -> None:
        """Store new rows, all or none: the values of the fields of these names for each, and what is the `same` in all of them.

        Payloads are sealed on the way. A field that is named nowhere has its default; a foreign key is the key that it leads to.
        As with `bulk_create` nothing is sent, validated or computed that a model's `save` would. Each row brings its primary key.
        """
        self._for_write = True
        connection, fields = connections[self.db], self.model._meta.concrete_fields
        place = {name: position for position, name in enumerate(names)}
        varying = [field for name in names for field in fields if field.name == name]
        constant = {field.name: same.get(field.name, field.get_default()) for field in fields if field.name not in place}
        if not len(varying) == len(place) == len(names) or not same.keys() <= constant.keys() or self.model._meta.pk.name not in place:
            raise FieldError(f"rows of {self.model.__name__} are stored by the names of its fields, each once, the primary key among them")
        sealed = [(place[field.name], field) for field in varying if isinstance(field, SealedField)]

        def value(row: Sequence[object], name: str) -> object:
            return row[place[name]] if name in place else constant[name]

        def prepared(row: Sequence[object]) -> list[object]:
            values = list(row)
            for position, field in sealed:
                if values[position] is not None:
                    binding = _binding(field, row[at], value(row, field.owner), value(row, field.version) if field.version else 0)
                    values[position] = binary(field.seal_value(values[position], binding).raw)
            for position, prepare in preparing:
                values[position] = prepare(values[position])
            return values + constants

        at = place[self.model._meta.pk.name]
        binary = connection.Database.Binary  # type: ignore[attr-defined]
        # The moments of a row are mostly the same, and to convert one takes as long as all the rest of the row.
        moment = lru_cache(8)(partial(models.DateTimeField().get_db_prep_save, connection=connection))
        preparing = [
            (place[field.name], moment if type(field) is models.DateTimeField else partial(field.get_db_prep_save, connection=connection))
            for field in varying
            if not isinstance(field, SealedField)
        ]
        constants = [field.get_db_prep_save(constant[field.name], connection) for field in fields if field.name in constant]
        columns = [str(field.column) for field in (*varying, *(field for field in fields if field.name in constant))]
        quote = connection.ops.quote_name
        into = f"{quote(self.model._meta.db_table)} ({', '.join(quote(column) for column in columns)})"
        places = ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO {into} VALUES ({places})"  # noqa: S608  names of the model's own
        with transaction.atomic(self.db), connection.cursor() as cursor:
            cursor.executemany(sql, [prepared(row) for row in rows])  # type: ignore[misc]

    def insert_made(self, instances: Iterable[M]) -> None:
        """Store instances that were made and changed nothing of the database yet, as `insert` does. They do not learn of it."""
        fields = self.model._meta.concrete_fields
        self.insert([field.name for field in fields], ([made.__dict__[field.attname] for field in fields] for made in instances))


def _binding(field: "SealedField[object, object]", pk: object, owner: object, version: object) -> Binding:
    if not isinstance(pk, uuid.UUID) or not isinstance(owner, uuid.UUID) or not isinstance(version, int):
        raise SealedTypeError(f"{field.name} needs its row's id, owner and version before it can be sealed")
    return Binding(field.label, pk, owner, version)
