"""Invitations: a counselor's offer of a connection, and a parent's acceptance of it."""

import datetime as dt
import uuid
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts import connections
from accounts.keys.crypto import new_token, token_digest
from accounts.models import Connection, User
from common.ids import create_once, new_id
from counselor.models import INVITATION_LASTS, Invitation, InvitationContent, Workspace

PER_DAY = 30  # invitations of one counselor, withdrawn ones included


class TooManyInvitations(Exception):
    """The counselor has made `PER_DAY` invitations within a day."""


class NotAcceptable(Exception):
    """The invitation cannot be accepted (any more), or not by this person."""


def invite(counselor: User, *, email: str, name: str, now: dt.datetime, pk: uuid.UUID | None = None) -> tuple[Invitation, bool]:
    """Create an invitation. Returns it, and whether it is new: idempotent per `pk`, which its page generated, and addressee.

    Raises `TooManyInvitations`.
    """

    def build(new_pk: uuid.UUID) -> Invitation:
        if Invitation.objects.of_counselor(counselor).filter(made_at__gt=now - dt.timedelta(days=1)).count() >= PER_DAY:
            raise TooManyInvitations
        token = new_token()
        return Invitation(
            pk=new_pk,
            counselor=counselor,
            digest=token_digest(token),
            content=InvitationContent(token=token, email=email, name=name),
            made_at=now,
            expires_at=now + INVITATION_LASTS,
        )

    def is_same(existing: Invitation) -> bool:
        return (existing.content.email, existing.content.name) == (email, name) and existing.withdrawn_at is None

    return create_once(Invitation.objects.of_counselor(counselor), pk or new_id(), build=build, is_same=is_same)


def find_invitation(token: str) -> Invitation | None:
    """The invitation with this token, in whatever state, or None."""
    return Invitation.objects.filter(digest=token_digest(token)).select_related("counselor__workspace", "connection").first()


def leads_to_invitation(request: HttpRequest | None) -> bool:
    """Whether `?next=` is an invitation that can be accepted: then one can sign up on a closed site, too."""
    next_url = (request.POST.get("next") or request.GET.get("next") or "") if request else ""
    try:
        match = resolve(urlsplit(next_url).path)
    except (Resolver404, ValueError):
        return False
    if match.view_name != "counselor:invitation":
        return False
    invitation = find_invitation(match.kwargs["token"])
    return invitation is not None and invitation.state(timezone.now()) == Invitation.State.OPEN


def withdraw(counselor: User, invitation: uuid.UUID, now: dt.datetime) -> None:
    """Withdraw an invitation that was not accepted. Idempotent."""
    Invitation.objects.of_counselor(counselor).open(now).filter(pk=invitation).update(withdrawn_at=now)


def accept(parent: User, invitation: Invitation, *, parent_name: str, sees_answered: bool, now: dt.datetime) -> Connection:
    """Connect the parent to the counselor. Idempotent: accepting again returns the same connection.

    Raises `NotAcceptable` where the invitation was withdrawn, has expired, or was accepted by somebody else, and where the
    counselor has left or is this very person.
    """
    try:
        with transaction.atomic():
            return _accept(parent, invitation.pk, parent_name, sees_answered, now)
    except IntegrityError:  # accepted twice at once: the connection is visible now
        with transaction.atomic():
            return _accept(parent, invitation.pk, parent_name, sees_answered, now)


def _accept(parent: User, pk: uuid.UUID, parent_name: str, sees_answered: bool, now: dt.datetime) -> Connection:
    invitation = Invitation.objects.select_for_update().get(pk=pk)
    workspace = Workspace.objects.filter(counselor=invitation.counselor_id).first()
    connection = Connection.objects.of_parent(parent).active().filter(counselor=invitation.counselor_id).first()
    if connection is not None:
        return connection  # already connected: the invitation stays open for whom it was meant
    if workspace is None or invitation.counselor_id == parent.pk or invitation.state(now) != Invitation.State.OPEN:
        raise NotAcceptable
    connection = connections.make(
        parent=parent,
        counselor=invitation.counselor_id,
        counselor_name=workspace.name,
        practice=workspace.practice,
        parent_name=parent_name,
        sees_answered=sees_answered,
        now=now,
    )
    invitation.accepted_at, invitation.connection = now, connection
    invitation.save(update_fields=["accepted_at", "connection"])
    return connection
