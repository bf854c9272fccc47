"""A session that is not used for a while is locked until its person shows again who they are: docs/decisions/0038.

The last use is in a signed cookie, so that reading a page writes nothing to the database. It is good for one session,
holds its own time, and can only become older: an earlier one that is sent again opens nothing that it did not open before.
"""

import datetime as dt
import time

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.security.log import Event, record
from common.http import is_navigation

# What the session holds.
USED_AT = "used_at"  # when somebody signed in or unlocked it, in seconds since 1970; the cookie tells of later use
LOCKED = "locked"  # by its person, until they unlock it
OWN_DEVICE = "own_device"  # its person said that nobody else uses this device
OWN_DEVICE_WISHED = "own_device_wished"  # whoever is signing in said so, and is not signed in yet

locked = Signal()  # somebody has locked their session: what this process keeps of them for a moment is forgotten

RENEW_AFTER = 60  # seconds: the cookie is set again at most once a minute
REFUSED = {401, 403, 429}


def idle_time(request: HttpRequest) -> dt.timedelta | None:
    """After how long without use the session is locked; None where it never is, or where nobody is signed in."""
    person = request.user
    if not isinstance(person, User) or (request.session.get(OWN_DEVICE) and not person.locks_own_devices):
        return None
    return dt.timedelta(minutes=person.locks_after)


def is_locked(request: HttpRequest) -> bool:
    """Whether the person of the session has to show again who they are. False where nobody is signed in."""
    if not isinstance(request.user, User):
        return False
    left = seconds_left(request)
    return bool(request.session.get(LOCKED)) or (left is not None and left <= 0)


def seconds_left(request: HttpRequest) -> float | None:
    """How long the session stays open if it is not used; None where it is never locked by itself."""
    idle = idle_time(request)
    if idle is None:
        return None
    return _last_use(request) + idle.total_seconds() - time.time()


def begin(request: HttpRequest) -> None:
    """The session is used from now on: its person has just signed in, or unlocked it."""
    request.session[USED_AT] = time.time()
    request.session.pop(LOCKED, None)


def sign_in(request: HttpRequest) -> None:
    """The session is that of a person who has just signed in, with what they said of the device."""
    begin(request)
    request.session[OWN_DEVICE] = bool(request.session.pop(OWN_DEVICE_WISHED, False))


def unlock(request: HttpRequest) -> None:
    """Open a locked session, since its person has shown who they are. Idempotent."""
    if not is_locked(request):
        return
    begin(request)
    if request.POST.get(OWN_DEVICE):
        request.session[OWN_DEVICE] = True
    if isinstance(request.user, User):
        record(Event.UNLOCKED, person=request.user.pk, request=request)


def lock(request: HttpRequest) -> None:
    """Lock the session at once. Idempotent."""
    request.session[LOCKED] = True
    locked.send(sender=None)


def mark_device(request: HttpRequest, *, is_own: bool) -> None:
    """Note that nobody else uses this device, or that somebody may. Idempotent."""
    if is_own:
        request.session[OWN_DEVICE] = True
    elif request.session.pop(OWN_DEVICE, None):
        begin(request)
    if isinstance(request.user, User):
        record(Event.DEVICE_MARKED, person=request.user.pk, request=request, own="yes" if is_own else "no")


def note_use(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie anew where a person has just used the site, at most once a minute.

    A page that a script asks for is no use, nor is anything that was refused or failed: a page that tries to save again
    and again, with nobody before it, must not keep a session open.
    """
    if not isinstance(request.user, User) and settings.USED_COOKIE_NAME in request.COOKIES:
        response.delete_cookie(settings.USED_COOKIE_NAME, samesite="Lax")  # signed out: it tells when somebody was here
    idle = idle_time(request)
    if idle is None or response.status_code in REFUSED or response.status_code >= 500 or not _is_use(request):
        return
    now = time.time()
    if now - _last_use(request) < RENEW_AFTER:
        return
    response.set_cookie(
        settings.USED_COOKIE_NAME,
        _signer(request).sign(str(int(now))),
        max_age=idle,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _is_use(request: HttpRequest) -> bool:
    if request.method not in {"GET", "HEAD"}:
        return True
    return is_navigation(request)


def _last_use(request: HttpRequest) -> float:
    used_at = request.session.get(USED_AT, 0)
    return max(used_at if isinstance(used_at, int | float) else 0, _cookie_time(request))


def _cookie_time(request: HttpRequest) -> float:
    """What the cookie says; 0 where there is none of this session's."""
    try:
        return float(_signer(request).unsign(request.COOKIES.get(settings.USED_COOKIE_NAME, "")))
    except (BadSignature, ValueError):
        return 0


def _signer(request: HttpRequest) -> Signer:
    return Signer(salt=f"nightlight.used.{request.session.session_key}")
