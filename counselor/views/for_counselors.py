"""The page for whoever wonders whether Nightlight is for their clients: what a counselor gets, and what they cannot see."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def for_counselors(request: HttpRequest) -> HttpResponse:
    return render(request, "counselor/for_counselors/for_counselors.html", {"must_be_approved": settings.COUNSELORS_APPROVED})
