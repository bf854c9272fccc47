"""Inviting, and accepting an invitation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.entrance import AddressField
from accounts.forms.terms import TermsForm
from common.fields import OneLineField


class InvitationForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    name = OneLineField(
        label=_("Whom it is for"),
        max_length=80,
        required=False,
        help_text=_("Only you see this, so that you can tell your invitations apart."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = AddressField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("Leave it empty to get a link that you hand over yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, sends_mail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sends_mail:
            del self.fields["email"]


class AcceptForm(TermsForm):
    understood = forms.BooleanField(
        label=_("I have read what this means"),
        error_messages={"required": _("Tick this once you have read the lines above. Nothing is accepted yet.")},
    )
