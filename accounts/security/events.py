"""Receivers of Django's and allauth's signals: they keep the log of security events, and open and begin sessions."""

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.security import locking, second_step
from accounts.security.log import Event, record

# --- Signing in and out.


@receiver(user_logged_in)
def signed_in(request: HttpRequest | None, user: User, **signal: object) -> None:
    if request is None or not hasattr(request, "session"):
        return
    locking.sign_in(request)
    record(Event.SIGNED_IN, person=user.pk, request=request)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **signal: object) -> None:
    if user is not None:
        record(Event.SIGNED_OUT, person=user.pk, request=request)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, object], request: HttpRequest | None = None, **signal: object) -> None:
    """A wrong password: at sign-in, or where somebody who is signed in was asked for it again."""
    if request is not None and isinstance(request.user, User):
        record(Event.REAUTHENTICATION_FAILED, person=request.user.pk, request=request)
        return
    email = str(credentials.get("email") or credentials.get("username") or "")
    person = User.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
    record(Event.SIGN_IN_FAILED, person=person, request=request)


@receiver(account.user_signed_up)
def signed_up(request: HttpRequest, user: User, **signal: object) -> None:
    record(Event.SIGNED_UP, person=user.pk, request=request)


@receiver(account.login_code_rejected)
@receiver(account.password_reset_code_rejected)
@receiver(account.email_verification_code_rejected)
def code_rejected(request: HttpRequest, user: User | None = None, **signal: object) -> None:
    record(Event.CODE_REJECTED, person=user.pk if user else None, request=request)


# --- Asked again who one is.


@receiver(account.authentication_step_completed)
def step_completed(request: HttpRequest, user: User, method: str, *, reauthenticated: bool = False, **signal: object) -> None:
    if reauthenticated:
        record(Event.REAUTHENTICATED, person=user.pk, request=request, method=method)
        locking.unlock(request)


@receiver(mfa.authentication_failed)
def second_step_failed(
    request: HttpRequest, user: User, authenticator: Authenticator, *, reauthentication: bool = False, **signal: object
) -> None:
    event = Event.REAUTHENTICATION_FAILED if reauthentication else Event.SECOND_STEP_FAILED
    record(event, person=user.pk, request=request, factor=authenticator.type)


# --- Password, address and factors.


@receiver(account.password_set)
@receiver(account.password_changed)
@receiver(account.password_reset)
def password_changed(request: HttpRequest, user: User, **signal: object) -> None:
    record(Event.PASSWORD_CHANGED, person=user.pk, request=request)


@receiver(account.email_changed)
@receiver(account.email_added)
@receiver(account.email_removed)
def email_changed(request: HttpRequest, user: User, **signal: object) -> None:
    record(Event.EMAIL_CHANGED, person=user.pk, request=request)


@receiver(account.email_confirmed)
def email_confirmed(request: HttpRequest, email_address: EmailAddress, **signal: object) -> None:
    record(Event.EMAIL_CHANGED, person=email_address.user_id, request=request, confirmed="yes")


@receiver(mfa.authenticator_added)
def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **signal: object) -> None:
    record(Event.FACTOR_ADDED, person=user.pk, request=request, factor=authenticator.type)
    second_step.settle(user)


@receiver(mfa.authenticator_removed)
def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **signal: object) -> None:
    record(Event.FACTOR_REMOVED, person=user.pk, request=request, factor=authenticator.type)
    second_step.unsettle(user)


@receiver(mfa.authenticator_reset)
def factor_replaced(request: HttpRequest, user: User, authenticator: Authenticator, **signal: object) -> None:
    record(Event.FACTOR_REPLACED, person=user.pk, request=request, factor=authenticator.type)
