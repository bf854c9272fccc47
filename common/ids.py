"""Row ids. They are generated before a row is sealed, often by its page, so that sending the page twice creates one row."""

import uuid
from collections.abc import Callable, Iterator

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


MAX_REUSES = 20  # of one page's id, for rows with other content


def create_once[M: models.Model](
    own: models.QuerySet[M], pk: uuid.UUID, *, build: Callable[[uuid.UUID], M], is_same: Callable[[M], bool]
) -> tuple[M, bool]:
    """Insert a row under an id that its page generated. Returns the row, and whether it is new.

    Idempotent per `pk` and content: `own` are the author's rows, and one of them for which `is_same` is true is returned as it
    is. Where the id is taken otherwise (by another person's row, or by other content of a page that the browser went back
    to), the row gets the next id that follows from `pk`, so that sending that twice creates one row, too. `build` returns an
    unsaved row with the id it is given.
    """
    for candidate in _ids_from(pk):
        for is_last in (False, True):
            existing = own.filter(pk=candidate).first()
            if existing is not None and is_same(existing):
                return existing, False
            if existing is not None or own.model._default_manager.filter(pk=candidate).exists():
                break
            try:
                with transaction.atomic():
                    row = build(candidate)
                    row.save(force_insert=True)
            except IntegrityError:  # sent twice at once: the other row is visible now
                if is_last:
                    raise
            else:
                return row, True
    raise AssertionError("a new id is never taken")


def _ids_from(pk: uuid.UUID) -> Iterator[uuid.UUID]:
    """`pk`, then ids that follow from it, and at last a new one."""
    for _reuse in range(MAX_REUSES):
        yield pk
        pk = _after(pk)
    yield new_id()


TIME_AT = 80  # the bit at which the milliseconds of a UUIDv7 begin; above it are 48 of them


def _after(pk: uuid.UUID) -> uuid.UUID:
    """The id that follows from `pk`: always the same, and sorted after it, as what was sent later is."""
    milliseconds = (pk.int >> TIME_AT) + 1
    others = uuid.uuid5(pk, "next").int & ((1 << TIME_AT) - 1)
    following = uuid.UUID(int=(milliseconds << TIME_AT | others) & ((1 << 128) - 1))
    return uuid.UUID(int=following.int & ~(0xF << 76) | 7 << 76)
