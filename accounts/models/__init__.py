"""Who: people, their ties to counselors, and the slots that keys lie in."""

from accounts.models.keys import KeySlot, KeySlotQuerySet
from accounts.models.people import Age, Appearance, Choices, Hat, User, UserManager, new_id, validate_time_zone
from accounts.models.ties import (
    INVITATION_LASTS,
    NOTE_LIMIT,
    ClientNote,
    Group,
    GroupWords,
    Invitation,
    InvitationWords,
    NoteWords,
    Tie,
    Workspace,
    WorkspaceWords,
)

__all__ = [
    "INVITATION_LASTS",
    "NOTE_LIMIT",
    "Age",
    "Appearance",
    "Choices",
    "ClientNote",
    "Group",
    "GroupWords",
    "Hat",
    "Invitation",
    "InvitationWords",
    "KeySlot",
    "KeySlotQuerySet",
    "NoteWords",
    "Tie",
    "User",
    "UserManager",
    "Workspace",
    "WorkspaceWords",
    "new_id",
    "validate_time_zone",
]
