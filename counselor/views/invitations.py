"""Invitations: the counselor's list, and the offer that the invited person sees."""

import logging
import uuid
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates
from common.ids import new_id
from common.kept_forms import keeps_form
from common.rendering import mails
from counselor.forms.invitations import AcceptForm, InvitationForm
from counselor.invitations import (
    PER_DAY,
    CannotInvite,
    NotAcceptable,
    TooManyInvitations,
    TooManyMails,
    accept,
    find_invitation,
    invite,
    opens_account,
    withdraw,
)
from counselor.models import Invitation, Workspace

logger = logging.getLogger("nightlight.invitations")
LISTED = 100


# --- The counselor's side.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(InvitationForm)
@counselor_required
def invitations(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The counselor's invitations, the latest first, and a form for another one."""
    counselor = request.user
    now = timezone.now()
    sends_mail = settings.MAILER is not None
    workspace = Workspace.objects.filter(counselor=counselor).first()
    if workspace and not workspace.is_approved:
        # What was typed is shown by KeepFormMiddleware.
        status = HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.OK
        return render(request, "counselor/invitations/waiting.html", status=status)
    form = InvitationForm(request.POST if request.method == "POST" else None, sends_mail=sends_mail, initial={"id": new_id()})
    if request.method == "POST" and form.is_valid() and _invite(request, form):
        return redirect("counselor:invitations")
    rows = [
        {
            "id": row.pk,
            "content": row.content,
            "label": row.state(now).label,
            "url": _url(request, row) if row.state(now) == Invitation.State.OPEN else "",
            "until": dates.day_of(row.expires_at),
            "connection": row.connection_id,
        }
        for row in Invitation.objects.of_counselor(counselor)[:LISTED]
    ]
    context = {"form": form, "rows": rows, "sends_mail": sends_mail}
    return render(request, "counselor/invitations/invitations.html", context, status=422 if form.errors else 200)


def _url(request: HttpRequest, invitation: Invitation) -> str:
    return request.build_absolute_uri(reverse("counselor:invitation", args=[invitation.content.token]))


def _invite(request: AuthenticatedHttpRequest, form: InvitationForm) -> bool:
    """Create an invitation, with a message about it; False, with an error on the form, where there are too many."""
    data = form.cleaned_data
    email: str = data.get("email", "")
    try:
        invitation, is_new = invite(request.user, email=email, name=data["name"], now=timezone.now(), pk=data["id"])
    except CannotInvite:
        form.add_error(None, _("Your workspace was closed in the meantime. Nobody was invited."))
        return False
    except TooManyInvitations as error:
        message = _("That is %(count)d invitations within a day, the most there can be. From %(moment)s on there can be more.")
        form.add_error(None, message % {"count": PER_DAY, "moment": dates.moment(error.until)})
        return False
    except TooManyMails as error:
        message = _(
            "This site mails no more invitations today. From %(moment)s on it can. Without an address you get a link to hand over yourself, now."
        )
        form.add_error("email", message % {"moment": dates.moment(error.until)})
        return False
    if not is_new:
        return True
    if not email:
        messages.success(request, _("The invitation is made. Hand its link to whom it is for; it works once, for 14 days."))
    elif _send(request, invitation, email):
        messages.success(request, _("The invitation is on its way. Its link works once, for 14 days."))
    else:
        messages.error(request, _("The mail could not be sent. The invitation is made: hand its link over yourself."))
    return True


@sensitive_variables()
def _send(request: HttpRequest, invitation: Invitation, email: str) -> bool:
    """Whether the mail was sent."""
    workspace = Workspace.objects.filter(counselor=invitation.counselor_id).first()
    if workspace is None:  # closed since, and the invitation with it
        return False
    context = {"workspace": workspace, "url": _url(request, invitation)}
    try:
        mails.message(mails.compose("counselor/invitations/mail", context, get_language() or settings.LANGUAGE_CODE), email).send()
    except (OSError, ValueError) as error:  # the mail server's refusals are OSErrors; an address it cannot write is a ValueError
        logger.error("An invitation could not be mailed (%s).", type(error).__name__)
        return False
    return True


@require_http_methods(["POST"])
@counselor_required
def invitation_withdraw(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    if not Invitation.objects.of_counselor(request.user).filter(pk=pk).exists():
        raise Http404
    withdraw(request.user, pk, timezone.now())
    messages.success(request, _("Withdrawn. Its link opens nothing any more."))
    return redirect("counselor:invitations")


# --- The invited person's side.


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(AcceptForm)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The offer, for whoever has its address. Accepting it takes an account."""
    offer = find_invitation(token)
    if offer is None:
        return _closed(request, "unknown", 404)
    visitor = request.user if isinstance(request.user, User) else None
    connection = offer.connection
    if connection is not None and visitor is not None and connection.parent_id == visitor.pk and connection.ended_at is None:
        return redirect("journal:care_connection", connection.pk)
    now = timezone.now()
    state = offer.state(now)
    workspace = Workspace.objects.filter(counselor=offer.counselor_id).first()
    if state == Invitation.State.OPEN and workspace is None:
        state = Invitation.State.WITHDRAWN  # closed, which withdraws
    if state != Invitation.State.OPEN:
        return _closed(request, state, 410)
    if visitor is None and request.method == "POST":
        return redirect(reverse("account_login", query={"next": request.path}))
    if visitor is not None and visitor.pk == offer.counselor_id:
        return _closed(request, "own", 200)
    form = AcceptForm(request.POST if request.method == "POST" else None, initial={"parent_name": visitor.name if visitor else ""})
    if visitor is not None and request.method == "POST" and form.is_valid():
        return _accept(request, visitor, offer, form)
    can_sign_up = settings.SIGNUP_OPEN or opens_account(offer, now)
    context = {"workspace": workspace, "form": form, "next": request.path, "can_sign_up": can_sign_up}
    return render(request, "counselor/invitations/invitation.html", context, status=422 if form.errors else 200)


def _accept(request: HttpRequest, parent: User, offer: Invitation, form: AcceptForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        connection = accept(parent, offer, parent_name=data["parent_name"], sees_answered=data["sees_answered"], now=timezone.now())
    except NotAcceptable:
        offer.refresh_from_db()
        return _closed(request, offer.state(timezone.now()), 410)
    messages.success(request, _("You are connected. Nothing you wrote is shared by this."))
    if not parent.preferences.welcomed:  # new here, as a rule: they go on to their first evening
        return redirect("prompts:welcome")
    return redirect("journal:care_connection", connection.pk)


def _closed(request: HttpRequest, state: str, status: int) -> HttpResponse:
    return render(request, "counselor/invitations/closed.html", {"state": state}, status=status)
