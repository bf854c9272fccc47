"""Devices on which a person has signed in before, and what a device is called. Nothing about them is stored on the server.

The cookie holds a random id, and a signature of it with each address that was signed in with there. It lets nobody in: a
device that is known is only counted by itself, so that strangers cannot lock its owner out (see accounts/security/attempts.py).
"""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PEOPLE = 4  # the latest who signed in on one device
LASTS = 60 * 60 * 24 * 365  # seconds since the last sign-in
ID_BYTES = 16

# What browsers and systems call themselves, and what people call them. The order matters: most claim to be several.
BROWSERS = {
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": gettext_lazy("on an iPhone"),
    "iPad": gettext_lazy("on an iPad"),
    "Android": gettext_lazy("on Android"),
    "Windows": gettext_lazy("on Windows"),
    "CrOS": gettext_lazy("on a Chromebook"),
    "Macintosh": gettext_lazy("on a Mac"),
    "Linux": gettext_lazy("on Linux"),
}


def in_words(agent: str) -> str:
    """What a browser calls itself (its User-Agent), in a person's words: as "Chrome on Android"."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), _("A browser"))
    system = next((str(name) for mark, name in SYSTEMS.items() if mark in agent), "")
    return f"{browser} {system}".strip()


def known_device(request: HttpRequest, address: str) -> str | None:
    """The device's id, where somebody has signed in there with this address; else None."""
    device, signatures = _read(request)
    signature = _sign(device, address)
    return device if any(constant_time_compare(signature, one) for one in signatures) else None


def remember(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """Make the device known, from the next request on. Idempotent."""
    device, signatures = _read(request)
    device = device or secrets.token_hex(ID_BYTES)
    signature = _sign(device, address)
    latest = [signature, *(one for one in signatures if one != signature)][:PEOPLE]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        ".".join([device, *latest]),
        max_age=LASTS,
        secure=settings.SERVED_OVER_TLS,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    """The cookie's id and signatures; ("", []) where there is none."""
    device, *signatures = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "").split(".")
    return (device, signatures[:PEOPLE]) if len(device) == 2 * ID_BYTES and device.isalnum() else ("", [])


def _sign(device: str, address: str) -> str:
    return salted_hmac("accounts.devices", f"{device}:{address}", algorithm="sha256").hexdigest()
