"""Row ids. They are generated before a row is sealed, often by its page, so that sending the page twice creates one row."""

import uuid
from collections.abc import Callable

import uuid_utils.compat
from django.db import IntegrityError, models, transaction


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): unique, and increasing with time."""
    return uuid_utils.compat.uuid7()


def parse_id(text: str | None) -> uuid.UUID | None:
    """The id that a text states, or None."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def create_once[M: models.Model](
    own: models.QuerySet[M], pk: uuid.UUID, *, build: Callable[[uuid.UUID], M], is_same: Callable[[M], bool]
) -> tuple[M, bool]:
    """Insert a row under an id that its page generated. Returns the row, and whether it is new. Idempotent per `pk`.

    `own` are the author's rows; `build` returns an unsaved row with the id it is given. A row of `own` with this `pk` for
    which `is_same` is true is returned as it is. Where the id is taken otherwise (by another person's row, or by other
    content of a page that the browser went back to), the new row gets an id of its own.
    """
    try:
        return _create_once(own, pk, build, is_same)
    except IntegrityError:  # sent twice at once: the other row is visible now
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
