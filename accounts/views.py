"""A person's own settings, and leaving."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms import DeleteAccountForm, SettingsForm
from accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person. Only for views behind LoginRequiredMiddleware."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("this view is open to visitors who are not signed in")
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    # A copy: an invalid form must not change the person whom the page itself addresses.
    mine = User.objects.get(pk=person(request).pk)
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=mine)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your settings are saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def delete(request: HttpRequest) -> HttpResponse:
    form = DeleteAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        leaving = person(request)
        services.delete_person(leaving)
        logout(request)
        return redirect("accounts:gone")
    return render(request, "accounts/delete.html", {"form": form}, status=422 if form.errors else 200)
