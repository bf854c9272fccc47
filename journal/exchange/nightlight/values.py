"""How dates, moments and ids are written in an export."""

import datetime as dt
import uuid


def moment(at: dt.datetime | None) -> str | None:
    """ISO 8601 in UTC, to the microsecond."""
    return f"{at.astimezone(dt.UTC).replace(tzinfo=None).isoformat()}Z" if at else None


def day(date: dt.date | None) -> str | None:
    return date.isoformat() if date else None


def key(pk: uuid.UUID | None) -> str | None:
    return str(pk) if pk else None
