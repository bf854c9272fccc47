"""Displaying people, switching their role, and deleting them."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone, translation

from accounts import connections
from accounts.keys import erasure
from accounts.models import Role, User
from accounts.security.log import Event, record
from common.places import customs


def display_name(user: User) -> str:
    """How pages and mails address a person."""
    return user.name or user.email


@contextmanager
def as_read_by(person: User) -> Iterator[None]:
    """Within this context texts are in the person's language, and times by their clock. Where they chose no language it stays as it is."""
    with (
        translation.override(person.chosen_language or translation.get_language()),
        timezone.override(person.zone),
        customs.override(person.customs),
    ):
        yield


def switch_role(person: User, role: Role) -> None:
    """Show the person a parent's or a counselor's navigation, the latter only if they have a workspace. Idempotent."""
    if role == Role.PARENT or person.is_counselor:
        person.role = role
        person.save(update_fields=["role"])


@transaction.atomic
def delete(person: User) -> None:
    """Delete the person, all they own, their key and their sessions, in one transaction. Ends their connections first."""
    connections.end_all(person, timezone.now())
    for session in UserSession.objects.filter(user=person):
        session.end()
    transaction.on_commit(functools.partial(record, Event.ACCOUNT_DELETED, person=person.pk))
    person.delete()
    erasure.erase_on_commit()
