"""What tests of messages share."""

import datetime as dt
from typing import Any

from accounts.models import User
from journal.messages import plans
from journal.models import MessagePlan

LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
NOWHERE = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 9}}


def make_plan(person: User, now: dt.datetime, **choices: Any) -> MessagePlan:
    """What the person set at this moment, as stored."""
    plan = plans.of(person)
    for name, value in choices.items():
        setattr(plan, name, value)
    plans.store(plan, now)
    return MessagePlan.objects.get(person=person)
