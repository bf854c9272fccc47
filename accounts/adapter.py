"""Where allauth asks this project: sign-up, greeting and how authenticator secrets are kept."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse

from accounts import invited, keyring
from accounts.models import Hat, User


def display_name(user: User) -> str:
    """How pages and mails address a person."""
    return user.name or user.email


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Open to everybody, or to whoever comes with an invitation that can be accepted."""
        return settings.SIGNUP_OPEN or invited.comes_invited(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To where somebody is at home: a counselor among their clients."""
        if isinstance(request.user, User) and request.user.hat == Hat.COUNSELOR:
            return reverse("journal:clients")
        url: str = super().get_login_redirect_url(request)
        return url

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Never the address that somebody signs in with: without it, there would be no way back in."""
        can: bool = super().can_delete_email(email_address)
        return can and email_address.email != email_address.user.email

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """The browser's time zone is part of the person from the first moment: their first night depends on it."""
        user.time_zone = form.cleaned_data.get("time_zone") or user.time_zone
        saved: User = super().save_user(request, user, form, commit)
        return saved


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return keyring.encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return keyring.decrypt_secret(encrypted_text)
