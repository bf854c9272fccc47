"""Handing a client over to a colleague of the practice: asking, withdrawing, and reading the answer."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import notifications
from accounts.connections import hand_overs
from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection
from common import dates
from counselor import labels, practices
from counselor.forms.hand_over import HandOverForm


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def hand_over(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What is asked about one client, or a form to ask it. Nothing passes on before the client agrees."""
    counselor, now = request.user, timezone.now()
    connection = get_object_or_404(Connection.objects.of_counselor(counselor).active(), pk=pk)
    if request.method == "POST" and request.POST.get("act") == "withdraw":
        hand_overs.withdraw(counselor, pk, now)
        messages.success(request, _("Withdrawn. Your client stays with you."))
        return redirect("counselor:hand_over", pk)
    colleagues = [row for row in practices.colleagues(counselor) if row.is_approved]
    form = HandOverForm(request.POST if request.method == "POST" else None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["to"]
        try:
            hand_overs.ask(counselor, pk, chosen.counselor, chosen.name, now)
        except hand_overs.NotPossible:
            form.add_error(
                None, _("This client is already connected with them, or you’ve already asked about another colleague. Nothing was sent.")
            )
        else:
            messages.success(request, _("We’ve asked your client, who decides. Until then nothing changes."))
            return redirect("counselor:hand_over", pk)
    asked = hand_overs.of_counselor(counselor, pk)
    if asked and form.errors:  # a page from before it was asked
        return redirect("counselor:hand_over", pk)
    context = {
        "connection": connection,
        "name": labels.named(connection.parent_name, labels.of(connection)),
        "asked": asked,
        "asked_on": dates.day_of(asked.asked_at) if asked else "",
        "has_colleagues": bool(colleagues),
        "form": form,
    }
    return render(request, "counselor/hand_over/hand_over.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
@counselor_required
def hand_over_seen(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the client's answer was read. Idempotent."""
    hand_overs.mark_answer_seen(request.user, pk)
    notifications.clear(request.user)
    return redirect("counselor:today")
