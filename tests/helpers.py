"""What many tests do in the same way."""

from django.db import models

from accounts.keys.sealing import Sealed


def sealed_bytes(row: models.Model, column: str = "content") -> bytes:
    """The bytes as they lie in the row's column."""
    sealed: object = type(row)._default_manager.values_list(column, flat=True).get(pk=row.pk)
    assert isinstance(sealed, Sealed)
    return sealed.raw
