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
    person = User.objects.people().filter(email=canonical_address(address)).first()
    if person is None:
        raise NotPossible(f"No one has the address {address}.")
    return person


def invite(address: str, language: str = "") -> bool:
    """Make an account for this address, without a password; says whether a mail went out. Its owner signs in by a code, and chooses one.

    Raises `NotPossible` where there is one already, and where the mail server does not take the mail: the account is made then.
    """
    email = canonical_address(address)
    with transaction.atomic():
        if User.objects.filter(email=email).exists():
            raise NotPossible(f"{address} already has an account. To send the email again: people resend {address}")
        person = User.objects.create_user(email, None, language=language)
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return _send(person)


def resend(address: str) -> bool:
    """Send again the mail that somebody still waits for; says whether one went out.

    Of an account that the operator made, that is the invitation. Of one whose address is not confirmed yet, it is how to come in: a
    sign-in code confirms the address too. Raises `NotPossible` where nothing is waited for.
    """
    person = find(address)
    if person.last_login is not None:
        raise NotPossible(f"{address} has signed in before, and can ask for a code or another password on the sign-in page.")
    if not person.is_active:
        raise NotPossible(f"{address} is disabled, and could not sign in. First: people enable {address}")
    began_it = EmailAddress.objects.filter(user=person, email=person.email, verified=False).exists()
    return _send(person, "accounts/unconfirmed" if began_it else "accounts/invited")


def _send(person: User, template: str = "accounts/invited") -> bool:
    if not settings.MAILER:
        return False
    context = {"login": f"{settings.SITE_ORIGIN}{reverse('account_request_login_code')}", "email": person.email}
    mail = mails.compose(template, context, person.chosen_language or settings.LANGUAGE_CODE)
    try:
        mails.message(mail, person.email).send()
    except OSError as error:  # the mail server's refusals are OSErrors, too
        raise NotPossible(
            f"The mail server did not take the mail to {person.email} ({type(error).__name__}). "
            f"manage.py doctor says more; then: people resend {person.email}"
        ) from None
    return True


def without_mail(address: str) -> str:
    """How somebody comes in on a site without a mail server, in a sentence for the operator."""
    if find(address).has_usable_password():
        return f"Without one, people don’t confirm their address: {address} can sign in with the password of the account."
    return f"Set a password for {address} yourself: manage.py changepassword {address}"


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
