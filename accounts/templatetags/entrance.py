"""Template tags of the pages for signing in and up, and of their mails: see TEMPLATES in config/settings.py."""

import datetime as dt

from allauth.account.adapter import get_adapter
from django import template
from django.conf import settings
from django.template import Context

from accounts.models import User
from accounts.security import devices, second_step
from common import dates
from common.http import next_address

register = template.Library()


@register.simple_tag(takes_context=True)
def signup_is_open(context: Context) -> bool:
    """False on a site whose operator creates the accounts, unless the visitor comes with an invitation."""
    is_open: bool = get_adapter().is_open_for_signup(context.get("request"))
    return is_open


@register.simple_tag
def opens_at_localhost() -> bool:
    """Whether whoever opened the site by a number of this machine, such as 127.0.0.1, can use passkeys at localhost.

    Never on a site with a name of its own: a passkey belongs to that.
    """
    return settings.SITE_HOST in {"", "localhost"}


@register.simple_tag
def factors_of(person: User) -> second_step.Factors:
    """What the person who is signing in has set up for the second step."""
    return second_step.factors_of(person)


@register.simple_tag(takes_context=True)
def onward(context: Context) -> str:
    """The address of this site that the page leads on to: `common.http.next_address`."""
    return next_address(context["request"])


@register.filter
def device_in_words(agent: str) -> str:
    """As "Chrome on Android"."""
    return devices.in_words(agent)


@register.filter
def moment_in_words(moment: dt.datetime) -> str:
    """As "Friday, 20 November at 21:04": common/dates.py."""
    return dates.moment(moment)


@register.filter
def day_in_words(day: dt.date) -> str:
    """As "20 November", of a date, or of the date of a moment."""
    return dates.day_of(day) if isinstance(day, dt.datetime) else dates.day(day)
