"""Where one is signed in: allauth's page, with the mark for one's own device. What it changes asks again who one is."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.views import list_usersessions
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from accounts.security import locking
from accounts.security.log import Event, record


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: AuthenticatedHttpRequest) -> HttpResponse:
    response: HttpResponse = _change(request) if request.method == "POST" else list_usersessions(request)
    return response


@reauthentication_required
def _change(request: AuthenticatedHttpRequest) -> HttpResponse:
    if "device" not in request.POST:
        response: HttpResponse = list_usersessions(request)
        record(Event.OTHER_SESSIONS_ENDED, person=request.user.pk, request=request)
        return response
    is_own = request.POST["device"] == "own"
    locking.mark_device(request, is_own=is_own)
    messages.success(
        request,
        _("This is your own device: Nightlight stays open here.") if is_own else _("Nightlight locks here when it isn’t used."),
    )
    return redirect("usersessions_list")
