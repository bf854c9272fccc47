"""The front page, which redirects a signed-in person to their start page."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        return redirect(settings.START_PAGES[request.user.role])
    return render(request, "accounts/home/home.html")
