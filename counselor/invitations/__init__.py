"""Invitations: a counselor's offer of a connection, how it reaches the person it is for, and their acceptance of it."""

from counselor.invitations.accepting import (
    NotAcceptable,
    accept,
    find_invitation,
    invitation_to_sign_up,
    open_account,
    opens_account,
)
from counselor.invitations.codes import find_by_code, running_code, show_code
from counselor.invitations.mailing import send
from counselor.invitations.making import (
    MAILS,
    PER_DAY,
    CannotInvite,
    NotMailable,
    TooMany,
    TooManyInvitations,
    TooManyMails,
    TooOften,
    TooSoon,
    invite,
    is_mailable,
    mail_again,
    withdraw,
)

__all__ = [
    "MAILS",
    "PER_DAY",
    "CannotInvite",
    "NotAcceptable",
    "NotMailable",
    "TooMany",
    "TooManyInvitations",
    "TooManyMails",
    "TooOften",
    "TooSoon",
    "accept",
    "find_by_code",
    "find_invitation",
    "invitation_to_sign_up",
    "invite",
    "is_mailable",
    "mail_again",
    "open_account",
    "opens_account",
    "running_code",
    "send",
    "show_code",
    "withdraw",
]
