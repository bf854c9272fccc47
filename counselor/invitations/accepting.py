"""An invitation as the invited person meets it: found by its token, it opens an account on a closed site, and is accepted."""

import datetime as dt
import uuid
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts import connections, leaving
from accounts.keys.crypto import token_digest
from accounts.models import Connection, User
from counselor.models import ClientLabel, ClientLabelContent, Invitation, Workspace


class NotAcceptable(Exception):
    """The invitation cannot be accepted (any more), or not by this person."""


def find_invitation(token: str) -> Invitation | None:
    """The invitation with this token, in whatever state, or None."""
    return Invitation.objects.filter(digest=token_digest(token)).select_related("counselor", "connection", "account").first()


def invitation_to_sign_up(request: HttpRequest | None) -> Invitation | None:
    """The invitation in `?next=`, where one can sign up with it on a closed site: it can be accepted, and opened no account yet."""
    next_url = (request.POST.get("next") or request.GET.get("next") or "") if request else ""
    try:
        match = resolve(urlsplit(next_url).path)
    except (Resolver404, ValueError):
        return None
    if match.view_name != "counselor:invitation":
        return None
    invitation = find_invitation(match.kwargs["token"])
    return invitation if invitation and opens_account(invitation, timezone.now()) else None


def opens_account(invitation: Invitation, now: dt.datetime) -> bool:
    return invitation.state(now) == Invitation.State.OPEN and (invitation.account_made_at is None or _was_never_entered(invitation.account))


def _was_never_entered(account: User | None) -> bool:
    """Whether an account waits for its address to be confirmed, which may have been mistyped."""
    if account is None or account.last_login is not None or settings.ACCOUNT_EMAIL_VERIFICATION != "mandatory":
        return False
    return not EmailAddress.objects.filter(user=account, verified=True).exists()


@transaction.atomic
def open_account(person: User, pk: uuid.UUID, now: dt.datetime) -> None:
    """Save a new person with an invitation on a closed site. Raises `NotAcceptable` where it opened an account already.

    An account that was made with it and never entered is deleted: its address may have been mistyped.
    """
    invitation = Invitation.objects.select_for_update().get(pk=pk)
    if not opens_account(invitation, now):
        raise NotAcceptable
    if invitation.account is not None:
        leaving.delete(invitation.account)
    person.save()
    invitation.account, invitation.account_made_at = person, now
    invitation.save(update_fields=["account", "account_made_at"])


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
    if invitation.content.name:
        content = ClientLabelContent(label=invitation.content.name)
        ClientLabel.objects.create(connection=connection, counselor_id=invitation.counselor_id, content=content, written_at=now)
    return connection
