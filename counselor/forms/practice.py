"""A practice: its name, and whom its owner invites."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import NameField, OneLineField
from counselor.models import Practice


class PracticeForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = NameField(
        label=_("Name of the practice"),
        max_length=Practice._meta.get_field("name").max_length,
        help_text=_("Clients see it beside your name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Give the practice a name. Nothing was saved.")},
    )


class ColleagueForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = OneLineField(
        label=_("Who it’s for"),
        max_length=80,
        help_text=_("Only you see this. It tells your invitations apart."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say who it’s for. Nothing was saved.")},
    )
