"""The page after an account was deleted."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/gone/gone.html")
