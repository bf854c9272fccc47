"""Reading many rows with sealed columns, without an instance of their model for each: that costs more than to open them."""

import uuid
from collections.abc import Callable, Iterator

from django.db import models

from accounts.keys.crypto import Binding
from accounts.keys.sealing import SealedField


class SealedQuerySet[M: models.Model](models.QuerySet[M]):
    """A query set whose rows can be read and opened without their instances."""

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
