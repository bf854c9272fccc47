"""What leads on from a message, for whoever holds it: without signing in, since a mail is read where nobody is signed in.

A link is signed and names whose plan it is about and what it does there, which is little: being reminded later on one night, or not being
sent one kind of message any more. It shows nothing, opens nothing, and can be taken back. Mail programs need the second to be so: RFC 8058.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User

STOP = Signer(salt="journal.messages.stop", sep="~")
LATER = Signer(salt="journal.messages.later", sep="~")


class Kind(StrEnum):
    """The kinds of messages that can each be stopped alone."""

    REMINDERS = "reminders"
    LETTERS = "letters"
    NOTIFICATIONS = "notifications"


@dataclass(frozen=True, slots=True)
class Stop:
    person: User
    kind: Kind


@dataclass(frozen=True, slots=True)
class Later:
    person: User
    night: dt.date


def absolute(address: str) -> str:
    return f"{settings.SITE_ORIGIN}{address}"


def to_stop(person: uuid.UUID, kind: Kind) -> str:
    """The address, on this site, of the page on which the person stops this kind of message."""
    return reverse("journal:messages_stop", args=[_signed(STOP, person, kind)])


def to_snooze(person: uuid.UUID, night: dt.date) -> str:
    """The address, on this site, of the page on which the person asks to be reminded later on this night."""
    return reverse("journal:messages_later", args=[_signed(LATER, person, night.isoformat())])


def read_stop(token: str) -> Stop | None:
    """What the link says; None where it is none of ours, or its person has left."""
    person, what = _read(STOP, token)
    return Stop(person, Kind(what)) if person is not None else None


def read_later(token: str) -> Later | None:
    """What the link says; None where it is none of ours, or its person has left."""
    person, what = _read(LATER, token)
    return Later(person, dt.date.fromisoformat(what)) if person is not None else None


def _signed(signer: Signer, person: uuid.UUID, what: str) -> str:
    return signer.sign(f"{person.hex}.{what}")


def _read(signer: Signer, token: str) -> tuple[User | None, str]:
    """The person, and what the token says of them. A token that opens was made here."""
    try:
        said = signer.unsign(token)
    except BadSignature:
        return None, ""
    person, _dot, what = said.partition(".")
    return User.objects.filter(pk=uuid.UUID(person), is_active=True).first(), what
