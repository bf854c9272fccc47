"""Keeping one's account after all."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import leaving
from accounts.http import AuthenticatedHttpRequest


@require_POST
def stay(request: AuthenticatedHttpRequest) -> HttpResponse:
    leaving.call_off(request.user)
    messages.success(request, _("Your account stays. Nothing was deleted."))
    return redirect("home")
