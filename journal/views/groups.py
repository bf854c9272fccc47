"""A counselor's groups of clients."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import groups as groups_of
from accounts.models import Group, Tie, new_id
from accounts.views import counselors_only, person
from journal.client_forms import GroupForm, NewGroupForm
from journal.clients import folded


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def groups(request: HttpRequest) -> HttpResponse:
    """All of them, and a form for one more. The page makes up its id, so that sending it twice makes one."""
    counselor = person(request)
    form = NewGroupForm(request.POST if request.method == "POST" else None, initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        made = groups_of.make(counselor, form.cleaned_data["id"] or new_id(), form.cleaned_data["name"])
        messages.success(request, _("The group is there. Now choose who is in it."))
        return redirect("journal:group", pk=made.pk)
    rows = [
        {"pk": group.pk, "name": group.words.name, "says": ngettext("%(n)s client", "%(n)s clients", number) % {"n": number}}
        for group, number in groups_of.of(counselor)
    ]
    return render(request, "journal/groups.html", {"form": form, "groups": rows}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def group(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    counselor = person(request)
    row = get_object_or_404(Group.objects.of_counselor(counselor), pk=pk)
    ties = sorted(Tie.objects.of_counselor(counselor).alive().only("parent_name"), key=lambda tie: (folded(tie.parent_name), tie.pk))
    initial = {"name": row.words.name}
    if request.method != "POST":
        initial["members"] = list(row.members.order_by().values_list("pk", flat=True))
    form = GroupForm(request.POST if request.method == "POST" else None, ties=ties, initial=initial)
    if request.method == "POST" and form.is_valid():
        groups_of.change(row, form.cleaned_data["name"], form.cleaned_data["members"])
        messages.success(request, _("The group is kept."))
        return redirect("journal:groups")
    context = {"form": form, "group": row, "has_clients": bool(ties)}
    return render(request, "journal/group.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A page asks first. Its clients stay. A second press finds nothing, and is content."""
    counselor = person(request)
    if request.method == "POST":
        groups_of.delete(counselor, pk)
        messages.success(request, _("The group is deleted. Everyone who was in it is still your client."))
        return redirect("journal:groups")
    row = get_object_or_404(Group.objects.of_counselor(counselor), pk=pk)
    return render(request, "journal/group_delete.html", {"group": row})
