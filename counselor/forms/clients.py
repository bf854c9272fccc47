"""Filtering the list of clients; of one of them the label, and the next session."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.fields import DayField, FilterField, OneLineField
from counselor.clients.listing import Filters, Show, Sort
from counselor.labels import Label
from counselor.models import LABEL_LIMIT, ClientGroup

VERSION_DIGITS = 20  # more than a label's version ever has
FARTHEST = dt.timedelta(days=3 * 366)  # from today to a session


class ClientsForm(forms.Form):
    """The list's filters."""

    q = OneLineField(
        label=_("Name or label"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
    )
    sort = FilterField(
        label=_("Sort by"),
        required=False,
        choices=[
            (Sort.WAITING.value, _("Something to read")),
            (Sort.ANSWERED.value, _("Last answered")),
            (Sort.NAME.value, _("Name")),
        ],
    )
    show = FilterField(
        label=_("Show"),
        required=False,
        choices=[(Show.ALL.value, _("Everyone")), (Show.WAITING.value, _("Something to read")), (Show.ENDED.value, _("Ended"))],
    )
    group = FilterField(label=_("Group"), required=False)

    def __init__(self, *args: Any, groups: Iterable[ClientGroup], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "clients_%s", **kwargs})
        field = self.fields["group"]
        if isinstance(field, FilterField):
            field.choices = [("", _("All clients")), *((str(group.pk), group.content.name) for group in groups)]

    def filters(self) -> Filters:
        self.is_valid()
        data = self.cleaned_data
        group = data.get("group", "")
        return Filters(
            show=Show(data.get("show") or Show.ALL),
            name=data.get("q", ""),
            group=uuid.UUID(group) if group else None,
            sort=Sort(data.get("sort") or Sort.WAITING),
        )


class LabelForm(forms.Form):
    """What a counselor calls a client for themselves. `author` is the person whom its page was opened for, `base` the version it began with."""

    text = OneLineField(
        label=_("Your label"),
        required=False,
        max_length=LABEL_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only you see it, beside their name."),
    )
    author = forms.CharField(widget=forms.HiddenInput, required=False)
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, author: User, stored: Label, *, text: str | None = None) -> Self:
        """Based on a stored label, with its text or another one."""
        return cls(initial={"text": stored.text if text is None else text, "author": author.pk, "base": stored.version}, auto_id="label_%s")

    @property
    def based_on(self) -> int:
        """Call after `is_valid()`. A damaged version is that of no label, which overwrites nothing."""
        base: str = self.cleaned_data["base"]
        return int(base) if base.isascii() and base.isdigit() and len(base) < VERSION_DIGITS else 0


class DetailsForm(forms.Form):
    """When the counselor and the client meet next. `author` is the person whom its page was opened for."""

    next_session_on = DayField(label=_("Next session"), required=False, help_text=_("They see this date, too. You can leave it empty."))
    author = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, initial: Mapping[str, object], today: dt.date, has_ended: bool) -> None:
        super().__init__(data, initial=dict(initial), auto_id="details_%s")
        self.today = today
        if has_ended:
            del self.fields["next_session_on"]

    def clean_next_session_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["next_session_on"]
        if day and day < self.today:
            raise ValidationError(_("That day has passed. Choose today or later."))
        if day and day > self.today + FARTHEST:
            raise ValidationError(_("Choose a day within the next three years."))
        return day
