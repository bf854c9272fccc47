"""The handshake of a page that has text to send."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest


@require_safe
def signed_in(request: AuthenticatedHttpRequest) -> JsonResponse:
    """Who is signed in here, and the token their forms carry: text that waited on the device is sent with it."""
    return JsonResponse({"author": str(request.user.pk), "token": get_token(request)})
