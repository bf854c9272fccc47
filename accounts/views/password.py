"""Giving a password to an account that was made with a passkey: allauth's page, which asks again who one is."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import password_set as allauth_password_set
from django.http import HttpResponse

from accounts.http import AuthenticatedHttpRequest


@reauthentication_required
def password_set(request: AuthenticatedHttpRequest) -> HttpResponse:
    response: HttpResponse = allauth_password_set(request)
    return response
