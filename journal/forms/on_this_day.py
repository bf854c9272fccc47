"""A date that is hard, around which *On this day* brings nothing back."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Preferences
from common.fields import DayField

MOST = 20  # dates of one person
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


class HardDateForm(forms.Form):
    """`preferences` are the present ones."""

    date = DayField(label=_("A hard date"))

    def __init__(self, data: QueryDict | None = None, *, preferences: Preferences) -> None:
        self._dates = preferences.hard_dates
        super().__init__(data)

    def clean_date(self) -> str:
        """In ISO 8601."""
        date: dt.date = self.cleaned_data["date"]
        if not FIRST <= date <= LAST:
            raise ValidationError(_("Enter a date between the years 1900 and 2199."), code="range")
        if len(self._dates) >= MOST and date.isoformat() not in self._dates:
            raise ValidationError(_("You’ve already marked twenty dates. Remove one first."), code="most")
        return date.isoformat()
