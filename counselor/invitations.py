"""Invitations: a counselor's offer of a connection, and a parent's acceptance of it."""

import datetime as dt
import uuid
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts import connections, leaving
from accounts.keys.crypto import new_token, token_digest
from accounts.models import Connection, User
from common.ids import create_once, new_id
from counselor.models import INVITATION_LASTS, ClientLabel, ClientLabelContent, Invitation, InvitationContent, MailDay, Workspace

PER_DAY = 30  # invitations of one counselor, withdrawn ones included


class CannotInvite(Exception):
    """The counselor cannot invite: the workspace is closed, or not approved yet."""


class TooMany(Exception):
    """No further invitation, or none by mail, can be made until the moment `until`."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__("too many invitations")
        self.until = until


class TooManyInvitations(TooMany):
    """The counselor has made `PER_DAY` invitations within a day."""


class TooManyMails(TooMany):
    """The whole site has mailed as many invitations on this day as its operator allows."""


class NotAcceptable(Exception):
    """The invitation cannot be accepted (any more), or not by this person."""


def invite(counselor: User, *, email: str, name: str, now: dt.datetime, pk: uuid.UUID | None = None) -> tuple[Invitation, bool]:
    """Create an invitation. Returns it, and whether it is new: idempotent per `pk`, which its page generated, and addressee.

    One with an address is counted as mailed. Raises `CannotInvite`, `TooManyInvitations` or `TooManyMails`.
    """

    def build(new_pk: uuid.UUID) -> Invitation:
        # Locked, so that it is not closed meanwhile.
        workspace = Workspace.objects.select_for_update().filter(counselor=counselor).first()
        if workspace is None or not workspace.is_approved:
            raise CannotInvite
        _count(counselor, now)
        if email:
            _count_mail(now)
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


def _count(counselor: User, now: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    recent = Invitation.objects.of_counselor(counselor).filter(made_at__gt=now - day).order_by("-made_at")
    if oldest := recent.values_list("made_at", flat=True)[PER_DAY - 1 : PER_DAY].first():
        raise TooManyInvitations(oldest + day)


def _count_mail(now: dt.datetime) -> None:
    today = now.astimezone(dt.UTC).date()
    _day, is_first = MailDay.objects.get_or_create(day=today)
    if is_first:
        MailDay.objects.filter(day__lt=today).delete()
    # In one statement: two who mail at once are both counted.
    if not MailDay.objects.filter(day=today, invitations__lt=settings.INVITATION_MAILS).update(invitations=F("invitations") + 1):
        raise TooManyMails(dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), dt.UTC))


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
    if invitation.content.name:
        content = ClientLabelContent(label=invitation.content.name)
        ClientLabel.objects.create(connection=connection, counselor_id=invitation.counselor_id, content=content, written_at=now)
    return connection
