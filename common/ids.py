"""Row ids: made before a row is sealed, often by the page that sends it, so that sending it twice makes one row."""

import uuid
from collections.abc import Callable

import uuid_utils.compat
from django.db import IntegrityError, models, transaction


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): unique, and rising with time."""
    return uuid_utils.compat.uuid7()


def parse_id(text: str | None) -> uuid.UUID | None:
    """The id that a text spells, or None where it spells none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def create_once[M: models.Model](
    own: models.QuerySet[M], pk: uuid.UUID, *, build: Callable[[uuid.UUID], M], is_same: Callable[[M], bool]
) -> tuple[M, bool]:
    """Insert a row under an id that its page made up. Returns the row, and whether it is new.

    `own` are the rows that its author can find; `build` makes the unsaved row under the id it is given. Idempotent per `pk`:
    a row of `own` under it for which `is_same` holds is returned as it is. Where the id stands for anything else (somebody
    else's row, or other content, from a page that was gone back to), the row gets an id of its own.
    """
    try:
        return _create_once(own, pk, build, is_same)
    except IntegrityError:  # sent twice at once: now the other one is found
        return _create_once(own, pk, build, is_same)


def _create_once[M: models.Model](
    own: models.QuerySet[M], pk: uuid.UUID, build: Callable[[uuid.UUID], M], is_same: Callable[[M], bool]
) -> tuple[M, bool]:
    existing = own.filter(pk=pk).first()
    if existing is not None and is_same(existing):
        return existing, False
    is_taken = own.model._default_manager.filter(pk=pk).exists()
    row = build(new_id() if is_taken else pk)
    with transaction.atomic():
        row.save(force_insert=True)
    return row, True
