"""Filtering the list of clients."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import FilterField, OneLineField
from counselor.clients import Filters, Show
from counselor.models import ClientGroup


class ClientsForm(forms.Form):
    """The list's filters."""

    q = OneLineField(
        label=_("Name"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
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
        return Filters(show=Show(data.get("show") or Show.ALL), name=data.get("q", ""), group=uuid.UUID(group) if group else None)
