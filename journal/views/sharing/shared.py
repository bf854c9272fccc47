"""What a parent shared: the list with every reading, one share, and sharing a span of nights.

counselor/views/shared.py is the counselor's side.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import notifications
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection, User
from common import dates, errors
from common.fields import REPAIRED, is_repaired
from common.http import next_address, opened_by_another
from common.kept_forms import keeps_text
from common.rendering.failures import Failure
from common.rendering.paging import page_of
from journal.forms.shared import MAX_ENTRIES, DraftForm, ReplyForm, ShareNightsForm, SpanForm
from journal.guide_texts import preview
from journal.models import Entry, Reading, Share
from journal.sharing import drafts, readings, replies, shares, threads
from journal.sharing.drafts import Draft
from journal.views.sharing import share as sharing

PER_PAGE = 30
WEEK = dt.timedelta(days=6)  # between the first of seven nights and the last


# --- The list.


@dataclass(frozen=True, slots=True)
class Row:
    """A share as the list shows it, with every reading. Opens nothing sealed."""

    url: str
    name: str
    night: str
    shared_at: str
    readings: list[str]
    taken_back_at: str
    is_ended: bool
    awaits: bool


@require_safe
def shared(request: AuthenticatedHttpRequest) -> HttpResponse:
    own = readings.for_list(Share.objects.of_parent(request.user), unseen_from_counselor=True)
    page = page_of(request, own.prefetch_related(Prefetch("readings", Reading.objects.order_by("read_at", "pk"))), PER_PAGE)
    return render(request, "journal/shared/shared.html", {"rows": [_row(share) for share in page], "page": page})


def _row(share: Share) -> Row:
    return Row(
        url=reverse("shared_answer", args=[share.pk]),
        name=share.connection.counselor_name,
        night=dates.evening(share.night),
        shared_at=dates.moment(share.shared_at),
        readings=[dates.moment(reading.read_at) for reading in share.readings.all()],
        taken_back_at=dates.moment(share.taken_back_at) if share.taken_back_at else "",
        is_ended=share.connection.ended_at is not None,
        awaits=readings.awaits(share),
    )


# --- One share.


def _find(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> Share:
    """A share of this parent's. Raises Http404 for everybody else."""
    return get_object_or_404(Share.objects.of_parent(request.user).select_related("connection"), pk=pk)


@require_safe
def shared_answer(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    share = _find(request, pk)
    draft = drafts.of(request.user, [pk]).get(pk, Draft())
    return _show(request, share, ReplyForm.blank(request.user.pk, draft))


def _show(request: AuthenticatedHttpRequest, share: Share, form: ReplyForm, status: int = 200) -> HttpResponse:
    """The copy until it is taken back; and always its readings and replies."""
    is_active = share.taken_back_at is None
    entry, content = share.entry, share.content
    context = {
        "share": share,
        "is_active": is_active,
        "night": dates.evening(share.night),
        "shared_at": dates.moment(share.shared_at),
        "taken_back_at": dates.moment(share.taken_back_at) if share.taken_back_at else "",
        "ended_at": dates.moment(share.connection.ended_at) if share.connection.ended_at else "",
        "content": content,
        "html": replies.html(content) if content else "",
        "entry": entry,
        "outdated": entry is not None and entry.size and entry.deleted_at is None and shares.is_outdated(share, entry),
        "reshare_url": reverse("journal:share", args=[entry.pk], query={"with": share.connection_id}) if entry else "",
        "readings": [
            (dates.moment(reading.read_at), reading.text_number < share.text_number) for reading in share.readings.order_by("read_at", "pk")
        ],
        "thread": threads.for_parent(share),
        "form": form if is_active else None,
    }
    return render(request, "journal/shared/answer.html", context, status=status)


@require_POST
def shared_open(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the parent has seen the replies, which need no mail any more."""
    share = _find(request, pk)
    replies.see_replies(request.user, share, timezone.now())
    notifications.clear(request.user)
    return redirect("shared_answer", pk)


@require_POST
@keeps_text(may_become_page=True)
def shared_reply(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    if opened_by_another(request):
        return errors.other_person(request)
    share = _find(request, pk)
    if share.taken_back_at is not None:
        raise Http404  # journal/middleware.py shows what was typed
    form = ReplyForm.sent(request.POST, request.user.pk)
    if not form.is_valid():
        return _show(request, share, form, 422)
    if replies.reply(request.user, share, form.cleaned_data["id"], form.cleaned_data["text"], timezone.now()) is None:
        raise Http404
    messages.success(request, _("Reply sent."))
    if is_repaired(form):
        messages.info(request, REPAIRED)
    return redirect("shared_answer", pk)


@require_POST
def shared_draft(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keeps a reply while it is written. For the page's script: static/js/saved-form.js."""
    if opened_by_another(request):
        return errors.other_person(request)
    share = _find(request, pk)
    if share.taken_back_at is not None:
        raise Http404
    return DraftForm(request.POST).keep(request.user, share, timezone.now())


@require_POST
def shared_take_back(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    share = _find(request, pk)
    shares.take_back(request.user, share.pk, timezone.now())
    messages.success(request, _("Taken back. The copy is deleted."))
    return redirect(next_address(request) or reverse("shared_answer", args=[pk]))


# --- A span of nights.


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of the span. Opens its summary only."""

    value: str
    url: str
    day: str
    question: str
    excerpt: str
    shared_with: str
    is_chosen: bool


@require_http_methods(["GET", "HEAD", "POST"])
def shared_nights(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The pages of a span of nights, none of them ticked at first. Shares those that are."""
    parent = request.user
    connections = sharing.active_connections(parent)
    if not connections:
        return sharing.without_counselor(request)
    tonight = parent.tonight(timezone.now())
    span = SpanForm({"from": (tonight - WEEK).isoformat(), "until": tonight.isoformat()} | request.GET.dict())
    if not span.is_valid():
        return render(request, "journal/shared/nights.html", {"span": span}, status=422)
    first, last = span.cleaned_data["from"], span.cleaned_data["until"]
    entries, form = _offered(request, first, last, connections)
    if request.method == "POST" and form.is_valid():
        wanted = set(form.cleaned_data["entries"])
        if sharing.share_all(parent, form, [entry for entry in entries if entry.pk in wanted]):
            return _tell_shared(request, len(wanted))
        entries, form = _offered(request, first, last, sharing.active_connections(parent))
        if form.is_valid():
            form.add_error(
                "entries",
                ValidationError(_("Something here changed at this very moment, so nothing was shared. Please send it again.")),
            )
    context = {
        "span": span,
        "form": form,
        "choices": _choices(parent, entries[:MAX_ENTRIES], {choice.partition(":")[0] for choice in request.POST.getlist("entries")}),
        "is_cut": len(entries) > MAX_ENTRIES,
        "url": reverse("journal:shared_nights", query={"from": first.isoformat(), "until": last.isoformat()}),
    }
    if form.errors and not entries:  # then the page has no form to point at
        context["problems"] = [Failure(_("You wrote nothing on these nights."))]
    return render(request, "journal/shared/nights.html", context, status=422 if form.errors else 200)


def choice_of(entry: Entry) -> str:
    """The value of an entry's box: which one it is, and what of it the page shows."""
    return f"{entry.pk}:{shares.mark_of(entry)}"


def _offered(
    request: AuthenticatedHttpRequest, first: dt.date, last: dt.date, connections: list[Connection]
) -> tuple[list[Entry], ShareNightsForm]:
    """The entries of the span, one more than can be shared at once if there are more, and the form that offers them as they are now."""
    in_span = Entry.objects.by(request.user).not_deleted().filter(night__range=(first, last), size__gt=0).defer("content").newest_first()
    entries = list(in_span[: MAX_ENTRIES + 1])
    data = request.POST if request.method == "POST" else None
    return entries, ShareNightsForm(data, connections=connections, choices=[choice_of(entry) for entry in entries[:MAX_ENTRIES]])


def _tell_shared(request: AuthenticatedHttpRequest, count: int) -> HttpResponse:
    message = ngettext("%(count)s page shared.", "%(count)s pages shared.", count) % {"count": count}
    messages.success(request, message + " " + _("You can take back each of them at any time."))
    return redirect("shared")


def _choices(parent: User, entries: list[Entry], ticked: Collection[str]) -> list[Choice]:
    names: dict[uuid.UUID, list[str]] = defaultdict(list)
    active = Share.objects.of_parent(parent).active().filter(entry__in=entries).order_by("shared_at", "pk")
    for entry_id, name in active.values_list("entry_id", "connection__counselor_name"):
        if entry_id is not None:
            names[entry_id].append(name)
    return [
        Choice(
            value=choice_of(entry),
            url=entry.get_absolute_url(),
            day=dates.evening(entry.night),
            question=entry.summary.question,
            excerpt=preview(entry.summary.excerpt) if entry.summary.guide else entry.summary.excerpt,
            shared_with=", ".join(names[entry.pk]),
            is_chosen=str(entry.pk) in ticked,
        )
        for entry in entries
    ]
