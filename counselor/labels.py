"""Labels: what a counselor calls their clients for themselves, beside the name that each client gave. Clients never see them."""

import datetime as dt
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import Connection, ConnectionQuerySet, User
from common.names import named
from common.text import fold
from counselor.models import ClientLabel, ClientLabelContent

__all__ = ["alike", "name_of", "named", "of", "of_counselor", "save", "stored", "with_label"]

TICK = dt.timedelta(microseconds=1)  # the resolution of the database


def of_counselor(counselor: User) -> dict[uuid.UUID, str]:
    """The label of each client who has one, by connection, ended ones too. One query, and one key opens them all."""
    return dict(ClientLabel.objects.of_counselor(counselor).opened(_pk_and_label, "connection_id", "content", owner=counselor.pk))


def _pk_and_label(pk: uuid.UUID, content: ClientLabelContent) -> tuple[uuid.UUID, str]:
    return pk, content.label


def of(connection: Connection) -> str:
    """The label of one client; "" where there is none. No query for a connection that was loaded `with_label`."""
    row: ClientLabel | None = getattr(connection, "label", None)
    return row.content.label if row and row.counselor_id == connection.counselor_id else ""


def with_label(connections: ConnectionQuerySet) -> ConnectionQuerySet:
    """These connections, each loaded with its label."""
    return connections.select_related("label")


def name_of(connection: Connection) -> str:
    """The client's own name with the label beside it, for a connection that was loaded `with_label`."""
    return named(connection.parent_name, of(connection))


def alike(names: Mapping[uuid.UUID, str], chosen: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Of each chosen client who is called like others: those others and themselves. Before something is given to one of them, ask which.

    `names` are the names that the clients gave, by connection. Two are alike where one begins with all words of the other, as "Mara"
    and "mara l.". Nobody is asked for who was chosen together with all others of their name.
    """
    words = {pk: re.findall(r"\w+", fold(name)) or [name] for pk, name in names.items()}
    groups = {pk: [other for other in names if _is_alike(words[pk], words[other])] for pk in chosen if pk in names}
    return {pk: group for pk, group in groups.items() if not set(group) <= set(chosen)}


def _is_alike(one: list[str], other: list[str]) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


@dataclass(frozen=True, slots=True)
class Label:
    """A label as it is stored. `version` changes with every save; 0 where there is none."""

    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """The label was changed elsewhere since the page was opened. Nothing was written; `stored` is the label as it is."""

    stored: Label


def stored(connection: Connection) -> Label:
    """The label of a connection that was loaded `with_label`."""
    row: ClientLabel | None = getattr(connection, "label", None)
    return _label(row if row and row.counselor_id == connection.counselor_id else None)


def _label(row: ClientLabel | None) -> Label:
    return Label(row.content.label, int(row.written_at.timestamp() * 1_000_000)) if row else Label()


def save(counselor: User, connection: uuid.UUID, label: str, now: dt.datetime, *, based_on: int | None = None) -> Label | Conflict:
    """Give one of the counselor's clients a label; an empty one takes it away. Idempotent. Does nothing to any other's client.

    `based_on` is the version that the page was opened with; without it the label is replaced whatever it is.
    """
    try:
        with transaction.atomic():
            return _save(counselor, connection, label, now, based_on)
    except IntegrityError:  # the first label was given at the same time: it is visible now
        with transaction.atomic():
            return _save(counselor, connection, label, now, based_on)


def _save(counselor: User, connection: uuid.UUID, label: str, now: dt.datetime, based_on: int | None) -> Label | Conflict:
    if not Connection.objects.of_counselor(counselor).filter(pk=connection).exists():
        return Label()
    row = ClientLabel.objects.of_counselor(counselor).select_for_update().filter(pk=connection).first()
    present = _label(row)
    if label == present.text:
        return present
    if based_on is not None and based_on != present.version:
        return Conflict(present)
    if row is None:
        row = ClientLabel(connection_id=connection, counselor=counselor, content=ClientLabelContent(label=label), written_at=now)
        row.save(force_insert=True)
    elif label:
        row.content = ClientLabelContent(label=label)
        row.written_at = max(now, row.written_at + TICK)  # so that versions differ whatever the clock does
        row.save(update_fields=["content", "written_at"])
    else:
        row.delete()
        return Label()
    return _label(row)
