"""Messages that people ask for: when, and where to."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from accounts.keys.sealing import SealedField
from accounts.models import User
from common.ids import new_id

EVERY_DAY = 0b1111111
SUNDAY = 6


class MessagePlan(models.Model):
    """The words that one person asked for: reminders on chosen evenings, and the weekly letter.

    `weekdays` has a bit for each day, the lowest for Monday. Reminders go to `by_mail`'s address and to every `PushSubscription`; where
    there is neither, none is due. A letter goes by mail. `next_at` is when the next of all these is due, in UTC: see
    `journal.messages.plans`, which alone writes it.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="message_plan")
    time = models.TimeField(default=dt.time(21))  # where the person lives
    weekdays = models.PositiveSmallIntegerField(default=EVERY_DAY, validators=[MaxValueValidator(EVERY_DAY)])
    by_mail = models.BooleanField(default=False)
    says_nothing = models.BooleanField(default=False)  # reminders do not say that they are about a journal
    letters = models.BooleanField(default=False)
    letter_day = models.PositiveSmallIntegerField(default=SUNDAY, validators=[MaxValueValidator(SUNDAY)])  # Monday is 0
    letter_number = models.PositiveSmallIntegerField(default=1)  # of the next letter
    next_at = models.DateTimeField(null=True, blank=True, db_index=True)
    snoozed_on = models.DateField(null=True, blank=True)  # the last night on which its reader asked to be reminded later

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(letter_day__lte=SUNDAY), name="journal_message_plan_letter_day")]

    def __str__(self) -> str:
        return str(self.person_id)

    @property
    def days(self) -> frozenset[int]:
        """The weekdays of reminders; Monday is 0."""
        return frozenset(day for day in range(7) if self.weekdays >> day & 1)


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where a browser is reached (an https address), the keys that it alone can open a message with, and the browser's name in words."""

    SCHEMA: ClassVar[int] = 1

    endpoint: str
    p256dh: str
    auth: str
    device: str = ""


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def of(self, person: User) -> "PushSubscriptionQuerySet":
        return self.filter(person=person)


class PushSubscription(models.Model):
    """A browser that shows a person's reminders."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_subscriptions")
    made_at = models.DateTimeField()
    address = SealedField(payload=PushAddress, owner="person", label="journal.push_subscription.address")

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ("made_at", "id")

    def __str__(self) -> str:
        return str(self.pk)


class PushKey(models.Model):
    """What this installation shows push services to say who it is (VAPID, RFC 8292): one row, made at the first start."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    public = models.CharField(max_length=100)  # an uncompressed point of P-256, in base64url
    private = models.TextField()  # sealed: accounts.keys.installation

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="journal_push_key_once")]

    def __str__(self) -> str:
        return "push key"
