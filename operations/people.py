"""What an operator does about people: never with a look at what they wrote."""

import uuid
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Length
from django.urls import reverse

from accounts import leaving
from accounts.models import User
from common.addresses import canonical_address
from common.rendering import mails
from journal.models import Entry, FilePart, Revision


class NotPossible(Exception):
    """The message says why, and what to do."""


def find(address: str) -> User:
    person = User.objects.filter(email=canonical_address(address)).first()
    if person is None:
        raise NotPossible(f"Nobody has the address {address}.")
    return person


def invite(address: str, language: str = "") -> bool:
    """Make an account for this address, without a password; says whether a mail went out. Its owner signs in by a code, and chooses one.

    Raises `NotPossible` where there is one already.
    """
    email = canonical_address(address)
    with transaction.atomic():
        if User.objects.filter(email=email).exists():
            raise NotPossible(f"There is an account with the address {address} already. To send the mail again: people resend {address}")
        person = User.objects.create_user(email, None, language=language)
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return _send(person)


def resend(address: str) -> bool:
    """Send the mail of `invite` again. Raises `NotPossible` for somebody who has signed in since."""
    person = find(address)
    if person.last_login is not None:
        raise NotPossible(f"{address} has signed in before, and can ask for a code or another password on the sign-in page.")
    return _send(person)


def _send(person: User) -> bool:
    if not settings.MAILER:
        return False
    context = {"login": f"{settings.SITE_ORIGIN}{reverse('account_request_login_code')}", "email": person.email}
    mail = mails.compose("accounts/invited", context, person.chosen_language or settings.LANGUAGE_CODE)
    mails.message(mail, person.email).send()
    return True


def disable(address: str) -> None:
    """Let nobody sign in to this account any more, and end its sessions. What is in it stays as it is. Idempotent."""
    person = find(address)
    User.objects.filter(pk=person.pk).update(is_active=False)
    leaving.end_sessions(person)


def enable(address: str) -> None:
    """Undo `disable`. Idempotent."""
    User.objects.filter(pk=find(address).pk).update(is_active=True)


@dataclass(frozen=True, slots=True)
class Size:
    """How much an account holds: numbers of pages and versions, and bytes as they are stored, sealed and padded."""

    address: str
    pages: int
    versions: int
    stored: int


def sizes() -> list[Size]:
    """Of everybody with anything, the largest first. Opens nothing."""
    entries = _sums(Entry, "author", "content", "summary")
    revisions = _sums(Revision, "author", "content")
    parts = _sums(FilePart, "owner", "data")
    addresses = dict(User.objects.values_list("pk", "email"))
    found = [
        Size(
            addresses[pk],
            entries.get(pk, (0, 0))[0],
            revisions.get(pk, (0, 0))[0],
            sum(kind.get(pk, (0, 0))[1] for kind in (entries, revisions, parts)),
        )
        for pk in {*entries, *revisions, *parts}
    ]
    return sorted(found, key=lambda size: (-size.stored, size.address))


def _sums(model: type[Entry] | type[Revision] | type[FilePart], owner: str, *columns: str) -> dict[uuid.UUID, tuple[int, int]]:
    """By owner: how many rows, and how many bytes their columns have."""
    sums = {f"bytes_{column}": Sum(Length(column)) for column in columns}
    rows = model._default_manager.order_by().values(owner).annotate(rows=Count("pk"), **sums)
    return {row[owner]: (row["rows"], sum(row[name] or 0 for name in sums)) for row in rows}
