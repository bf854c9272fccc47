"""allauth's forms, extended for this site: see ACCOUNT_FORMS in config/settings.py."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import AddEmailForm as AllauthAddEmailForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignupForm(AllauthSignupForm):
    """allauth's form with the time zone, which a script fills in."""

    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password1" in self.fields:
            self.fields["password1"].help_text = _("At least 10 characters. A few words in a row are easy to keep in mind.")

    def clean_time_zone(self) -> str:
        """The zone, or "" where this server does not know it: it can be set later."""
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in available_timezones() else ""


class AddEmailForm(AllauthAddEmailForm):
    """allauth's form. On a site without mail, where nothing can be confirmed, the new address is set at once."""

    def clean_email(self) -> str:
        address: str = super().clean_email()
        if not settings.MAILER and User.objects.filter(email__iexact=address).exists():
            raise ValidationError(_("There is an account with this address already."), code="email_taken")
        return address

    def save(self, request: HttpRequest) -> EmailAddress:
        if settings.MAILER:
            return super().save(request)
        with transaction.atomic():
            self.user.email = self.cleaned_data["email"]
            self.user.save(update_fields=["email"])
            EmailAddress.objects.filter(user=self.user).delete()
            return EmailAddress.objects.create(user=self.user, email=self.user.email, primary=True)
