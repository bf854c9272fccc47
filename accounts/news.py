"""Telling somebody by mail that there is something to read: never what, never from whom, at most once a day."""

import datetime as dt
import logging
import uuid

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User

logger = logging.getLogger("nightlight.news")

A_DAY = dt.timedelta(days=1)
AT_ONCE = 100  # mails of one run: the others are sent by the next one


def tell(person: uuid.UUID, now: dt.datetime) -> None:
    """There is something for this person to read. Many things before the next mail are one."""
    User.objects.filter(pk=person, news_at=None).update(news_at=now)


def forget(person: User) -> None:
    """They have looked: what there was needs no mail any more."""
    if person.news_at is not None:
        person.news_at = None
        person.save(update_fields=["news_at"])


def send_due(now: dt.datetime) -> int:
    """Mail those who have something to read and had no mail for a day; returns how many were sent.

    Who is written to is noted before the mail goes: one that fails is not sent again before something new is there.
    """
    if not settings.MAILER:
        return 0
    due = User.objects.filter(Q(news_mailed_at=None) | Q(news_mailed_at__lte=now - A_DAY), news_at__isnull=False, is_active=True)
    sent = 0
    for person in due.order_by("news_at")[:AT_ONCE]:
        claimed = User.objects.filter(pk=person.pk, news_at=person.news_at).update(news_at=None, news_mailed_at=now)
        if claimed and person.mails_news:
            sent += _send(person)
    return sent


def _send(person: User) -> bool:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        context = {
            "name": person.name,
            "url": f"{settings.SITE_ORIGIN}{reverse('home')}",
            "settings": f"{settings.SITE_ORIGIN}{reverse('accounts:settings')}",
        }
        try:
            send_mail(_("Something to read at Nightlight"), render_to_string("accounts/news.txt", context), None, [person.email])
        except OSError as error:  # the mail server's refusals are OSErrors, too
            logger.error("A mail could not be sent (%s).", type(error).__name__)
            return False
    return True
