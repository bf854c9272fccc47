"""What a page asks before it seals text on the device or sends what waited there."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest
from accounts.keys import device
from common.ids import parse_id


@require_safe
def signed_in(request: AuthenticatedHttpRequest) -> JsonResponse:
    """The id of the person who is signed in, and a CSRF token to send the text with.

    With `?device=`, the id of a device, also the server's half of the key that seals this person's text there.
    """
    answer = {"author": str(request.user.pk), "token": get_token(request)}
    if (device_id := parse_id(request.GET.get("device"))) is not None:
        answer["half"] = device.server_half(request.user.pk, device_id)
    return JsonResponse(answer)
