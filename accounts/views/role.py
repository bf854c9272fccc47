"""Switching between the journal and the workspace."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts import people
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Role


@require_http_methods(["POST"])
def role(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Use the site as a parent or as a counselor. Idempotent."""
    requested = request.POST.get("role", "")
    if requested in Role.values:
        people.switch_role(request.user, Role(requested))
    return redirect(settings.START_PAGES[request.user.role])
