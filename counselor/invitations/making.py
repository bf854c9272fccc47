"""Making, mailing again and withdrawing invitations: a counselor's offer of a connection."""

import datetime as dt
import uuid
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.keys.crypto import new_token, token_digest
from accounts.models import User
from common.ids import create_once, new_id
from counselor.models import INVITATION_LASTS, Invitation, InvitationContent, MailDay, Workspace

PER_DAY = 30  # invitations of one counselor, withdrawn ones included
MAILS = 5  # of one invitation: who does not want it is not written to for ever
BETWEEN_MAILS = dt.timedelta(minutes=10)


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


class TooSoon(TooMany):
    """This invitation was mailed a moment ago."""


class TooOften(Exception):
    """This invitation was mailed as many times as one can be."""


class NotMailable(Exception):
    """The invitation has no address, or was accepted or withdrawn."""


def invite(
    counselor: User, *, email: str, name: str, now: dt.datetime, line: str = "", language: str = "", pk: uuid.UUID | None = None
) -> tuple[Invitation, bool]:
    """Create an invitation. Returns it, and whether it is new: idempotent per `pk`, which its page generated, and content.

    One with an address is counted as mailed. Raises `CannotInvite`, `TooManyInvitations` or `TooManyMails`.
    """

    def build(new_pk: uuid.UUID) -> Invitation:
        _check_workspace(counselor)
        _count(counselor, now)
        if email:
            _count_mail(now)
        token = new_token()
        return Invitation(
            pk=new_pk,
            counselor=counselor,
            digest=token_digest(token),
            content=InvitationContent(token=token, email=email, name=name, line=line, language=language, mails=1 if email else 0),
            made_at=now,
            expires_at=now + INVITATION_LASTS,
            mailed_at=now if email else None,
        )

    def is_same(existing: Invitation) -> bool:
        content = existing.content
        same = (content.email, content.name, content.line, content.language) == (email, name, line, language)
        return same and existing.withdrawn_at is None

    return create_once(Invitation.objects.of_counselor(counselor), pk or new_id(), build=build, is_same=is_same)


def mail_again(counselor: User, pk: uuid.UUID, now: dt.datetime) -> Invitation:
    """Count an invitation as mailed once more, and begin its 14 days anew, also where they had passed. Returns it, to be mailed.

    Raises `Invitation.DoesNotExist`, `NotMailable`, `TooSoon`, `TooOften`, `CannotInvite` or `TooManyMails`.
    """
    with transaction.atomic():
        _check_workspace(counselor)
        invitation = Invitation.objects.of_counselor(counselor).select_for_update().get(pk=pk)
        if not is_mailable(invitation):
            raise NotMailable
        if invitation.mailed_at and now < invitation.mailed_at + BETWEEN_MAILS:
            raise TooSoon(invitation.mailed_at + BETWEEN_MAILS)
        if invitation.content.mails >= MAILS:
            raise TooOften
        _count_mail(now)
        invitation.content = replace(invitation.content, mails=invitation.content.mails + 1)
        invitation.mailed_at, invitation.expires_at = now, now + INVITATION_LASTS
        invitation.save(update_fields=["content", "mailed_at", "expires_at"])
    return invitation


def is_mailable(invitation: Invitation) -> bool:
    """Whether it has an address and can still be accepted, or could once its 14 days began anew."""
    return bool(invitation.content.email) and invitation.accepted_at is None and invitation.withdrawn_at is None


def mail_failed(invitation: Invitation) -> None:
    """Let it be mailed again at once: the mail server did not take it. The mail stays counted."""
    Invitation.objects.filter(pk=invitation.pk, mailed_at=invitation.mailed_at).update(mailed_at=None)


def _check_workspace(counselor: User) -> None:
    """Raises `CannotInvite` unless there is a workspace, and it is approved. Locks it, so that it is not closed meanwhile."""
    workspace = Workspace.objects.select_for_update().filter(counselor=counselor).first()
    if workspace is None or not workspace.is_approved:
        raise CannotInvite


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


def withdraw(counselor: User, invitation: uuid.UUID, now: dt.datetime) -> None:
    """Withdraw an invitation that was not accepted. Idempotent."""
    Invitation.objects.of_counselor(counselor).open(now).filter(pk=invitation).update(withdrawn_at=now)
