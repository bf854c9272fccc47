"""Any number of ids in a query that is prepared: a placeholder for each would be another statement for each number."""

import json
from collections.abc import Iterable, Mapping

from django.db import connection, models

from common.database.prepared import Placeholder


class Ids(Placeholder):
    """In the queryset of a `Prepared`, as in `pk__in=Ids("pks")`, stands for the ids that are given by this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name, models.UUIDField())

    def as_sql(self, compiler: object, _connection: object) -> tuple[str, list[Placeholder]]:  # type: ignore[override]  # filled in later
        # The database takes the list as one value.
        return ("(SELECT unnest(%s::uuid[]))" if connection.vendor == "postgresql" else "(SELECT value FROM json_each(%s))"), [self]

    def value(self, values: Mapping[str, object]) -> str:
        given = values[self.name]
        ids = [self.output_field.get_prep_value(pk) for pk in given] if isinstance(given, Iterable) else []
        if connection.vendor == "postgresql":
            return f"{{{','.join(map(str, ids))}}}"
        return json.dumps([self.output_field.get_db_prep_value(pk, connection, prepared=True) for pk in ids])
