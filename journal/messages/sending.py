"""Sending what is due: reminders, letters, and the word that there is something to read; one a day at most to each person.

Nothing is sent to whoever is shut out, or wants to leave.

Any number of clocks may do this at once. Whoever moves a plan's `next_at` on sends that message, and whoever marks a person's night
sends that night's: a message is sent once or, where that fails or the process is killed just then, not at all.
"""

import datetime as dt
import logging
from typing import NamedTuple

from django.db import transaction
from django.db.models import Min, Q
from django.urls import reverse

from accounts import notifications
from accounts.keys import keyring
from accounts.models import User
from accounts.people import as_read_by
from common.rendering import mails
from journal.messages import letters, links, plans, reminders
from journal.messages.links import Kind
from journal.messages.post import Post
from journal.models import Entry, MessagePlan, Night

logger = logging.getLogger("nightlight.messages")

BATCH = 500  # messages per run; the next run sends the rest
LATE = dt.timedelta(hours=2)  # a reminder that could not be sent by then is not sent that night
SOON = dt.timedelta(days=1)  # who gets a message within this time is told in it, or then, that there is something to read
ANYWHERE = dt.timedelta(hours=14)  # how far the clocks of any place are ahead of UTC


def send_due(now: dt.datetime) -> int:
    """Send what is due, `BATCH` messages at most, and return how many were taken by a mail server or a push service."""
    post = Post()
    try:
        _send_planned(post, now)
        _send_notifications(post, now)
    finally:
        post.close(now)
    return post.sent


def next_due(now: dt.datetime) -> dt.datetime | None:
    """When the next planned message is due; None where none is."""
    first: dt.datetime | None = MessagePlan.objects.filter(next_at__gt=now).aggregate(first=Min("next_at"))["first"]
    return first


# --- What people planned.


class _Due(NamedTuple):
    """A planned message, and the night that it belongs to. `is_again`: its reader asked that night to be reminded later."""

    plan: MessagePlan
    night: dt.date
    is_again: bool

    @property
    def person(self) -> User:
        return self.plan.person

    @property
    def is_letter(self) -> bool:
        return not self.is_again and plans.has_letters(self.plan) and self.plan.letter_day == self.night.weekday()

    def is_late(self, at: dt.datetime, now: dt.datetime) -> bool:
        """A letter may come as long as its night lasts."""
        return self.person.tonight(now) != self.night or (not self.is_letter and now - at > LATE)


def _send_planned(post: Post, now: dt.datetime) -> None:
    due = (
        MessagePlan.objects.filter(next_at__lte=now, person__is_active=True, person__leaves_at=None)
        .select_related("person")
        .order_by("next_at")
    )
    for plan in due[:BATCH]:
        try:
            if plan.next_at is not None:
                with keyring.cached():
                    night = plan.person.tonight(plan.next_at)
                    _send_one(post, _Due(plan, night, plan.snoozed_on == night), plan.next_at, now)
        except Exception:  # one person's message keeps nobody else from theirs
            logger.exception("A message could not be made")


def _send_one(post: Post, due: _Due, at: dt.datetime, now: dt.datetime) -> None:
    """Claim what is due at this moment, and send it. What has to be mailed while no mail server answers stays due."""
    is_late = due.is_late(at, now)
    if (due.is_letter or plans.mails_reminders(due.plan)) and not is_late and not post.can_mail():
        return
    following = plans.following(due.plan, due.person, max(now, at), due.night)
    mine = MessagePlan.objects.filter(pk=due.plan.pk, next_at=at).update(next_at=following)
    if not mine or is_late:
        return
    if due.is_letter:
        _send_letter(post, due)
    elif has_ended(due.person, due.night):  # no reminder; but there may be something to read
        _notify(post, due.person, due.night)
    else:
        _remind(post, due)


def has_ended(person: User, night: dt.date) -> bool:
    """Whether something was written on this night, or its page was closed."""
    closed = Night.objects.by(person).filter(night=night).exclude(closed=Night.Closed.OPEN)
    return closed.exists() or Entry.objects.by(person).not_deleted().filter(night=night).exists()


def _send_letter(post: Post, due: _Due) -> None:
    if not notifications.claim(due.person, due.night):
        return
    with as_read_by(due.person):
        post.mail(letters.mail(due.plan, due.person, due.night))
    MessagePlan.objects.filter(pk=due.plan.pk).update(letter_number=letters.after(due.plan.letter_number))


def _remind(post: Post, due: _Due) -> None:
    plan, person, night = due.plan, due.person, due.night
    if not notifications.claim(person, night) and not due.is_again:
        return
    has_news = person.unread_since is not None and person.mails_notifications
    if has_news:
        notifications.clear(person)
    with as_read_by(person):
        if plans.mails_reminders(plan):
            post.mail(reminders.mail(plan, person, night, has_news=has_news))
        post.push(person, reminders.push(plan, person, night, has_news=has_news))


# --- That there is something to read.


def _send_notifications(post: Post, now: dt.datetime) -> None:
    """To those who are not told in a message that they planned. Where one is due within a day, what is to be said waits for it."""
    alone = Q(message_plan=None) | Q(message_plan__next_at=None) | Q(message_plan__next_at__gt=now + SOON)
    unsent = Q(messaged_on=None) | Q(messaged_on__lt=(now + ANYWHERE).date())
    due = User.objects.filter(alone, unsent, unread_since__isnull=False, mails_notifications=True, is_active=True, leaves_at=None)
    for person in due.order_by("unread_since")[:BATCH]:
        _notify(post, person, person.tonight(now))


def _notify(post: Post, person: User, night: dt.date) -> None:
    """Tell the person by mail that there is something to read, if there is and they want to know."""
    if person.unread_since is None or not person.mails_notifications or not post.can_mail():
        return
    with transaction.atomic():
        if not notifications.claim(person, night):
            return
        if not User.objects.filter(pk=person.pk, unread_since=person.unread_since).update(unread_since=None):
            transaction.set_rollback(True)  # they have looked meanwhile, and may get another message tonight
            return
    with as_read_by(person):
        context = {"url": links.absolute(reverse("home")), "settings": links.absolute(reverse("accounts:settings"))}
        mail = mails.compose("accounts/notification", context, reminders.language(person))
        post.mail(reminders.addressed(mail, person, Kind.NOTIFICATIONS))
