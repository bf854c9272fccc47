"""Requests of people who are signed in."""

from django.http import HttpRequest

from accounts.models import User


class AuthenticatedHttpRequest(HttpRequest):
    """The request of a view that is not marked `login_not_required`: LoginRequiredMiddleware lets nobody else reach it."""

    user: User
