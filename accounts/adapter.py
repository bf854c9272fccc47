"""allauth's hooks: sign-up, how often one may try, the page after signing in, and how authenticator secrets are stored."""

import ipaddress

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, update_session_auth_hash
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import people
from accounts.keys.installation import decrypt_secret, encrypt_secret
from accounts.models import User
from accounts.models.user import normal_password
from accounts.security import attempts, devices, locking
from accounts.security.attempts import Act
from common.addresses import canonical_address
from common.rendering import mails


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest | None) -> bool:
        return settings.SIGNUP_OPEN

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The start page of the role that the person used last."""
        if isinstance(request.user, User):
            return reverse(settings.START_PAGES[request.user.role])
        url: str = super().get_login_redirect_url(request)
        return url

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("prompts:welcome")

    def after_signup(self, target: str) -> str:
        """The page after sign-up for somebody who was on their way to `target`: Welcome, which leads on to it."""
        return reverse("prompts:welcome", query=None if self.is_start(target) else {REDIRECT_FIELD_NAME: target})

    def is_start(self, target: str) -> bool:
        """Whether this is a page on which people begin anyway."""
        return target in {reverse("home"), reverse("prompts:welcome"), *map(reverse, settings.START_PAGES.values())}

    def _after_signup(self, request: HttpRequest, target: str) -> str:
        """As `after_signup`; but whoever comes for their clients opens a workspace first, and nobody else does."""
        is_for_clients, workspace = request.session.pop(people.FOR_CLIENTS, None), reverse("counselor:workspace")
        if is_for_clients:
            return workspace
        if not target or (target == workspace and is_for_clients is False):
            return self.get_signup_redirect_url(request)
        return self.after_signup(target)

    def pre_login(self, request: HttpRequest, user: User, **login: object) -> HttpResponse | None:
        """Takes "This is my own device" from the page on which somebody signs in; a page without the box leaves it out.

        It is only noted here, since another step may follow, and the session may still be that of somebody else.
        """
        request.session[locking.OWN_DEVICE_WISHED] = bool(request.POST.get(locking.OWN_DEVICE))
        refused: HttpResponse | None = super().pre_login(request, user, **login)
        return refused

    def post_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponse:
        if kwargs.get("signup"):
            kwargs["redirect_url"] = self._after_signup(request, str(kwargs.get("redirect_url") or get_next_redirect_url(request) or ""))
        passkey = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).first() if kwargs.get("signup") else None
        if passkey and auto_generate_recovery_codes(request):
            # allauth makes no codes for an account that begins with a passkey, and forgets that it was just shown.
            record_authentication(request, user, "mfa", id=passkey.pk, type=passkey.type, reauthenticated=True)
            onward = str(kwargs.get("redirect_url") or self.get_signup_redirect_url(request))
            kwargs["redirect_url"] = reverse("mfa_view_recovery_codes", query={REDIRECT_FIELD_NAME: onward})
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user.email)
        return response

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, str]]:
        """A code comes last: it may be a recovery code, of which each works once, kept for the day on which the passkey is lost."""
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return sorted(methods, key=lambda method: method["id"] == "mfa_reauthenticate")

    # --- Mail.

    def render_mail(
        self, template_prefix: str, email: str | list[str], context: dict[str, object], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """With HTML that says the same words as allauth's text."""
        message: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        if isinstance(message, EmailMultiAlternatives) and not message.alternatives:
            html = mails.html_of(str(message.subject), str(message.body), code=str(context.get("code", "")))
            mails.attach(message, html)
        return message

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        super().send_mail(template_prefix, email, context)
        current.request.allauth.has_mailed = True

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, object] | None = None, email: str | None = None
    ) -> None:
        """In the language and by the clock of whom it is about: whoever changed their account may have another browser."""
        with people.as_read_by(user):
            super().send_notification_mail(template_prefix, user, context, email)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, object] | None = None,
        **kwargs: object,
    ) -> None:
        """Sends a mail wherever the page says that one is sent.

        Asked for another code, allauth sends nothing where there is no account, or one already: the time that a mail takes
        would tell which.
        """
        if message_context and not getattr(current.request.allauth, "has_mailed", False):
            if message_template == "account/messages/login_code_sent.txt":
                send_unknown_account_mail(request, str(message_context["email"]))
            elif message_template == "account/messages/email_confirmation_sent.txt":
                self.send_account_already_exists_mail(str(message_context["email"]))
        super().add_message(request, level, message_template, message_context, **kwargs)

    # --- How often one may try.

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's address: that of IPv4 also where the server listens on IPv6, of which all IPv4 would be one network."""
        address = ipaddress.ip_address(super().get_client_ip(request))
        return str(getattr(address, "ipv4_mapped", None) or address)

    def pre_authenticate(self, request: HttpRequest, **credentials: object) -> None:
        """In place of allauth's limit by address alone, with which anybody could lock anybody out."""
        self._login_failed_rl_usage = attempts.consume(request, Act.PASSWORD, canonical_address(str(credentials.get("email", ""))))
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: object) -> None:
        """allauth calls this once a password was reset with a code from the mail."""
        attempts.forget(request, Act.PASSWORD, canonical_address(str(credentials.get("email", ""))))

    # --- Addresses and passwords.

    def clean_email(self, email: str) -> str:
        return canonical_address(email)

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Checks the password in the form in which it is hashed."""
        checked: str = super().clean_password(normal_password(password), user)
        return checked

    def reauthenticate(self, user: User, password: str) -> bool:
        is_theirs: bool = super().reauthenticate(user, password)
        if is_theirs:
            self._keep_session(user)
        return is_theirs

    def _keep_session(self, user: User) -> None:
        """Let this session go on where checking the password stored its hash anew, on which a session depends."""
        request, before = self.request, user.password
        user.refresh_from_db(fields=["password"])
        if user.password != before:
            update_session_auth_hash(request, user)

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

    def create(self, request: HttpRequest, user: User) -> None:
        """Save a new person. Called within the transaction that makes the account."""
        user.save()


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt_secret(encrypted_text)
