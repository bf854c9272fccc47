"""Labels: what a counselor calls their clients for themselves, beside the name that each client gave. Clients never see them."""

import datetime as dt
import uuid

from accounts.models import Connection, User
from counselor.models import ClientLabel, ClientLabelContent


def of_counselor(counselor: User) -> dict[uuid.UUID, str]:
    """The label of each client who has one, by connection, ended ones too. One query, and one key opens them all."""
    return dict(ClientLabel.objects.of_counselor(counselor).opened(_pk_and_label, "connection_id", "content", owner=counselor.pk))


def _pk_and_label(pk: uuid.UUID, content: ClientLabelContent) -> tuple[uuid.UUID, str]:
    return pk, content.label


def of(connection: Connection) -> str:
    """The label of one client; "" where there is none."""
    row = ClientLabel.objects.filter(connection=connection, counselor=connection.counselor_id).first()
    return row.content.label if row else ""


def named(name: str, label: str) -> str:
    """The client's own name with the label beside it, as "Mara (Tuesdays)"; only one of the two where they are the same."""
    return f"{name} ({label})" if label and label.strip().casefold() != name.strip().casefold() else name


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
