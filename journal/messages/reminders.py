"""What a reminder says, as a mail and as a message to a browser: never a name, a question, or a word that anybody wrote."""

import datetime as dt
from collections.abc import Mapping
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from common.rendering import mails
from journal.messages import links
from journal.messages.links import Kind
from journal.models import MessagePlan


def mail(plan: MessagePlan, person: User, night: dt.date, *, has_news: bool) -> EmailMultiAlternatives:
    """The mail, in the person's language. `has_news`: whether there is something to read, too, which it says then."""
    template = "journal/messages/plain_reminder" if plan.says_nothing else "journal/messages/reminder"
    context: dict[str, object] = {
        "tonight": links.absolute(reverse("home") if plan.says_nothing else reverse("journal:tonight")),
        "later": links.absolute(links.to_snooze(person.pk, night)),
        "has_news": has_news,
        "reminders": links.absolute(reverse("journal:reminders")),
    }
    return addressed(mails.compose(template, context, language(person)), person, Kind.REMINDERS, is_plain=plan.says_nothing)


def addressed(mail: mails.Mail, person: User, kind: Kind, *, is_plain: bool = False) -> EmailMultiAlternatives:
    """The mail to the person, with what its reader's mail program needs to stop this kind at one press: RFC 8058.

    `is_plain`: it comes from the bare address, without the name that may stand before it.
    """
    stop = links.absolute(links.to_stop(person.pk, kind))
    message = mails.message(mail, person.email, {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})
    if is_plain:
        message.from_email = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return message


def language(person: User) -> str:
    return person.chosen_language or settings.LANGUAGE_CODE


def push(plan: MessagePlan, person: User, night: dt.date, *, has_news: bool) -> Mapping[str, object]:
    """What a browser shows, in the language that is active; its press opens Tonight."""
    title = pgettext("title of a reminder", "Your reminder") if plan.says_nothing else _("Tonight’s page is ready")
    words = "" if plan.says_nothing else _("One line is enough.")
    if has_news:
        words = f"{words} {_('There’s something to read, too.')}".strip()
    return {
        "title": title,
        "body": words,
        "url": reverse("journal:tonight"),
        "later": {"title": _("In an hour"), "url": links.to_snooze(person.pk, night)},
    }
