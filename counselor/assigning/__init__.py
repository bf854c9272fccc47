"""Assigning sets to clients; pausing, changing and ending assignments, and assigning a newer version.

Every function is limited to the counselor's own connections that have not ended, and does nothing to any others.
"""

from counselor.assigning.changing import Changes, Conflict, can_be_reopened, change, end, follow_session, pause, reopen, resume
from counselor.assigning.giving import already_assigned, assign, can_be_assigned, undo
from counselor.assigning.offers import Offer, offers
from counselor.assigning.plans import NOTE_LIMIT, Plan, Recipient, asks_nothing
from counselor.assigning.previews import Preview, preview
from counselor.assigning.versions import assign_new_version, has_new_version

__all__ = [
    "NOTE_LIMIT",
    "Changes",
    "Conflict",
    "Offer",
    "Plan",
    "Preview",
    "Recipient",
    "already_assigned",
    "asks_nothing",
    "assign",
    "assign_new_version",
    "can_be_assigned",
    "can_be_reopened",
    "change",
    "end",
    "follow_session",
    "has_new_version",
    "offers",
    "pause",
    "preview",
    "reopen",
    "resume",
    "undo",
]
