"""The ranges of nights that insights can be asked for."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.finding.insights import periods


class Range(models.TextChoices):
    """The values stand in addresses."""

    THREE_MONTHS = "three-months", _("Three months")
    YEAR = "year", _("A year")
    ALL = "all", _("All nights")

    def first(self, tonight: dt.date) -> dt.date | None:
        """Its first night: that of a month, so that no month is cut; None where it has all."""
        months = {Range.THREE_MONTHS: 3, Range.YEAR: 12}.get(self)
        return None if months is None else periods.months_after(tonight.replace(day=1), -months)


DEFAULT = Range.YEAR
