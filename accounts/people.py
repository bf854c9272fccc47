"""Displaying people, switching their role, and deleting them."""

import functools

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from accounts import connections
from accounts.keys import erasure
from accounts.models import Role, User
from accounts.security.log import Event, record


def display_name(user: User) -> str:
    """How pages and mails address a person."""
    return user.name or user.email


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
