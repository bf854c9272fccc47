"""What browsers may do with every response, besides the policies that Django sets: see MIDDLEWARE in config/settings.py."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What no page needs is denied, to scripts that somebody managed to smuggle in, too.
DENIED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "compute-pressure",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
USED = (
    "clipboard-write",  # a text that could not be saved is copied
    "publickey-credentials-create",
    "publickey-credentials-get",
)

PERMISSIONS_POLICY = ", ".join([*(f"{feature}=()" for feature in DENIED), *(f"{feature}=(self)" for feature in USED)])


class BrowserFeaturesMiddleware:
    """Denies what no page uses, and other sites the use of anything of this one. The outermost: it reaches files and errors, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
