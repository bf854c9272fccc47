"""allauth's forms for signing in, with addresses in one form, and limits that let nobody lock out anybody else."""

from allauth.account.fields import EmailField
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.core import context
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.security import attempts
from accounts.security.attempts import Act
from common.addresses import canonical_address, validate_address


class AddressField(EmailField):
    """An e-mail address in any spelling, cleaned to the form in which addresses are stored."""

    default_validators = [validate_address]

    def to_python(self, value: object) -> str:
        return canonical_address(str(super().to_python(value)))


class LoginForm(AllauthLoginForm):
    """The page offers a new password itself, below an error, where allauth's help for the field would stand above it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField()
        self.fields["password"].help_text = ""
        self.order_fields(["login", "password"])


class ReauthenticateForm(AllauthReauthenticateForm):
    """As `LoginForm`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ChangePasswordForm(AllauthChangePasswordForm):
    """As `LoginForm`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


def _count(address: str) -> None:
    """Raises ValidationError where too many codes were sent to this address."""
    if attempts.consume(context.request, Act.CODE, address) is None:
        raise ValidationError(
            _("We’ve sent several codes to this address in a short time. Please check that mailbox, or try again in an hour."),
            code="too_many_codes",
        )


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    email = AddressField()

    def clean_email(self) -> str:
        _count(self.cleaned_data["email"])
        address: str = super().clean_email()
        return address


class ResetPasswordForm(AllauthResetPasswordForm):
    email = AddressField()

    def clean_email(self) -> str:
        _count(self.cleaned_data["email"])
        address: str = super().clean_email()
        return address
