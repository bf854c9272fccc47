"""The check that a page makes before it sends text that waited on the device."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest


@require_safe
def signed_in(request: AuthenticatedHttpRequest) -> JsonResponse:
    """The id of the person who is signed in, and a CSRF token to send the text with."""
    return JsonResponse({"author": str(request.user.pk), "token": get_token(request)})
