"""Stopping one kind of message, and beginning it again, from a link in it."""

import datetime as dt

from accounts.models import User
from journal.messages import plans
from journal.messages.links import Kind, Stop
from journal.models import MessagePlan

COLUMNS = {Kind.REMINDERS: "by_mail", Kind.LETTERS: "letters"}  # of the plan


def is_wanted(link: Stop) -> bool:
    """Whether the person is sent messages of this kind, as it is stored now."""
    if link.kind is Kind.NOTIFICATIONS:
        return User.objects.filter(pk=link.person.pk, mails_notifications=True).exists()
    return MessagePlan.objects.filter(person=link.person, **{COLUMNS[link.kind]: True}).exists()


def change(link: Stop, *, is_wanted: bool, now: dt.datetime) -> None:
    """Send the person messages of this kind, or send none. Idempotent. Reminders on devices stay as they are."""
    if link.kind is Kind.NOTIFICATIONS:
        User.objects.filter(pk=link.person.pk).update(mails_notifications=is_wanted)
        return
    MessagePlan.objects.filter(person=link.person).update(**{COLUMNS[link.kind]: is_wanted})
    plans.replan(link.person, now)
