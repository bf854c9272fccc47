"""Invitations: the counselor's list and a page for each, the offer that the invited person sees, and the code that leads to it."""

import datetime as dt
import uuid
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from accounts.security import attempts
from common import dates
from common.ids import new_id
from common.kept_forms import keeps_form
from common.rendering import qr_codes
from counselor import invitations as inviting
from counselor.forms.invitations import AcceptForm, CodeForm, InvitationForm
from counselor.models import Invitation, Workspace

LISTED = 100


# --- The counselor's side.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(InvitationForm)
@counselor_required
def invitations(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The counselor's invitations, the latest first, and a form for another one, which leads to its page."""
    counselor = request.user
    now = timezone.now()
    sends_mail = settings.MAILER is not None
    workspace = Workspace.objects.filter(counselor=counselor).first()
    if workspace and not workspace.is_approved:
        # What was typed is shown by KeepFormMiddleware.
        status = HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.OK
        return render(request, "counselor/invitations/waiting.html", status=status)
    initial = {"id": new_id(), "language": counselor.chosen_language or get_language()}
    form = InvitationForm(request.POST if request.method == "POST" else None, sends_mail=sends_mail, initial=initial)
    if request.method == "POST" and form.is_valid() and (made := _invite(request, form)):
        return redirect("counselor:own_invitation", made.pk)
    rows = [_described(row, now) for row in Invitation.objects.of_counselor(counselor)[:LISTED]]
    context = {"form": form, "rows": rows, "sends_mail": sends_mail}
    return render(request, "counselor/invitations/invitations.html", context, status=422 if form.errors else 200)


@require_safe
@counselor_required
def own_invitation(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One of the counselor's invitations, with the ways to hand it over: its link, the link as a QR code, and a short code."""
    now = timezone.now()
    invitation = get_object_or_404(Invitation.objects.of_counselor(request.user), pk=pk)
    row = _described(invitation, now)
    context: dict[str, object] = {"row": row}
    if row["is_open"]:
        url = _url(request, invitation)
        context |= {"url": url, "drawing": qr_codes.drawn(url), "code": inviting.running_code(invitation, now)}
        context["code_url"] = request.build_absolute_uri(reverse("counselor:invitation_code"))
        context["code_until"] = dates.clock(invitation.code_until) if invitation.code_until else ""
    return render(request, "counselor/invitations/own.html", context)


def _described(row: Invitation, now: dt.datetime) -> dict[str, object]:
    state = row.state(now)
    return {
        "id": row.pk,
        "url": reverse("counselor:own_invitation", args=[row.pk]),
        "content": row.content,
        "name": row.content.name or row.content.email or _("An invitation"),
        "label": state.label,
        "is_open": state == Invitation.State.OPEN,
        "until": dates.day_of(row.expires_at) if state == Invitation.State.OPEN else "",
        "is_mailable": settings.MAILER is not None and inviting.is_mailable(row),
        "mailed": dates.moment(row.mailed_at) if row.mailed_at else "",
        "connection": row.connection_id,
    }


def _url(request: HttpRequest, invitation: Invitation) -> str:
    return request.build_absolute_uri(reverse("counselor:invitation", args=[invitation.content.token]))


def _invite(request: AuthenticatedHttpRequest, form: InvitationForm) -> Invitation | None:
    """Create an invitation, with a message about it; None, with an error on the form, where there are too many."""
    data = form.cleaned_data
    values = {key: data.get(key, "") for key in ("name", "email", "line", "language")}
    try:
        invitation, is_new = inviting.invite(request.user, **values, now=timezone.now(), pk=data["id"])
    except inviting.CannotInvite:
        form.add_error(None, _("Your workspace was closed in the meantime, so no one was invited."))
        return None
    except inviting.TooManyInvitations as error:
        message = _("You’ve made %(count)d invitations in a day, which is the limit. You can make more from %(moment)s on.")
        form.add_error(None, message % {"count": inviting.PER_DAY, "moment": dates.moment(error.until)})
        return None
    except inviting.TooManyMails as error:
        message = _(
            "This site can’t email any more invitations until %(moment)s. Leave the address empty to get a link now and share it yourself."
        )
        form.add_error("email", message % {"moment": dates.moment(error.until)})
        return None
    if is_new and not values["email"]:
        messages.success(request, _("The invitation is ready. Share the link, the QR code or a short code with them."))
    elif is_new:
        _send(request, invitation)
    return invitation


def _send(request: HttpRequest, invitation: Invitation) -> None:
    """Mail an invitation that was counted as mailed, with a message about it."""
    if inviting.send(invitation, _url(request, invitation)):
        messages.success(request, _("The invitation is on its way. Its link works once, for 14 days."))
    else:
        messages.error(request, _("We couldn’t send the email. The invitation is ready, so share the link yourself."))


@require_http_methods(["POST"])
@counselor_required
def invitation_send(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mail it again. Pressed twice it is mailed once: the second press is too soon."""
    try:
        invitation = inviting.mail_again(request.user, pk, timezone.now())
    except Invitation.DoesNotExist:
        raise Http404 from None
    except inviting.TooSoon as error:
        messages.info(
            request, _("We sent it a moment ago. You can send it again from %(moment)s on.") % {"moment": dates.moment(error.until)}
        )
    except inviting.TooOften:
        message = ngettext(
            "You’ve sent it %(count)d time, which is the limit. Share the link yourself, or make another invitation.",
            "You’ve sent it %(count)d times, which is the limit. Share the link yourself, or make another invitation.",
            inviting.MAILS,
        )
        messages.error(request, message % {"count": inviting.MAILS})
    except inviting.TooManyMails as error:
        message = _("This site can’t email any more invitations until %(moment)s. The link already works.")
        messages.error(request, message % {"moment": dates.moment(error.until)})
    except (inviting.NotMailable, inviting.CannotInvite):
        messages.error(request, _("It can’t be sent again: it was accepted or withdrawn, or it has no email address."))
    else:
        _send(request, invitation)
    return redirect("counselor:own_invitation", pk)


@require_http_methods(["POST"])
@counselor_required
def invitation_show_code(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a short code, the one that runs or a new one."""
    get_object_or_404(Invitation.objects.of_counselor(request.user), pk=pk)
    with suppress(Invitation.DoesNotExist):  # it is open no more, as its page says
        inviting.show_code(request.user, pk, timezone.now())
    return redirect(reverse("counselor:own_invitation", args=[pk]) + "#code")


@require_http_methods(["POST"])
@counselor_required
def invitation_withdraw(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    if not Invitation.objects.of_counselor(request.user).filter(pk=pk).exists():
        raise Http404
    inviting.withdraw(request.user, pk, timezone.now())
    messages.success(request, _("Withdrawn. Its link no longer works."))
    return redirect("counselor:invitations")


# --- The invited person's side.


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def invitation_code(request: HttpRequest) -> HttpResponse:
    """Where a short code is typed. It leads to the invitation, as its link does; only wrong ones count as tries."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        tried = attempts.consume(request, attempts.Act.INVITATION, "")
        if tried is None:
            form.add_error("code", _("There were too many attempts from here. Wait a few minutes, or ask your counselor for the link."))
        elif found := inviting.find_by_code(form.cleaned_data["code"], timezone.now()):
            tried.rollback()
            return redirect("counselor:invitation", found.content.token)
        else:
            form.add_error("code", _("This code doesn’t work now. A code lasts 15 minutes; your counselor can show you a new one."))
    return render(request, "counselor/invitations/code.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(AcceptForm)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The offer, for whoever has its address. Accepting it takes an account."""
    offer = inviting.find_invitation(token)
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
    can_sign_up = settings.SIGNUP_OPEN or inviting.opens_account(offer, now)
    context = {"workspace": workspace, "form": form, "line": offer.content.line, "next": request.path, "can_sign_up": can_sign_up}
    return render(request, "counselor/invitations/invitation.html", context, status=422 if form.errors else 200)


def _accept(request: HttpRequest, parent: User, offer: Invitation, form: AcceptForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        connection = inviting.accept(
            parent, offer, parent_name=data["parent_name"], sees_answered=data["sees_answered"], now=timezone.now()
        )
    except inviting.NotAcceptable:
        offer.refresh_from_db()
        return _closed(request, offer.state(timezone.now()), 410)
    messages.success(request, _("You’re connected. Nothing you’ve written is shared unless you share it."))
    if not parent.preferences.welcomed:  # new here, as a rule: they go on to their first evening
        return redirect("prompts:welcome")
    return redirect("journal:care_connection", connection.pk)


def _closed(request: HttpRequest, state: str, status: int) -> HttpResponse:
    return render(request, "counselor/invitations/closed.html", {"state": state}, status=status)
