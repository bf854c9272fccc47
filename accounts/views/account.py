"""Deleting one's account."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import leaving
from accounts.forms.account import DeleteAccountForm
from accounts.http import AuthenticatedHttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def delete(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = DeleteAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.waits:
            leaving.plan(request.user, timezone.now())
        else:
            leaving.delete(request.user)
        logout(request)
        return redirect("accounts:gone_in_a_week" if form.waits else "accounts:gone")
    context = {"form": form, "until": leaving.backups_until(timezone.now())}
    return render(request, "accounts/account/delete.html", context, status=422 if form.errors else 200)
