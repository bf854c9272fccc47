"""Deleting one's account."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DeleteAccountForm(forms.Form):
    sure = forms.BooleanField(
        label=_("Yes, delete my account and everything I wrote"),
        error_messages={"required": _("Tick the box if you are sure. Nothing has been deleted.")},
    )
