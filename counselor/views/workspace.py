"""A counselor's workspace. Anyone can open one; it gives access to nobody."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common.kept_forms import keeps_form
from counselor import labels
from counselor.forms.workspace import CloseForm, WorkspaceForm
from counselor.models import Workspace
from counselor.workspace import Closed, close_workspace, ending, open_workspace


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(WorkspaceForm)
def workspace(request: AuthenticatedHttpRequest) -> HttpResponse:
    counselor = request.user
    existing = Workspace.objects.filter(counselor=counselor).first() if counselor.is_counselor else None
    initial = {} if existing else {"name": counselor.name}
    form = WorkspaceForm(request.POST if request.method == "POST" else None, instance=existing, initial=initial)
    if request.method == "POST" and form.is_valid() and _open(counselor, form):
        if existing is None:
            messages.success(request, _("Your workspace is open. You won’t see anything of anyone until they accept an invitation."))
            return redirect("counselor:today")
        messages.success(request, _("Saved. Your clients see it from now on."))
        return redirect("counselor:workspace")
    waits = existing is not None and not existing.is_approved
    context = {"form": form, "is_open": existing is not None, "waits": waits, "must_be_approved": settings.COUNSELORS_APPROVED}
    return render(request, "counselor/workspace/workspace.html", context, status=422 if form.errors else 200)


def _open(counselor: User, form: WorkspaceForm) -> bool:
    """Open or change the workspace; False, with an error on the form, where it was closed since the page was opened."""
    try:
        open_workspace(counselor, **form.cleaned_data, now=timezone.now())
    except Closed:
        form.add_error(None, _("Your workspace was closed in the meantime, and nothing changed. Send this again to open a new one."))
        form.data = {**form.data, **form.cleaned_data, "workspace": ""}
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
@reauthentication_required
def workspace_close(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Asks for the password and for a word, and says what ends; then closes the workspace. Idempotent."""
    counselor = request.user
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        close_workspace(counselor, timezone.now())
        messages.success(request, _("Your workspace is closed. Your own journal hasn’t changed."))
        return redirect("accounts:settings")
    own_labels, ends = labels.of_counselor(counselor), ending(counselor, timezone.now())
    clients = [(row.pk, labels.named(row.parent_name, own_labels.get(row.pk, ""))) for row in ends.clients]
    context = {"form": form, "ending": ends, "clients": clients}
    return render(request, "counselor/workspace/close.html", context, status=422 if form.errors else 200)
