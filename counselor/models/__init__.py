"""What counselors keep: their workspace, practice, invitations, client groups, labels and notes. Connections are in `accounts.models`."""

from counselor.models.client import (
    LABEL_LIMIT,
    NOTE_LIMIT,
    ClientGroup,
    ClientGroupContent,
    ClientLabel,
    ClientLabelContent,
    ClientNote,
    ClientNoteContent,
)
from counselor.models.invitation import INVITATION_LASTS, Invitation, InvitationContent, MailDay
from counselor.models.practice import Membership, Practice, PracticeInvitation, PracticeInvitationContent, PracticeSet
from counselor.models.workspace import Workspace, WorkspaceContent

__all__ = [
    "INVITATION_LASTS",
    "LABEL_LIMIT",
    "NOTE_LIMIT",
    "ClientGroup",
    "ClientGroupContent",
    "ClientLabel",
    "ClientLabelContent",
    "ClientNote",
    "ClientNoteContent",
    "Invitation",
    "InvitationContent",
    "MailDay",
    "Membership",
    "Practice",
    "PracticeInvitation",
    "PracticeInvitationContent",
    "PracticeSet",
    "Workspace",
    "WorkspaceContent",
]
