"""Dates and times in words, made once in Python: the template filter costs more than the rest of a list."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def evening(night: dt.date) -> str:
    """Friday, 20 November; with the year where it is not the present one."""
    now = timezone.localdate()
    return date_format(night, _("l, j F") if night.year == now.year else _("l, j F Y"), use_l10n=False)


def short_evening(night: dt.date) -> str:
    return date_format(night, _("D j"), use_l10n=False)


def month(night: dt.date) -> str:
    return date_format(night, _("F Y"), use_l10n=False)


def clock(moment: dt.datetime) -> str:
    """21:04, on the reader's clock."""
    return date_format(timezone.localtime(moment), _("H:i"), use_l10n=False)


def moment(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return _("%(day)s at %(time)s") % {"day": evening(local.date()), "time": clock(moment)}
