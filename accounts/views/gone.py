"""The pages after an account was deleted, or is to be in a week."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import leaving
from common import dates


@login_not_required
@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    until = leaving.backups_until(timezone.now())
    return render(request, "accounts/gone/gone.html", {"until": until and dates.day_of(until)})


@login_not_required
@require_safe
def gone_in_a_week(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/gone/in_a_week.html", {"until": leaving.backups_until(timezone.now())})
