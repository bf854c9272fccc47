"""allauth's hooks: sign-up, the page after signing in, and how authenticator secrets are stored."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse

from accounts.keys.installation import decrypt_secret, encrypt_secret
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest | None) -> bool:
        return settings.SIGNUP_OPEN

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The start page of the role that the person used last."""
        if isinstance(request.user, User):
            return reverse(settings.START_PAGES[request.user.role])
        url: str = super().get_login_redirect_url(request)
        return url

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Never the address that somebody signs in with, or they could not sign in again."""
        is_allowed: bool = super().can_delete_email(email_address)
        return is_allowed and email_address.email != email_address.user.email

    def set_password(self, user: User, password: str) -> None:
        """Saves the password alone: other columns may have been changed while it was being hashed."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Also sets the browser's time zone, which the person's first night depends on."""
        user.time_zone = form.cleaned_data.get("time_zone") or user.time_zone
        saved: User = super().save_user(request, user, form, commit)
        return saved


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt_secret(encrypted_text)
