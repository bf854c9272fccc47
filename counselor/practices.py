"""A practice: several counselors under one name, who share sets and hand clients over to each other. No one sees another's clients."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.connections import hand_overs
from accounts.keys.crypto import new_token, token_digest
from accounts.models import Connection, User
from common.ids import create_once
from counselor.models import Membership, Practice, PracticeInvitation, PracticeInvitationContent, PracticeSet, Workspace
from prompts.models import PromptSet, colleagues_source

INVITATION_LASTS = dt.timedelta(days=14)
MOST_OPEN = 20  # invitations of one practice that wait


class NotPossible(Exception):
    """The practice is no longer as its page showed it: somebody joined, left, or is in another one. Nothing was changed."""


# --- Who is in it.


def of(counselor: User) -> Membership | None:
    """The counselor's membership, with the practice; None for one who is in no practice."""
    return Membership.objects.filter(counselor=counselor).select_related("practice").first()


def colleagues(counselor: User) -> QuerySet[Workspace]:
    """The workspaces of the others in the counselor's practice: who they are, and nothing of what they do."""
    mates = Membership.objects.filter(practice__memberships__counselor=counselor).exclude(counselor=counselor)
    return Workspace.objects.filter(counselor__in=mates.values("counselor")).select_related("counselor").order_by("name", "pk")


def members(practice: Practice) -> list[tuple[Membership, str]]:
    """Everybody in a practice and the name that their clients know, in the order in which they joined."""
    rows = list(Membership.objects.filter(practice=practice).select_related("counselor"))
    names = dict(Workspace.objects.filter(counselor__in=[row.counselor_id for row in rows]).values_list("counselor", "name"))
    return [(row, names.get(row.counselor_id, "")) for row in rows]


def open_practice(owner: User, pk: uuid.UUID, name: str, now: dt.datetime) -> Practice:
    """Open a practice whose owner and first counselor this is. Idempotent per `pk`, which the page generated.

    Raises `NotPossible` where they have no workspace or are in another practice.
    """
    try:
        with transaction.atomic():
            _check_workspace(owner)
            existing = of(owner)
            if existing is not None:
                if existing.practice_id == pk:
                    return existing.practice
                raise NotPossible
            practice = Practice.objects.create(pk=pk, name=name, opened_at=now)
            _join(practice, owner, Membership.Role.OWNER, now)
            return practice
    except IntegrityError:  # sent twice at once, or under the id of another practice
        existing = of(owner)
        if existing is None or existing.practice_id != pk:
            raise NotPossible from None
        return existing.practice


def rename(owner: User, name: str) -> None:
    """Give the practice another name, which all its counselors' clients see. Idempotent. Does nothing for who does not own it."""
    with transaction.atomic():
        practice = _owned(owner)
        if practice is None:
            return
        practice.name = name
        practice.save(update_fields=["name"])
        _show(list(practice.memberships.values_list("counselor", flat=True)), name)


def _check_workspace(counselor: User) -> None:
    """Lock the counselor's workspace, so that it is not closed meanwhile. Raises `NotPossible` where there is none."""
    if Workspace.objects.select_for_update().filter(counselor=counselor).first() is None:
        raise NotPossible


def _owned(owner: User) -> Practice | None:
    """The practice that this counselor owns, locked."""
    own = Membership.objects.filter(counselor=owner, role=Membership.Role.OWNER)
    return Practice.objects.select_for_update().filter(pk__in=own.values("practice")).first()


def _join(practice: Practice, counselor: User, role: Membership.Role, now: dt.datetime) -> None:
    Membership.objects.create(practice=practice, counselor=counselor, role=role, joined_at=now)
    _show([counselor.pk], practice.name)


def _show(counselors: list[uuid.UUID], name: str) -> None:
    """Let these counselors' invitations and clients show the name of the practice."""
    Workspace.objects.filter(counselor__in=counselors).update(practice=name)
    connections = Connection.objects.filter(counselor__in=counselors).active()
    list(connections.locked().order_by("pk").values("pk"))  # in one order, as by all that lock several of them
    connections.update(practice=name)


# --- Invitations.


def invite(owner: User, pk: uuid.UUID, name: str, now: dt.datetime) -> PracticeInvitation:
    """An invitation into the practice, whose link is handed over by its owner. Idempotent per `pk`, which the page generated.

    Raises `NotPossible` for who owns no practice, and where too many wait already.
    """
    with transaction.atomic():
        practice = _owned(owner)
        if practice is None:
            raise NotPossible

        def build(new_pk: uuid.UUID) -> PracticeInvitation:
            if PracticeInvitation.objects.open(now).filter(practice=practice).count() >= MOST_OPEN:
                raise NotPossible
            token = new_token()
            return PracticeInvitation(
                pk=new_pk,
                practice=practice,
                inviter=owner,
                digest=token_digest(token),
                content=PracticeInvitationContent(token=token, name=name),
                made_at=now,
                expires_at=now + INVITATION_LASTS,
            )

        own = PracticeInvitation.objects.filter(practice=practice)
        return create_once(own, pk, build=build, is_same=lambda existing: existing.content.name == name)[0]


def invitations(practice: Practice, now: dt.datetime) -> QuerySet[PracticeInvitation]:
    """Those that wait, the latest first."""
    return PracticeInvitation.objects.open(now).filter(practice=practice)


def withdraw(owner: User, invitation: uuid.UUID, now: dt.datetime) -> None:
    """Withdraw an invitation that waits. Idempotent."""
    with transaction.atomic():
        practice = _owned(owner)
        PracticeInvitation.objects.open(now).filter(practice=practice, pk=invitation).update(withdrawn_at=now)


def find_invitation(token: str) -> PracticeInvitation | None:
    """The invitation with this token, in whatever state, or None."""
    return PracticeInvitation.objects.filter(digest=token_digest(token)).select_related("practice").first()


def accept(counselor: User, token: str, now: dt.datetime) -> Practice:
    """Join the practice. Idempotent: who is in it already stays as they are, and the invitation waits for whom it was meant.

    Raises `NotPossible` where the invitation cannot be accepted (any more), and for who has no workspace or is in another practice.
    """
    try:
        with transaction.atomic():
            return _accept(counselor, token, now)
    except IntegrityError:  # joined another one at the same moment
        raise NotPossible from None


def _accept(counselor: User, token: str, now: dt.datetime) -> Practice:
    practice = Practice.objects.select_for_update().filter(invitations__digest=token_digest(token)).first()
    invitation, membership = find_invitation(token), of(counselor)
    if practice is not None and membership is not None and membership.practice_id == practice.pk:
        return practice
    if practice is None or invitation is None or not invitation.is_open(now) or membership is not None:
        raise NotPossible
    _check_workspace(counselor)
    _join(practice, counselor, Membership.Role.COUNSELOR, now)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    return practice


# --- Leaving. Clients stay with their counselor, with all they shared.


def leave(counselor: User, now: dt.datetime) -> None:
    """Leave the practice. Idempotent.

    Clients stay with their counselor, who shows no practice any more; the sets that they shared go with them. Where nobody
    is left the practice is closed; where no owner is left, who has been there longest becomes one.
    """
    with transaction.atomic():
        practice = Practice.objects.select_for_update().filter(memberships__counselor=counselor).first()
        if practice is None:
            return
        Membership.objects.filter(practice=practice, counselor=counselor).delete()
        PracticeSet.objects.filter(practice=practice, set__author=counselor).delete()
        PracticeInvitation.objects.open(now).filter(practice=practice, inviter=counselor).update(withdrawn_at=now)
        _show([counselor.pk], "")  # locks the connections: before what is asked about them, as by a client who answers it
        hand_overs.withdraw_between(counselor, now)
        remaining = list(Membership.objects.filter(practice=practice).order_by("joined_at", "pk"))
        if not remaining:
            practice.delete()
        elif not any(row.role == Membership.Role.OWNER for row in remaining):
            Membership.objects.filter(pk=remaining[0].pk).update(role=Membership.Role.OWNER)


def leave_for_good(counselor: User) -> None:
    """For a counselor who deletes their account or closes their workspace. Idempotent."""
    leave(counselor, timezone.now())


def remove(owner: User, counselor: uuid.UUID, now: dt.datetime) -> None:
    """Take a counselor out of the practice, as if they had left. Idempotent. Nobody takes out themselves, or who is in another one."""
    with transaction.atomic():
        practice = _owned(owner)
        row = Membership.objects.filter(practice=practice, counselor=counselor).exclude(counselor=owner).first()
        if practice is not None and row is not None:
            leave(row.counselor, now)


def make_owner(owner: User, counselor: uuid.UUID) -> None:
    """Let another counselor of the practice own it, too. Idempotent."""
    with transaction.atomic():
        practice = _owned(owner)
        if practice is not None:
            Membership.objects.filter(practice=practice, counselor=counselor).update(role=Membership.Role.OWNER)


# --- Shared sets.


def share_set(counselor: User, prompt_set: uuid.UUID, now: dt.datetime) -> bool:
    """Share a set with the practice; False where it is not theirs or they are in no practice. Idempotent."""
    membership = of(counselor)
    own = PromptSet.objects.by(counselor).own().filter(pk=prompt_set)
    if membership is None or not own.exists():
        return False
    PracticeSet.objects.get_or_create(set_id=prompt_set, defaults={"practice": membership.practice, "shared_at": now})
    return True


def keep_set(counselor: User, prompt_set: uuid.UUID) -> None:
    """Share a set no longer. What colleagues gave of it or copied stays. Idempotent."""
    PracticeSet.objects.filter(set=prompt_set, set__author=counselor).delete()


def shared_sets(counselor: User) -> QuerySet[PromptSet]:
    """The sets that colleagues share, with who does; not the counselor's own."""
    membership = Membership.objects.filter(counselor=counselor)
    shared = PromptSet.objects.filter(removed_at=None, in_practice__practice__in=membership.values("practice"))
    return shared.exclude(author=counselor).select_related("author__workspace")


@transaction.atomic
def copy_to_assign(counselor: User, shared: PromptSet, now: dt.datetime) -> PromptSet:
    """The counselor's copy of a colleague's set, made or brought up to date with it. Idempotent: there is one of each."""
    source = colleagues_source(shared.pk)
    row = PromptSet.objects.copy_of(source, author=counselor.pk, content=lambda _pk: shared.content, now=now)
    row.change(shared.content, now)
    return row
