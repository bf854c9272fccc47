"""A counselor's workspace. Anyone can open one; it gives access to nobody."""

import datetime as dt
import uuid

from django.db import transaction

from accounts import connections
from accounts.models import Connection, Role, User
from counselor.models import ClientGroup, Invitation, Workspace, WorkspaceContent


def open_workspace(counselor: User, *, name: str, practice: str, line: str, now: dt.datetime) -> Workspace:
    """Open a workspace, or change what it says about its counselor, which clients see. Idempotent."""
    values = {"name": name, "practice": practice, "content": WorkspaceContent(line=line)}
    with transaction.atomic():
        workspace, _created = Workspace.objects.update_or_create(
            counselor=counselor,
            defaults=values,
            create_defaults={**values, "opened_at": now},
        )
        Connection.objects.of_counselor(counselor).active().update(counselor_name=name, practice=practice)
        counselor.is_counselor, counselor.role = True, Role.COUNSELOR
        counselor.save(update_fields=["is_counselor", "role"])
    return workspace


@transaction.atomic
def close_workspace(counselor: User, now: dt.datetime) -> None:
    """End every connection, withdraw open invitations and delete the groups. What clients wrote stays theirs. Idempotent."""
    connections.end_these(Connection.objects.of_counselor(counselor).active(), Connection.Ended.CLOSED, now)
    Invitation.objects.of_counselor(counselor).open(now).update(withdrawn_at=now)
    ClientGroup.objects.of_counselor(counselor).delete()
    Workspace.objects.filter(counselor=counselor).delete()
    counselor.is_counselor, counselor.role = False, Role.PARENT
    counselor.save(update_fields=["is_counselor", "role"])


def leave_groups(connections: list[uuid.UUID]) -> None:
    """Remove connections that are ending from all groups. Idempotent."""
    ClientGroup.members.through.objects.filter(connection__in=connections).delete()
