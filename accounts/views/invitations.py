"""Inviting, and being invited."""

import logging
import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts import ties
from accounts.care_forms import AcceptForm, InvitationForm
from accounts.models import Invitation, User, Workspace, new_id
from accounts.views import counselors_only, person

logger = logging.getLogger("nightlight.invitations")
LISTED = 100


def _address(request: HttpRequest, invitation: Invitation) -> str:
    return request.build_absolute_uri(reverse("accounts:invitation", args=[invitation.words.token]))


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def invitations(request: HttpRequest) -> HttpResponse:
    """What a counselor has offered, the latest first, and a form for another."""
    counselor = person(request)
    now = timezone.now()
    mails = settings.MAILER is not None
    form = InvitationForm(request.POST if request.method == "POST" else None, mails=mails, initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        made = _invite(request, counselor, form)
        if made is not None:
            return redirect("accounts:invitations")
    rows = [
        {
            "id": row.pk,
            "words": row.words,
            "state": row.state(now),
            "label": row.state(now).label,
            "address": _address(request, row) if row.state(now) == Invitation.State.OPEN else "",
            "until": date_format(timezone.localtime(row.expires_at), _("j F"), use_l10n=False),
            "tie": row.tie_id,
        }
        for row in Invitation.objects.of_counselor(counselor)[:LISTED]
    ]
    return render(request, "accounts/invitations.html", {"form": form, "rows": rows, "mails": mails}, status=422 if form.errors else 200)


def _invite(request: HttpRequest, counselor: User, form: InvitationForm) -> Invitation | None:
    data = form.cleaned_data
    now = timezone.now()
    is_new = not Invitation.objects.filter(pk=data["id"]).exists()
    try:
        made = ties.invite(counselor, email=data.get("email", ""), name=data["name"], now=now, pk=data["id"])
    except ties.TooManyInvitations:
        form.add_error(
            None,
            _("That is %(count)d invitations within a day, the most there can be. Tomorrow there can be more.")
            % {"count": ties.INVITATIONS_A_DAY},
        )
        return None
    except Invitation.DoesNotExist:
        raise Http404 from None
    if not is_new:
        return made
    if not data.get("email"):
        messages.success(request, _("The invitation is made. Hand its link to whom it is for; it works once, for 14 days."))
    elif _send(request, made, data["email"]):
        messages.success(request, _("The invitation is on its way. Its link works once, for 14 days."))
    else:
        messages.error(request, _("The mail could not be sent. The invitation is made: hand its link over yourself."))
    return made


@sensitive_variables()
def _send(request: HttpRequest, invitation: Invitation, email: str) -> bool:
    workspace = Workspace.objects.get(counselor=invitation.counselor_id)
    context = {"workspace": workspace, "address": _address(request, invitation)}
    try:
        send_mail(_("An invitation to Nightlight"), render_to_string("accounts/invitation_mail.txt", context), None, [email])
    except (OSError, ValueError) as error:  # the mail server's refusals are OSErrors; an address it cannot write a ValueError
        logger.error("An invitation could not be mailed (%s).", type(error).__name__)
        return False
    return True


@require_http_methods(["POST"])
@counselors_only
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    if not Invitation.objects.of_counselor(person(request)).filter(pk=pk).exists():
        raise Http404
    ties.withdraw(person(request), pk, timezone.now())
    messages.success(request, _("Withdrawn. Its link opens nothing any more."))
    return redirect("accounts:invitations")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The offer, for whoever holds its address; accepting it takes an account."""
    found = ties.find_invitation(token)
    if found is None:
        return _closed(request, "unknown", 404)
    visitor = request.user if isinstance(request.user, User) else None
    if found.tie is not None and visitor is not None and found.tie.parent_id == visitor.pk and found.tie.ended_at is None:
        return redirect("journal:care_tie", found.tie.pk)
    state = found.state(timezone.now())
    if state != Invitation.State.OPEN:
        return _closed(request, state, 410)
    if visitor is None and request.method == "POST":
        return redirect(reverse("account_login", query={"next": request.path}))
    if visitor is not None and visitor.pk == found.counselor_id:
        return _closed(request, "own", 200)
    form = AcceptForm(request.POST if request.method == "POST" else None, initial={"parent_name": visitor.name if visitor else ""})
    if visitor is not None and request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            tie = ties.accept(visitor, found, parent_name=data["parent_name"], sees_answered=data["sees_answered"], now=timezone.now())
        except ties.NotAcceptable:
            found.refresh_from_db()
            return _closed(request, found.state(timezone.now()), 410)
        messages.success(request, _("You are connected. Nothing you wrote is shared by this."))
        return redirect("journal:care_tie", tie.pk)
    context = {"workspace": found.counselor.workspace, "form": form, "next": request.path}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


def _closed(request: HttpRequest, state: str, status: int) -> HttpResponse:
    return render(request, "accounts/invitation_closed.html", {"state": state}, status=status)
