"""Displaying people, and switching their role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone, translation

from accounts.models import Children, Role, User
from common.places import customs

FOR_CLIENTS = "for_clients"  # in the session of who signs up and was asked: whether they come for their clients


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
def change_children(person: User, change: Callable[[Children], Children]) -> None:
    """Change a parent's children as they are stored now, whatever a page that was opened before shows: two tabs lose nothing of each other."""
    row = User.objects.select_for_update().only("pk", "sealed_children").get(pk=person.pk)
    changed = change(row.children)
    if changed != row.children:
        row.sealed_children = changed
        row.save(update_fields=["sealed_children"])
    person.sealed_children = changed
