"""Signing up with a counselor's invitation."""

from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts.adapter import AccountAdapter
from accounts.models import User
from counselor.invitations import NotAcceptable, invitation_to_sign_up, open_account


class InvitedAccountAdapter(AccountAdapter):
    def is_open_for_signup(self, request: HttpRequest | None) -> bool:
        """Open to everybody, or to whoever comes with an invitation that can be accepted and opened no account yet."""
        return super().is_open_for_signup(request) or invitation_to_sign_up(request) is not None

    def after_signup(self, target: str) -> str:
        """As for everybody, but straight on to an invitation, whose acceptance leads to Welcome, and to a counselor's pages."""
        try:
            is_ours = resolve(urlsplit(target).path).app_name == "counselor"
        except (Resolver404, ValueError):
            is_ours = False
        return target if is_ours else super().after_signup(target)

    def create(self, request: HttpRequest, user: User) -> None:
        """On a closed site an invitation opens one account, however many sign up with it at once."""
        if settings.SIGNUP_OPEN:
            super().create(request, user)
            return
        try:
            invitation = invitation_to_sign_up(request)
            if invitation is None:
                raise NotAcceptable
            open_account(user, invitation.pk, timezone.now())
        except NotAcceptable as error:
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html")) from error
