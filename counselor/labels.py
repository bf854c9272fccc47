"""Labels: what a counselor calls their clients for themselves, beside the name that each client gave. Clients never see them."""

import datetime as dt
import re
import uuid
from collections.abc import Collection, Mapping

from accounts.models import Connection, ConnectionQuerySet, User
from common.text import fold
from counselor.models import ClientLabel, ClientLabelContent


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


def named(name: str, label: str) -> str:
    """The client's own name with the label beside it, as "Mara (Tuesdays)"; only one of the two where they are the same."""
    return f"{name} ({label})" if label and label.strip().casefold() != name.strip().casefold() else name


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


def save(counselor: User, connection: uuid.UUID, label: str, now: dt.datetime) -> None:
    """Give one of the counselor's clients a label; an empty one takes it away. Idempotent. Does nothing to any other's client."""
    own = Connection.objects.of_counselor(counselor).filter(pk=connection)
    if not own.exists():
        return
    if not label:
        ClientLabel.objects.of_counselor(counselor).filter(pk=connection).delete()
        return
    values = {"counselor": counselor, "content": ClientLabelContent(label=label), "written_at": now}
    ClientLabel.objects.update_or_create(connection_id=connection, defaults=values)
