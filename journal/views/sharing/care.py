"""Support: a parent's counselors, what each may see, and ending a connection from either side."""

import uuid

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import connections, notifications
from accounts.connections import hand_overs
from accounts.forms.terms import TermsForm
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection, HandOver
from common import dates
from common.kept_forms import keeps_form
from common.names import named
from journal.views.sharing import given_list, supporters


@require_safe
def care(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The parent's connections, present and past."""
    found = supporters.of_parent(request.user, timezone.now())
    context = {
        "supporters": [each for each in found if not each.ended],
        "past": [each for each in found if each.ended],
    }
    return render(request, "journal/care/care.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(TermsForm)
def care_connection(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One counselor: what they may see, and what they assigned."""
    parent = request.user
    # The relation is followed by its name, since this app cannot import the counselor's.
    own = Connection.objects.of_parent(parent).active().select_related("counselor__workspace")
    connection = get_object_or_404(own, pk=pk)
    initial = {"parent_name": connection.parent_name, "sees_answered": connection.sees_answered}
    form = TermsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        connections.change_terms(parent, pk, **form.cleaned_data)
        messages.success(request, _("Saved. This applies from now on."))
        return redirect("journal:care_connection", pk)
    context = {
        "connection": connection,
        "form": form,
        "since": dates.date_of(connection.began_at),
        "given": given_list.rows(parent, parent.tonight(timezone.now()), connection)[pk],
    }
    return render(request, "journal/care/connection.html", context, status=422 if form.errors else 200)


# --- From either side.


def _own_connection(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> Connection:
    return get_object_or_404(Connection.objects.filter(Q(parent=request.user) | Q(counselor=request.user)), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def care_end(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks for confirmation, then ends the connection. Idempotent."""
    connection = _own_connection(request, pk)
    is_parent = connection.parent_id == request.user.pk
    back = "journal:care" if is_parent else "counselor:clients"
    if request.method == "POST":
        connections.end(request.user, pk, timezone.now())
        message = (
            _("Ended. Everything you shared has been taken back; what you wrote stays yours.")
            if is_parent
            else _("Ended. What was shared with you has been taken back, and the sets you assigned have stopped.")
        )
        messages.success(request, message)
        return redirect(back)
    if connection.ended_at is not None:
        return redirect(back)
    # The counselor's label is followed by its name, since this app cannot import theirs.
    label = None if is_parent else getattr(connection, "label", None)
    name = named(connection.parent_name, label.content.label if label else "")
    return render(request, "journal/care/end.html", {"connection": connection, "name": name, "is_parent": is_parent})


@require_http_methods(["POST"])
def care_seen(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the side that did not end a connection has read that it ended. Idempotent."""
    connection = _own_connection(request, pk)
    connections.mark_end_seen(request.user, pk)
    notifications.clear(request.user)
    return redirect("journal:tonight" if connection.parent_id == request.user.pk else "counselor:today")


# --- Asked by a counselor.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(TermsForm)
def care_hand_over(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A counselor's wish that a colleague goes on: the parent agrees, on their terms, or does not. Idempotent."""
    parent, now = request.user, timezone.now()
    act = request.POST.get("act", "accept")
    if request.method == "POST" and act == "decline":
        get_object_or_404(HandOver, pk=pk, connection__parent=parent)
        hand_overs.decline(parent, pk, now)
        notifications.clear(parent)
        messages.success(request, _("Everything stays as it is. Your counselor will see that you’d rather not."))
        return redirect("journal:care")
    row = get_object_or_404(HandOver.objects.select_related("connection"), pk=pk, connection__parent=parent)
    connection = row.connection
    initial = {"parent_name": connection.parent_name, "sees_answered": connection.sees_answered}
    form = TermsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            successor = hand_overs.accept(parent, pk, **form.cleaned_data, now=now)
        except hand_overs.NotPossible:
            messages.error(request, _("This question was withdrawn, or your counselor’s colleague has left. Nothing was changed."))
            return redirect("journal:care")
        notifications.clear(parent)
        messages.success(request, _("You’re connected. Nothing you shared before was passed on."))
        return redirect("journal:care_connection", successor.pk)
    if not hand_overs.open_for(parent).filter(pk=pk).exists():
        return redirect("journal:care")
    context = {"hand_over": row, "connection": connection, "form": form}
    return render(request, "journal/care/hand_over.html", context, status=422 if form.errors else 200)
