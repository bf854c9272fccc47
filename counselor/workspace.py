"""A counselor's workspace. Anyone can open one; it gives access to nobody. The operator may have to approve it first."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts import connections, leaving, notifications
from accounts.models import Connection, Role, User
from counselor import practices, progress
from counselor.models import ClientGroup, Invitation, Workspace, WorkspaceContent


class Closed(Exception):
    """The workspace that was to be changed is closed."""


def open_workspace(
    counselor: User, *, name: str, practice: str, line: str, now: dt.datetime, workspace: uuid.UUID | None = None
) -> Workspace:
    """Open a workspace, or change what it says about its counselor, which clients see. Idempotent.

    `workspace` is the one that the page showed; None where it showed none. Raises `Closed` where that is closed meanwhile.
    """
    membership = practices.of(counselor)
    practice = membership.practice.name if membership else practice  # that of the practice is its owner's to change
    values = {"name": name, "practice": practice, "content": WorkspaceContent(line=line)}
    approved_at = None if settings.COUNSELORS_APPROVED else now
    with transaction.atomic():
        if workspace and not Workspace.objects.select_for_update().filter(counselor=counselor, pk=workspace).exists():
            raise Closed
        opened, _created = Workspace.objects.update_or_create(
            counselor=counselor,
            defaults=values,
            create_defaults={**values, "opened_at": now, "approved_at": approved_at},
        )
        own = Connection.objects.of_counselor(counselor).active()
        list(own.locked().order_by("pk").values("pk"))  # in one order, as by all that lock several of them
        own.update(counselor_name=name, practice=practice)
        counselor.is_counselor, counselor.role = True, Role.COUNSELOR
        counselor.save(update_fields=["is_counselor", "role"])
    return opened


def approve(workspaces: QuerySet[Workspace], now: dt.datetime) -> int:
    """Let the counselors of these workspaces invite, and tell them that there is something to read. Returns how many waited."""
    with transaction.atomic():
        waiting = list(workspaces.select_for_update().filter(approved_at=None).order_by("pk"))
        Workspace.objects.filter(pk__in=[workspace.pk for workspace in waiting]).update(approved_at=now)
        for counselor in sorted(workspace.counselor_id for workspace in waiting):  # in one order, as all that locks several people
            notifications.queue(counselor, now)
    return len(waiting)


@transaction.atomic
def close_workspace(counselor: User, now: dt.datetime) -> None:
    """End every connection, withdraw open invitations, delete the groups and the practice client. What clients wrote stays theirs. Idempotent."""
    practices.leave(counselor, now)  # first: who renames a practice locks it before the workspaces in it
    # Locked, as by whoever invites: no invitation is made for a workspace that is closing.
    list(Workspace.objects.select_for_update().filter(counselor=counselor))
    practices.leave(counselor, now)  # one that was joined meanwhile
    leaving.delete_example(counselor)
    connections.end_these(Connection.objects.of_counselor(counselor).active(), Connection.Ended.CLOSED, now)
    Invitation.objects.of_counselor(counselor).open(now).update(withdrawn_at=now)
    ClientGroup.objects.of_counselor(counselor).delete()
    Workspace.objects.filter(counselor=counselor).delete()
    counselor.is_counselor, counselor.role = False, Role.PARENT
    counselor.save(update_fields=["is_counselor", "role"])


@dataclass(frozen=True, slots=True)
class Ending:
    """What closing a workspace ends: the clients, by name, and how many invitations wait, sets run and groups there are."""

    clients: list[Connection]
    invitations: int
    sets: int
    groups: int


def ending(counselor: User, now: dt.datetime) -> Ending:
    """What `close_workspace` would end. Two queries."""
    counted = (
        Invitation.objects.of_counselor(counselor).open(now).values("counselor"),
        progress.unfinished(counselor, now).values("connection__counselor"),
        ClientGroup.objects.of_counselor(counselor).values("counselor"),
    )
    counts = [Coalesce(Subquery(rows.order_by().annotate(n=Count("pk")).values("n")), 0) for rows in counted]
    invitations, sets, groups = User.objects.filter(pk=counselor.pk).values_list(*counts).get()
    return Ending(list(Connection.objects.of_counselor(counselor).active()), invitations, sets, groups)


def leave_groups(connections: list[uuid.UUID]) -> None:
    """Remove connections that are ending from all groups. Idempotent."""
    ClientGroup.members.through.objects.filter(connection__in=connections).delete()
