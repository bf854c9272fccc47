"""A counselor's workspace: opened by anyone, giving access to nobody."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import ties
from accounts.care_forms import WorkspaceForm
from accounts.models import Hat, Tie, Workspace
from accounts.views import counselors_only, person

HOMES = {Hat.PARENT: "journal:tonight", Hat.COUNSELOR: "journal:clients"}


@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: HttpRequest) -> HttpResponse:
    counselor = person(request)
    mine = Workspace.objects.filter(counselor=counselor).first() if counselor.is_counselor else None
    initial = {} if mine else {"name": counselor.name}
    form = WorkspaceForm(request.POST if request.method == "POST" else None, instance=mine, initial=initial)
    if request.method == "POST" and form.is_valid():
        ties.open_workspace(counselor, **form.cleaned_data, now=timezone.now())
        if mine is None:
            messages.success(request, _("Your workspace is open. It gives access to nobody until a parent accepts an invitation."))
            return redirect("journal:clients")
        messages.success(request, _("Saved. Your clients see it from now on."))
        return redirect("accounts:workspace")
    return render(request, "accounts/workspace.html", {"form": form, "is_open": mine is not None}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def close(request: HttpRequest) -> HttpResponse:
    counselor = person(request)
    if request.method == "POST":
        ties.close_workspace(counselor, timezone.now())
        messages.success(request, _("Your workspace is closed. Your own journal is as it was."))
        return redirect("accounts:settings")
    count = Tie.objects.of_counselor(counselor).alive().count()
    return render(request, "accounts/workspace_close.html", {"count": count})


@require_http_methods(["POST"])
def hat(request: HttpRequest) -> HttpResponse:
    """Be here as a parent or as a counselor. The button names which, so that pressing twice changes nothing more."""
    wanted = request.POST.get("hat", "")
    if wanted in Hat.values:
        ties.wear(person(request), Hat(wanted))
    return redirect(HOMES[Hat(person(request).hat)])
