"""Deleting one's account."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _


class When(models.TextChoices):
    NOW = "now", _("Right away")
    IN_A_WEEK = "week", _("In a week; until then I can sign in and keep it")


class DeleteAccountForm(forms.Form):
    when = forms.ChoiceField(label=_("When"), choices=When, initial=When.NOW, required=False, widget=forms.RadioSelect)
    sure = forms.BooleanField(
        label=_("Yes, delete my account and everything I wrote"),
        error_messages={"required": _("Tick the box if you’re sure. Nothing has been deleted.")},
    )

    @property
    def waits(self) -> bool:
        """Whether it is to be deleted in a week only. Call where the form is valid."""
        return bool(self.cleaned_data["when"] == When.IN_A_WEEK)
