"""Locking a session, unlocking it, and what the script on a page asks about it."""

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from accounts.security import locking
from accounts.security.log import Event, record
from common.http import is_same_origin, next_address


@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Locks the session (POST); leads to the page that asks for password, code or passkey where it is locked (GET)."""
    target = next_address(request)
    if request.method == "POST":
        if not locking.is_locked(request):
            locking.lock(request)
            record(Event.LOCKED, person=request.user.pk, request=request, by="person")
        return redirect(reverse("accounts:lock", query={REDIRECT_FIELD_NAME: target} if target else None))
    if not locking.is_locked(request):
        return redirect(target or "home")
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        return render(request, "accounts/lock/lock.html")
    query = f"?{urlencode({REDIRECT_FIELD_NAME: target})}" if target else ""
    return redirect(f"{methods[0]['url']}{query}")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def lock_use(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Whose session it is and for how many seconds it stays open; a POST says that somebody is using a page just now.

    It needs no token, since a page may be older than its token; a request that another site sent changes nothing.
    """
    if locking.is_locked(request) or (request.method == "POST" and not is_same_origin(request)):
        return JsonResponse({"state": "locked"}, status=401)
    left = locking.seconds_left(request)
    return JsonResponse({"person": str(request.user.pk), "left": None if left is None else int(left)})
