"""A person's own settings, and leaving."""

import functools
from collections.abc import Callable
from typing import Concatenate

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
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


def counselors_only[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse], /
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For pages of a counselor's workspace: whoever has none is led to where one is opened; what they send finds nothing."""

    @functools.wraps(view)
    def only(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not person(request).is_counselor:
            if request.method in {"GET", "HEAD"}:
                return redirect("accounts:workspace")
            raise Http404
        return view(request, *args, **kwargs)

    return only


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
