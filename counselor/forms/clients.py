"""Filtering the list of clients, and the note about one of them."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from common.fields import FilterField, LongTextField, OneLineField
from counselor.clients import Filters, Show
from counselor.models import NOTE_LIMIT, ClientGroup


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


def _note_too_long(over: int) -> "str | Promise":
    return ngettext_lazy(
        "This note is %(over)s character too long; it holds 20,000. Nothing was cut, and nothing was kept yet.",
        "This note is %(over)s characters too long; it holds 20,000. Nothing was cut, and nothing was kept yet.",
        over,
    ) % {"over": over}


class NoteForm(forms.Form):
    """A counselor's note. `author` is the person whom its page was opened for, `base` the version that it was opened with."""

    text = LongTextField(
        label=_("Your note"),
        limit=NOTE_LIMIT,
        too_long=_note_too_long,
        required=False,
        help_text=_(
            "It is shown to you alone, never to the client. It goes when they delete their account, so what has to be kept belongs in your own records."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true", "autocomplete": "off"}),
    )
    author = forms.CharField(widget=forms.HiddenInput, required=False)
    base = forms.CharField(widget=forms.HiddenInput, required=False)
