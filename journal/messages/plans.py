"""What a person asked to be sent, and when the next of it is due."""

import datetime as dt

from django.conf import settings

from accounts.models import User
from journal.messages.schedule import next_moment
from journal.models import MessagePlan, PushSubscription

LATER = dt.timedelta(hours=1)  # what somebody waits for who asks to be reminded later

SET_BY_THEIR_READER = ("time", "weekdays", "by_mail", "says_nothing", "letters", "letter_day")


def of(person: User) -> MessagePlan:
    """The person's plan; an unsaved one, of which nothing is due, where they never made one."""
    return MessagePlan.objects.filter(person=person).first() or MessagePlan(person=person)


def store(plan: MessagePlan, now: dt.datetime) -> None:
    """Store what the person set, and plan their next message by it. Idempotent. A snoozed reminder gives way to what is set now."""
    values = {name: getattr(plan, name) for name in SET_BY_THEIR_READER}
    MessagePlan.objects.update_or_create(person_id=plan.person_id, defaults=values)
    replan(plan.person, now)


def replan(person: User, now: dt.datetime) -> None:
    """Plan the person's next message anew: something changed of what it depends on. Idempotent; does nothing where there is no plan."""
    plan = MessagePlan.objects.filter(person=person).first()
    if plan is not None:
        MessagePlan.objects.filter(pk=plan.pk).update(next_at=following(plan, person, now, person.messaged_on))


def following(plan: MessagePlan, person: User, after: dt.datetime, last: dt.date | None) -> dt.datetime | None:
    """When the first message after this moment is due, given the night of the last one; None where nothing is to come."""
    days = plan.days if reminds(plan) else frozenset()
    if has_letters(plan):
        days |= {plan.letter_day}
    return next_moment(after, plan.time, days, person.zone, person.night_ends_at, last=last)


def reminds(plan: MessagePlan) -> bool:
    """Whether there is anywhere that reminders go to."""
    return mails_reminders(plan) or PushSubscription.objects.filter(person=plan.person_id).exists()


def mails_reminders(plan: MessagePlan) -> bool:
    return plan.by_mail and settings.MAILER is not None


def has_letters(plan: MessagePlan) -> bool:
    return plan.letters and settings.MAILER is not None


def snooze(person: User, night: dt.date, now: dt.datetime) -> dt.datetime | None:
    """Remind the person once more, in an hour. Returns when; None where that night is, or then will be, over, or they have no plan.

    Idempotent: the first press counts until that hour is over.
    """
    until = now + LATER
    plan = MessagePlan.objects.filter(person=person).first()
    if plan is None or not person.tonight(now) == person.tonight(until) == night:
        return None
    if plan.snoozed_on == night and plan.next_at is not None and now < plan.next_at <= until:
        return plan.next_at
    MessagePlan.objects.filter(pk=plan.pk).update(next_at=until, snoozed_on=night)
    return until
