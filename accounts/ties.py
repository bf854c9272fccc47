"""Acts on ties: inviting, accepting, ending; and a counselor's workspace.

What other floors hold of a tie they give up when it ends: they hand in a function with `when_ended`.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import keyring, news
from accounts.models import INVITATION_LASTS, Group, Hat, Invitation, InvitationWords, Tie, User, Workspace, WorkspaceWords, new_id
from accounts.models.ties import TieQuerySet

INVITATIONS_A_DAY = 30  # of one counselor, withdrawn ones too

Ending = Callable[[list[uuid.UUID]], object]
_endings: list[Ending] = []


def when_ended(ending: Ending) -> Ending:
    """Call this with the ids of ties that are ending, in their transaction and while their keys are still there."""
    _endings.append(ending)
    return ending


class TooManyInvitations(Exception):
    """A counselor has made as many invitations as a day allows."""


class NotAcceptable(Exception):
    """An invitation cannot be accepted (any more), or not by this person."""


# --- The workspace.


def open_workspace(counselor: User, *, name: str, practice: str, line: str, now: dt.datetime) -> Workspace:
    """Open a workspace, or change what it says of its counselor; their clients see the change. Safe to repeat."""
    told = {"name": name, "practice": practice, "words": WorkspaceWords(line=line)}
    with transaction.atomic():
        workspace, _created = Workspace.objects.update_or_create(
            counselor=counselor,
            defaults=told,
            create_defaults={**told, "opened_at": now},
        )
        Tie.objects.of_counselor(counselor).alive().update(counselor_name=name, practice=practice)
        counselor.is_counselor, counselor.hat = True, Hat.COUNSELOR
        counselor.save(update_fields=["is_counselor", "hat"])
    return workspace


def wear(person: User, hat: Hat) -> None:
    """See the navigation of a parent or of a counselor. Only who has a workspace can be here as a counselor."""
    if hat == Hat.PARENT or person.is_counselor:
        person.hat = hat
        person.save(update_fields=["hat"])


@transaction.atomic
def close_workspace(counselor: User, now: dt.datetime) -> None:
    """End every tie, withdraw what was offered and forget the groups. What clients wrote stays theirs. Safe to repeat."""
    _end(Tie.objects.of_counselor(counselor).alive(), Tie.Ended.CLOSED, now)
    Invitation.objects.of_counselor(counselor).open(now).update(withdrawn_at=now)
    Group.objects.of_counselor(counselor).delete()
    Workspace.objects.filter(counselor=counselor).delete()
    counselor.is_counselor, counselor.hat = False, Hat.PARENT
    counselor.save(update_fields=["is_counselor", "hat"])


# --- Invitations.


def invite(counselor: User, *, email: str, name: str, now: dt.datetime, pk: uuid.UUID | None = None) -> Invitation:
    """Make an invitation with a token of its own, which its `words` hold. Raises `TooManyInvitations`.

    `pk` is made when the page opens: sent twice, it is one invitation. Raises `Invitation.DoesNotExist` where it is somebody else's.
    """
    if pk is not None and Invitation.objects.filter(pk=pk).exists():
        return Invitation.objects.of_counselor(counselor).get(pk=pk)
    if Invitation.objects.of_counselor(counselor).filter(made_at__gt=now - dt.timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise TooManyInvitations
    token = keyring.new_token()
    return Invitation.objects.create(
        pk=pk or new_id(),
        counselor=counselor,
        digest=keyring.token_digest(token),
        words=InvitationWords(token=token, email=email, name=name),
        made_at=now,
        expires_at=now + INVITATION_LASTS,
    )


def find_invitation(token: str) -> Invitation | None:
    """The invitation that this token belongs to, whatever became of it; None where there is none."""
    return Invitation.objects.filter(digest=keyring.token_digest(token)).select_related("counselor__workspace", "tie").first()


def withdraw(counselor: User, invitation: uuid.UUID, now: dt.datetime) -> None:
    """Withdraw an invitation that was not accepted. Safe to repeat."""
    Invitation.objects.of_counselor(counselor).open(now).filter(pk=invitation).update(withdrawn_at=now)


def accept(parent: User, invitation: Invitation, *, parent_name: str, sees_answered: bool, now: dt.datetime) -> Tie:
    """Tie this parent to the counselor, with a key of the tie's own. Accepting again gives the tie that was made.

    Raises `NotAcceptable` where the invitation was withdrawn, has expired, or was accepted by somebody else, where the
    counselor has left, or is this very person.
    """
    try:
        with transaction.atomic():
            return _accept(parent, invitation.pk, parent_name, sees_answered, now)
    except IntegrityError:  # two pages accepted at once: now the tie is found
        with transaction.atomic():
            return _accept(parent, invitation.pk, parent_name, sees_answered, now)


def _accept(parent: User, pk: uuid.UUID, parent_name: str, sees_answered: bool, now: dt.datetime) -> Tie:
    invitation = Invitation.objects.select_for_update().get(pk=pk)
    workspace = Workspace.objects.filter(counselor=invitation.counselor_id).first()
    tie = Tie.objects.of_parent(parent).alive().filter(counselor=invitation.counselor_id).first()
    if tie is not None:
        return tie  # there is nothing to add to it; the invitation stays for whom it was meant
    if workspace is None or invitation.counselor_id == parent.pk or invitation.state(now) != Invitation.State.OPEN:
        raise NotAcceptable
    tie = Tie.objects.create(
        counselor_id=invitation.counselor_id,
        parent=parent,
        counselor_name=workspace.name,
        practice=workspace.practice,
        parent_name=parent_name,
        sees_answered=sees_answered,
        began_at=now,
    )
    keyring.make_tie_key(tie.pk)
    invitation.accepted_at, invitation.tie = now, tie
    invitation.save(update_fields=["accepted_at", "tie"])
    if not parent.has_ties:
        parent.has_ties = True
        parent.save(update_fields=["has_ties"])
    return tie


# --- Ending.


def end(person: User, tie: uuid.UUID, now: dt.datetime) -> None:
    """End a tie, from either side: shares are taken back, assignments stop, the key goes. Safe to repeat."""
    with transaction.atomic():
        _end(Tie.objects.of_parent(person).alive().filter(pk=tie), Tie.Ended.BY_PARENT, now)
        _end(Tie.objects.of_counselor(person).alive().filter(pk=tie), Tie.Ended.BY_COUNSELOR, now)


def end_all(person: User, now: dt.datetime) -> None:
    """End every tie of somebody who leaves Nightlight."""
    close_workspace(person, now)
    with transaction.atomic():
        _end(Tie.objects.of_parent(person).alive(), Tie.Ended.BY_PARENT, now)


def _end(ties: TieQuerySet, how: Tie.Ended, now: dt.datetime) -> None:
    # Held, so that nothing is sealed with a key that is being destroyed; in one order, so that two ends do not wait for each other.
    ending = list(ties.select_for_update().order_by("pk"))
    if not ending:
        return
    ids = [tie.pk for tie in ending]
    for give_up in _endings:
        give_up(ids)
    for pk in ids:
        keyring.destroy_tie_key(pk)
    Tie.objects.filter(pk__in=ids).update(ended_at=now, ended_by=how, end_seen=False)
    Group.members.through.objects.filter(tie__in=ids).delete()
    told = {tie.counselor_id if how == Tie.Ended.BY_PARENT else tie.parent_id for tie in ending}
    for person in told:
        if person is not None:
            news.tell(person, now)


def see_end(person: User, tie: uuid.UUID) -> None:
    """The side that did not end a tie has been told. Safe to repeat."""
    mine = Q(parent=person) & ~Q(ended_by=Tie.Ended.BY_PARENT) | Q(counselor=person, ended_by=Tie.Ended.BY_PARENT)
    Tie.objects.filter(mine, pk=tie).update(end_seen=True)


def ends_to_tell(person: User) -> "list[Tie]":
    """The ties that the other side ended and that this parent has not been told of."""
    return list(Tie.objects.of_parent(person).filter(end_seen=False).exclude(ended_by__in=["", Tie.Ended.BY_PARENT]))


# --- What a parent decides.


@dataclass(frozen=True, slots=True)
class Terms:
    """What a parent lets a counselor see and be told."""

    parent_name: str
    sees_answered: bool


def agree(parent: User, tie: uuid.UUID, terms: Terms) -> None:
    """Change what the counselor may see, at any time. Safe to repeat."""
    Tie.objects.of_parent(parent).alive().filter(pk=tie).update(parent_name=terms.parent_name, sees_answered=terms.sees_answered)


def tell_before_sharing(parent: User, tie: uuid.UUID, now: dt.datetime) -> None:
    """The parent has read what sharing means. Safe to repeat."""
    Tie.objects.of_parent(parent).filter(pk=tie, told_at=None).update(told_at=now)
