"""Repairs: what went wrong between a parent and a child, and the way back."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates, errors
from common.http import opened_by_another
from common.ids import parse_id
from common.kept_forms import keeps_form, keeps_text
from common.rendering.paging import page_of
from journal import content
from journal.forms.repairs import SettleForm
from journal.guide_texts import preview
from journal.models import Entry, EntrySummary, Mode, Repair, RepairState
from journal.repairs import GUIDE, keep_open, listed, mark_of, put_off, remove, settle
from journal.views import hard_nights, writing
from journal.views.entries import own_entry

PER_PAGE = 20
NO_REPAIR = "none"  # the button that makes a repair a page like any other

SAID: Mapping[str, str | Promise] = {
    RepairState.MENDED: gettext_lazy("Marked as mended. Tonight’s page won’t mention it again."),
    RepairState.PARTLY: gettext_lazy(
        "Marked as partly mended. Tonight’s page won’t mention it; it stays here for when there’s more to say."
    ),
    RepairState.RESTING: gettext_lazy("It can rest now. Tonight’s page won’t mention it again."),
    RepairState.OPEN: gettext_lazy("It’s open. Tonight’s page will show one line about it."),
    NO_REPAIR: gettext_lazy("It’s an ordinary page again."),
}


# --- The list.


class _Listed(NamedTuple):
    pk: uuid.UUID
    night: dt.date
    summary: EntrySummary


@require_safe
def repairs(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The open ones first, then what became of the others."""
    author = request.user
    page = page_of(request, listed(author), PER_PAGE)
    opened = page.object_list.opened(_Listed, "id", "night", "summary", owner=author.pk)  # type: ignore[attr-defined]
    rows = [_row(author, *repair) for repair in opened]
    context = {
        "page": page,
        "open_rows": [row for row in rows if row["is_open"]],
        "rows": [row for row in rows if not row["is_open"]],
    }
    return render(request, "journal/repairs/repairs.html", context)


def _row(author: User, pk: uuid.UUID, night: dt.date, summary: EntrySummary) -> dict[str, object]:
    excerpt = preview(summary.excerpt) if summary.guide else summary.excerpt
    return {
        "url": reverse("journal:repair", args=[pk]),
        "evening": dates.evening(night),
        "words": excerpt or _("No words, only how it felt."),
        "children": author.children.names(summary.children),
        "is_open": summary.repair == RepairState.OPEN,
        "outcome": _outcome(night, summary),
        "mended_words": summary.mended_words,
    }


def _outcome(night: dt.date, summary: EntrySummary) -> str:
    """What became of it and how long that took, in words: "Mended, 3 days later"."""
    label = str(RepairState(summary.repair).label)
    mended = dates.parse(summary.mended)
    return _("%(state)s, %(later)s") % {"state": label, "later": _later((mended - night).days)} if mended else label


def _later(days: int) -> str:
    """How much later that is, as one would say it. Less than nothing, where the evening was changed since, is the same evening."""
    if days <= 0:
        return _("the same evening")
    if days < 14:
        return ngettext("%(count)s day later", "%(count)s days later", days) % {"count": days}
    if days < 61:
        return ngettext("%(count)s week later", "%(count)s weeks later", days // 7) % {"count": days // 7}
    if days < 730:
        return ngettext("%(count)s month later", "%(count)s months later", days * 12 // 365) % {"count": days * 12 // 365}
    return ngettext("%(count)s year later", "%(count)s years later", days // 365) % {"count": days // 365}


# --- Writing one down.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_text(may_become_page=True)
def repair_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The four questions; `?entry=` names a page that tells of it already: its evening, and whom it is about, are taken over, or it is kept open itself."""
    author, guide, url = request.user, hard_nights.all_guides()[GUIDE], reverse("journal:repair_new")
    if request.method == "POST":
        return hard_nights.save(request, author, guide, url, empty="journal:repairs")
    began = _page_it_began_from(request)
    if began and began.summary.repair:
        return redirect("journal:repair", began.pk)
    today = author.tonight(timezone.now())
    form = writing.blank_form(author, night=began.night if began else today, latest=today, mode=Mode.JUST_WRITE)
    if began:
        form.initial["children"] = began.summary.children
    context = hard_nights.context(guide, form, url)
    return render(request, "journal/writing/guide.html", context | {"began": began, "evening": began and dates.evening(began.night)})


def _page_it_began_from(request: AuthenticatedHttpRequest) -> Entry | None:
    """The page that `?entry=` names; None without it. Raises Http404 where the visitor has no such page."""
    if "entry" not in request.GET:
        return None
    pk = parse_id(request.GET["entry"])
    if pk is None:
        raise Http404
    return get_object_or_404(Entry.objects.by(request.user).not_deleted().defer("content"), pk=pk)


# --- The way back.


CHANGED = gettext_lazy(
    "This changed in the meantime, perhaps in another tab; the current version is above. To replace it with what you typed, press again."
)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(SettleForm)
def repair(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was written, and what became of it: any of its states can follow any other."""
    own = own_entry(request, pk)
    if request.method == "POST":
        return errors.other_person(request) if opened_by_another(request) else _change(request, own)
    if own.deleted_at is not None or not own.summary.repair:
        return redirect(own)
    return _show(request, own, _form(request.user, own, None))


def _form(author: User, entry: Entry, sent: QueryDict | None) -> SettleForm:
    tonight, summary = author.tonight(timezone.now()), entry.summary
    initial = {"words": summary.mended_words, "night": dates.parse(summary.mended) or tonight, "mark": mark_of(summary)}
    return SettleForm(sent, first=min(entry.night, tonight), last=tonight, initial=initial)


def _show(request: AuthenticatedHttpRequest, entry: Entry, form: SettleForm) -> HttpResponse:
    context = _context(request.user, entry) | {"form": form}
    return render(request, "journal/repairs/repair.html", context, status=422 if form.errors else 200)


def _change(request: AuthenticatedHttpRequest, own: Entry) -> HttpResponse:
    """Do what the pressed button says. Raises Http404, which shows what was typed, where the page is in the trash or no repair any more."""
    author, pressed = request.user, request.POST.get("state")
    try:
        if pressed == RepairState.OPEN:
            return _done(request, keep_open(author, own.pk, timezone.now()), pressed)
        if own.deleted_at is not None or not own.summary.repair:
            raise Entry.DoesNotExist
        form, changed = _form(author, own, request.POST), None
        if pressed == NO_REPAIR:
            changed = remove(author, own.pk, seen=request.POST.get("mark"))
        elif form.is_valid():
            data = form.cleaned_data
            changed = settle(author, own.pk, RepairState(data["state"]), night=data["night"], words=data["words"], seen=data["mark"])
        else:
            return _show(request, own, form)
    except Entry.DoesNotExist:
        raise Http404 from None
    if changed is not None and pressed is not None:
        return _done(request, changed, pressed)
    if pressed == NO_REPAIR:  # nothing was typed for it
        messages.info(request, _("This changed in the meantime, perhaps in another tab. You’re seeing the current version."))
        return redirect("journal:repair", own.pk)
    return _show_changed(request, own.pk)


def _show_changed(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What another tab wrote is not overwritten unseen: the page says it, beside what was typed here."""
    own, sent = own_entry(request, pk), request.POST.copy()
    sent["mark"] = mark_of(own.summary)
    form = _form(request.user, own, sent)
    form.add_error(None, CHANGED)
    return _show(request, own, form)


def _done(request: AuthenticatedHttpRequest, entry: Entry, pressed: str) -> HttpResponse:
    messages.success(request, str(SAID[pressed]))
    return redirect(entry) if pressed == NO_REPAIR else redirect("journal:repair", entry.pk)


def _context(author: User, entry: Entry) -> dict[str, object]:
    summary, tonight = entry.summary, author.tonight(timezone.now())
    row = Repair.objects.filter(pk=entry.pk).first()
    is_open = summary.repair == RepairState.OPEN
    mended = dates.parse(summary.mended)
    return {
        "entry": entry,
        "evening": dates.evening(entry.night),
        "html": content.html(entry),
        "children": author.children.names(summary.children),
        "is_open": is_open,
        "is_new": is_open and row is not None and row.content.opened == tonight.isoformat(),
        "outcome": _outcome(entry.night, summary),
        "mended": dates.evening(mended) if mended else "",
        "mended_words": summary.mended_words,
    }


@require_POST
def repairs_not_now(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Tonight asks no more about what is open: until tomorrow, one line is left of it. Idempotent."""
    put_off(request.user, request.user.tonight(timezone.now()))
    return redirect("journal:tonight")
