"""What clients shared with a counselor: the list, and one share, whose text is shown only once its opening is recorded."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import notifications
from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection
from common import dates, errors
from common.fields import REPAIRED, is_repaired
from common.http import next_address, opened_by_another
from common.ids import parse_id
from common.kept_forms import keeps_text
from common.rendering.paging import page_of
from counselor import labels
from counselor.sessions import waiting
from journal.forms.shared import DraftForm, ReplyForm
from journal.models.share import Share
from journal.sharing import drafts, readings, replies, threads
from journal.sharing.drafts import Draft

PER_PAGE = 30


# --- The list.


@dataclass(frozen=True, slots=True)
class Row:
    """A share as the list shows it. Opens nothing sealed."""

    url: str
    name: str
    night: str
    state: str
    is_waiting: bool


@require_safe
@counselor_required
def shared(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Shares with something new first (not read yet, or with a new reply), then the newest."""
    counselor = request.user
    connections = list(labels.with_label(Connection.objects.of_counselor(counselor).active()))
    names = {connection.pk: labels.name_of(connection) for connection in connections}
    chosen = _chosen(request.GET.get("client", ""), connections)
    shares = Share.objects.for_counselor(counselor)
    listed = shares.filter(connection=chosen) if chosen else shares
    page = page_of(request, readings.waiting_first(listed).values_list("pk", flat=True), PER_PAGE)
    # Only what the page shows is loaded: the order of all is found in indexes.
    shown = readings.waiting_first(readings.for_list(shares.filter(pk__in=list(page)), unseen_from_counselor=False))
    context = {
        "rows": [_row(share, names.get(share.connection_id, share.connection.parent_name)) for share in shown],
        "page": page,
        "clients": names.items(),
        "chosen": chosen,
    }
    return render(request, "counselor/shared/shared.html", context)


def _chosen(client: str, connections: list[Connection]) -> Connection | None:
    """The client that the address names. Raises Http404 for one who is not this counselor's."""
    if not client:
        return None
    match = next((connection for connection in connections if connection.pk == parse_id(client)), None)
    if match is None:
        raise Http404
    return match


def _row(share: Share, name: str) -> Row:
    awaits = readings.awaits(share)
    if share.read_at is None:
        state = _("new")
    elif awaits:
        state = _("new reply")
    else:
        state = _("read on %(when)s") % {"when": dates.moment(share.read_at)}
    return Row(
        url=reverse("shared_answer", args=[share.pk]),
        name=name,
        night=dates.evening(share.night),
        state=state,
        is_waiting=share.read_at is None or awaits,
    )


# --- One share.


def _find(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> Share:
    """A share that this counselor may read. Raises Http404 for everybody else."""
    return get_object_or_404(
        readings.with_last_reading(Share.objects.for_counselor(request.user)).select_related("connection__label"), pk=pk
    )


@require_safe
def shared_answer(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    share = _find(request, pk)
    draft = drafts.of(request.user, [pk]).get(pk, Draft())
    return _show(request, share, ReplyForm.blank(request.user.pk, draft))


def _show(request: AuthenticatedHttpRequest, share: Share, form: ReplyForm, status: int = 200) -> HttpResponse:
    """Shows the text on the day on which its opening was recorded; else the button that opens it."""
    name, night = labels.name_of(share.connection), dates.evening(share.night)
    if not readings.is_open(request.user, share, timezone.now()):
        # A reply that is refused after that stays on its page.
        context = {"share": share, "name": name, "night": night, "form": form if form.is_bound else None, **_around(request, share)}
        return render(request, "counselor/shared/closed.html", context, status=status)
    content = share.content
    context = {
        "share": share,
        "name": name,
        "night": dates.evening(share.night),
        "shared_at": dates.moment(share.shared_at),
        "content": content,
        "html": replies.html(content) if content else "",
        "thread": threads.for_counselor(share),
        "form": form,
        **_around(request, share),
    }
    return render(request, "counselor/shared/answer.html", context, status=status)


def _around(request: AuthenticatedHttpRequest, share: Share) -> dict[str, object]:
    """What waits to be read before and after this share, each opened with one press."""
    before, after = waiting.shares_around(request.user, share)
    return {"share_before": before, "share_after": after}


@require_POST
def shared_open(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Records the opening, and cancels the mail about it."""
    if readings.open_share(request.user, pk, timezone.now()) is None:
        raise Http404
    notifications.clear(request.user)
    return redirect("shared_answer", pk)


@require_POST
@keeps_text(may_become_page=True)
def shared_reply(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    if opened_by_another(request):
        return errors.other_person(request)
    share = _find(request, pk)
    form = ReplyForm.sent(request.POST, request.user.pk)
    if not form.is_valid():
        return _show(request, share, form, 422)
    if replies.reply(request.user, share, form.cleaned_data["id"], form.cleaned_data["text"], timezone.now()) is None:
        raise Http404  # journal/middleware.py shows what was typed
    messages.success(request, _("Reply sent."))
    if is_repaired(form):
        messages.info(request, REPAIRED)
    return redirect(next_address(request) or reverse("shared_answer", args=[pk]))


@require_POST
def shared_draft(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keeps a reply while it is written. For the page's script: static/js/saved-form.js."""
    if opened_by_another(request):
        return errors.other_person(request)
    return DraftForm(request.POST).keep(request.user, _find(request, pk), timezone.now())
