"""Putting away the line that offers a second step at sign-in."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from accounts.security import second_step as second_steps


@require_http_methods(["POST"])
def second_step(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Idempotent."""
    second_steps.settle(request.user)
    return redirect("home")
