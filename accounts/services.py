"""Acts on a person that touch more than one row."""

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from accounts import ties
from accounts.models import User


@transaction.atomic
def delete_person(person: User) -> None:
    """Delete the person, all they own, their key and their sessions, in one transaction. Their ties end first."""
    ties.end_all(person, timezone.now())
    for session in UserSession.objects.filter(user=person):
        session.end()
    person.delete()
