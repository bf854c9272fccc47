"""allauth's forms, extended for this site: see ACCOUNT_FORMS in config/settings.py."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm as AllauthAddEmailForm
from allauth.account.forms import ChangeEmailForm as AllauthChangeEmailForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url, has_verified_email, setup_user_email
from allauth.core import context
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import people
from accounts.forms.entrance import AddressField
from accounts.forms.time_zones import BrowserTimeZoneField
from accounts.keys import keyring
from accounts.models import User
from common.ids import new_id


class Purpose(models.TextChoices):
    """What somebody makes an account for. Whoever chose one can do the other as well."""

    MYSELF = "myself", _("For myself")
    CLIENTS = "clients", _("For my clients")


class SignupForm(AllauthSignupForm):
    """allauth's form with the time zone, which a script fills in. It takes as long for an address that has an account already.

    It asks for whom the account is, unless the person is on their way to a page, such as an invitation.
    """

    email = AddressField()
    purpose = forms.ChoiceField(
        label=_("Who is it for?"), choices=Purpose, initial=Purpose.MYSELF, required=False, widget=forms.RadioSelect
    )
    time_zone = BrowserTimeZoneField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = get_next_redirect_url(context.request)
        if target == reverse("counselor:workspace"):
            self.fields["purpose"].initial = Purpose.CLIENTS
        elif target and not get_adapter().is_start(target):
            del self.fields["purpose"]
        self.order_fields([*(name for name in self.fields if name != "purpose"), "purpose"])
        if "password1" in self.fields:
            self.fields["password1"].help_text = _("At least 10 characters. A few words in a row are easy to remember.")

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """For an address that has an account, does the work of making one first, and keeps nothing of it.

        Else the time of the answer would tell who has an account: hashing the password and making a key take most of it.
        """
        if purpose := self.cleaned_data.get("purpose"):
            request.session[people.FOR_CLIENTS] = purpose == Purpose.CLIENTS
        if self.account_already_exists:
            self._rehearse(request)
        saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved

    def save(self, request: HttpRequest) -> User:
        """allauth's, in one transaction, which does not wait for the password to be hashed."""
        person = self._unsaved(request)
        with transaction.atomic():
            self._create(request, person)
        return person

    def _rehearse(self, request: HttpRequest) -> None:
        person = self._unsaved(request)
        person.email = f"{new_id().hex}@nobody.invalid"
        with transaction.atomic():
            self._create(request, person)
            # As allauth does before it asks for the code.
            has_verified_email(person)
            EmailAddress.objects.get_for_user(person, person.email)
            transaction.set_rollback(True)
        keyring.evict(person.pk)

    def _unsaved(self, request: HttpRequest) -> User:
        adapter = get_adapter(request)
        person: User = adapter.save_user(request, adapter.new_user(request), self, commit=False)
        return person

    def _create(self, request: HttpRequest, person: User) -> None:
        get_adapter(request).create(request, person)
        setup_user_email(request, person, [EmailAddress(email=person.email)])


class ChangeEmailForm(AllauthChangeEmailForm):
    """allauth's form for another address than the one that a code was sent to."""

    email = AddressField()


class AddEmailForm(AllauthAddEmailForm):
    """allauth's form. On a site without mail, where nothing can be confirmed, the new address is set at once."""

    email = AddressField()

    def clean_email(self) -> str:
        address: str = super().clean_email()
        if not settings.MAILER and User.objects.filter(email=address).exists():
            raise ValidationError(_("There’s already an account with this address."), code="email_taken")
        return address

    def save(self, request: HttpRequest) -> EmailAddress:
        if settings.MAILER:
            return super().save(request)
        with transaction.atomic():
            self.user.email = self.cleaned_data["email"]
            self.user.save(update_fields=["email"])
            EmailAddress.objects.filter(user=self.user).delete()
            return EmailAddress.objects.create(user=self.user, email=self.user.email, primary=True)
