"""A counselor's groups of clients."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection
from common.ids import new_id
from common.kept_forms import keeps_form
from common.text import fold
from counselor import groups as client_groups
from counselor import labels
from counselor.forms.groups import GroupForm, NewGroupForm
from counselor.models import ClientGroup


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(NewGroupForm)
@counselor_required
def groups(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The list, and a form for a new group."""
    counselor = request.user
    form = NewGroupForm(request.POST if request.method == "POST" else None, initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        new = client_groups.create(counselor, form.cleaned_data["id"] or new_id(), form.cleaned_data["name"])
        messages.success(request, _("Group created. Now choose who’s in it."))
        return redirect("counselor:group", pk=new.pk)
    rows = [
        {"pk": row.pk, "name": row.content.name, "size": ngettext("%(n)s client", "%(n)s clients", count) % {"n": count}}
        for row, count in client_groups.with_counts(counselor)
    ]
    return render(request, "counselor/groups/groups.html", {"form": form, "groups": rows}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(GroupForm)
@counselor_required
def group(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    counselor = request.user
    row = get_object_or_404(ClientGroup.objects.of_counselor(counselor), pk=pk)
    connections = labels.with_label(Connection.objects.of_counselor(counselor).active())
    names = {connection.pk: labels.name_of(connection) for connection in connections}
    names = dict(sorted(names.items(), key=lambda item: (fold(item[1]), item[0])))
    initial: dict[str, object] = {"name": row.content.name}
    if request.method != "POST":
        initial["members"] = initial["seen"] = list(row.members.order_by().values_list("pk", flat=True))
    form = GroupForm(request.POST if request.method == "POST" else None, names=names, initial=initial)
    if request.method == "POST" and form.is_valid():
        client_groups.change(row, form.cleaned_data["name"], form.cleaned_data["members"], form.cleaned_data["seen"])
        messages.success(request, _("Group saved."))
        return redirect("counselor:groups")
    context = {"form": form, "group": row, "has_clients": bool(names)}
    return render(request, "counselor/groups/group.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def group_delete(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks for confirmation, then deletes the group. The clients stay. Idempotent."""
    counselor = request.user
    if request.method == "POST":
        client_groups.delete(counselor, pk)
        messages.success(request, _("Group deleted. Everyone who was in it is still your client."))
        return redirect("counselor:groups")
    row = get_object_or_404(ClientGroup.objects.of_counselor(counselor), pk=pk)
    return render(request, "counselor/groups/delete.html", {"group": row})
