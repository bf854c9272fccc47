"""What a person wants to be sent, when, and to which browsers."""

import datetime as dt

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from common.fields import OneLineField
from common.values import Values
from journal.messages.push.addresses import LONGEST
from journal.messages.push.subscriptions import is_address
from journal.models import MessagePlan, PushAddress

DAYS = [(str(number), name) for number, name in WEEKDAYS.items()]


class RemindersForm(forms.Form):
    """`plan` is the present one. Where the site sends no mail, the fields about mail are left out, and stay as they are."""

    weekdays = forms.MultipleChoiceField(label=_("On which evenings"), required=False, choices=DAYS, widget=forms.CheckboxSelectMultiple)
    time = forms.TimeField(
        label=_("At what time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose a time."), "invalid": _("Enter a time, such as 21:00.")},
    )
    by_mail = forms.BooleanField(label=_("By email"), required=False)
    says_nothing = forms.BooleanField(
        label=_("Don’t mention a journal"),
        required=False,
        help_text=_("It’ll only say it’s the reminder you asked for. For when others see your phone or your email."),
    )
    letters = forms.BooleanField(
        label=_("Send me a letter once a week"),
        required=False,
        help_text=_("By email, at the same time, instead of that evening’s reminder. It never includes anything you wrote."),
    )
    letter_day = forms.ChoiceField(label=_("On which day"), choices=DAYS)

    def __init__(self, data: QueryDict | None = None, *, plan: MessagePlan) -> None:
        self._plan = plan
        initial: Values = {
            "weekdays": [str(day) for day in sorted(plan.days)],
            "time": plan.time,
            "by_mail": plan.by_mail,
            "says_nothing": plan.says_nothing,
            "letters": plan.letters,
            "letter_day": str(plan.letter_day),
        }
        super().__init__(data, initial=initial)
        if settings.MAILER is None:
            for name in ("by_mail", "letters", "letter_day"):
                del self.fields[name]

    def clean_time(self) -> dt.time:
        """To the minute, as it is shown."""
        time: dt.time = self.cleaned_data["time"]
        return time.replace(second=0, microsecond=0)

    def clean(self) -> Values:
        cleaned = super().clean() or {}
        if cleaned.get("by_mail") and not cleaned.get("weekdays") and "weekdays" not in self.errors:
            raise ValidationError({"weekdays": ValidationError(_("Choose at least one evening, or turn off email."), code="none")})
        return cleaned

    def plan(self) -> MessagePlan:
        """The plan with what was set. Call it where the form is valid; it stores nothing."""
        for name in ("time", "by_mail", "says_nothing", "letters"):
            if name in self.cleaned_data:
                setattr(self._plan, name, self.cleaned_data[name])
        self._plan.weekdays = sum(1 << int(day) for day in set(self.cleaned_data["weekdays"]))
        if "letter_day" in self.cleaned_data:
            self._plan.letter_day = int(self.cleaned_data["letter_day"])
        return self._plan


class PushForm(forms.Form):
    """What a browser says of itself when it subscribes. Sent by static/js/push.js; nobody types it."""

    endpoint = OneLineField(max_length=LONGEST)
    p256dh = OneLineField(max_length=100)
    auth = OneLineField(max_length=50)

    def clean(self) -> Values:
        cleaned = super().clean() or {}
        if not self.errors and not is_address(self.address(device="")):
            raise ValidationError("no push service", code="address")
        return cleaned

    def address(self, *, device: str) -> PushAddress:
        """`device`: the browser's name in words."""
        values = self.cleaned_data
        return PushAddress(values["endpoint"], values["p256dh"], values["auth"], device)
