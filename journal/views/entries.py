"""The timeline, and one entry: reading, writing, deleting and putting back."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates, errors
from common.http import opened_by_another
from common.kept_forms import keeps_text
from journal import chronology, content, rows
from journal.entries import trash
from journal.exchange import origins
from journal.history import revisions
from journal.models import Entry, Feeling, Mode, RepairState
from journal.sharing import shares
from journal.views import found, hard_nights, writing
from journal.views.sharing import share
from prompts import questions, received

SETTLES = "settles"  # the field of the form that saves two texts of a conflict as one
JUST_SAVED = dt.timedelta(minutes=1)  # for so long a guide's page ends with its closing words


def own_entry(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> Entry:
    """The visitor's own entry, deleted or not; 404 for anybody else's."""
    return get_object_or_404(Entry.objects.by(request.user), pk=pk)


# --- Lists.


@require_http_methods(["GET", "HEAD", "POST"])
@found.keeps_filters
def timeline(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Newest first, with cursor pagination: a page costs the same however far back it is, and wherever it begins.

    A POST narrows it: an address would remember what it was narrowed to.
    """
    if request.method == "POST":
        return found.narrowed_timeline(request)
    page = chronology.page_at(
        request.user,
        at=request.GET.get("at"),
        after=request.GET.get("after"),
        before=request.GET.get("before"),
        month=request.GET.get("month"),
        year=request.GET.get("year"),
    )
    if page is None:
        raise Http404
    years = chronology.years(request.user)
    feelings = rows.Feelings()
    shown, url = page.entries, reverse("journal:timeline")
    first = shown[0].night if shown else None
    months = chronology.months(request.user, first.year) if first else []
    context = {
        "months": [(month, [rows.row(*entry, feelings) for entry in group]) for month, group in rows.by_month(shown)],
        "newer": f"{url}?after={shown[0].place.cursor}" if page.has_newer else "",
        "older": f"{url}?before={shown[-1].place.cursor}" if page.has_older else "",
        "is_empty": not years,
        "can_jump": len(years) + len(months) > 2 or bool(years and not shown),
        "jump_to_years": [rows.year(year, first) for year in years],
        "jump_to_months": [rows.month(first, month) for month in months if first],
        "is_jumping": "month" in request.GET or "year" in request.GET,
    }
    if "narrow" in request.GET and years:
        context |= found.no_filters(request, years) | {"is_open": True}
    return render(request, "journal/entries/timeline.html", context)


# --- One entry.


@require_safe
def entry(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    return render(request, "journal/entries/entry.html", entry_context(request, own_entry(request, pk)))


def entry_context(request: AuthenticatedHttpRequest, own: Entry) -> dict[str, object]:
    """What the page of an entry shows."""
    summary = own.summary
    guide = hard_nights.all_guides().get(summary.guide)
    is_fresh = timezone.now() - own.saved_at < JUST_SAVED
    place = chronology.Place(own.night, own.pk)
    beside = chronology.Neighbours(None, None) if own.deleted_at else chronology.neighbours(request.user, place)
    return {
        "entry": own,
        "place_url": rows.place_url(place),
        "month": dates.month(own.night),
        "month_url": rows.month(own.night, own.night.month)["url"],
        "newer": rows.neighbour(beside.newer),
        "older": rows.neighbour(beside.older),
        "date": dates.evening(own.night),
        "question": summary.question,
        "asker": received.asker(own.assigned_id),
        "feeling": summary.feeling,
        "feeling_label": Feeling(summary.feeling).label if summary.feeling else "",
        "children": request.user.children.names(summary.children),
        "html": content.html(own),
        "saved_at": dates.moment(own.saved_at),
        "brought": origins.of(own),
        "conflict_copy": revisions.pending_conflict_copy(own),
        "marks": share.marks(request.user, own),
        "closing": guide.closing if is_fresh and guide else "",
        "repair_state": RepairState(summary.repair).label if summary.repair else "",
        "can_stay_open": is_fresh and guide is not None and guide.repair,
        "deleted_until": dates.date_of(own.deleted_at + trash.KEEP_FOR) if own.deleted_at else "",
    }


def _requested_night(request: AuthenticatedHttpRequest, today: dt.date) -> dt.date:
    text = request.GET.get("night")
    night = dates.parse(text) if text else today
    if night is None or night > today:
        raise Http404
    return night


def _writing_context(entry: Entry | None, today: dt.date, url: str, night: dt.date, question: str = "") -> dict[str, object]:
    return {
        "entry": entry,
        "question_text": entry.summary.question if entry else question,
        "latest": today.isoformat(),
        "url": url,
        "date": dates.evening(night),
        "saved": _("Saved %(time)s") % {"time": dates.clock(entry.saved_at)} if entry else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_text(may_become_page=True)
def entry_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A page of its own, for tonight or, with `?night=`, an earlier evening; `?prompt=` names the question that it answers."""
    author = request.user
    today = author.tonight(timezone.now())
    if request.method == "POST":
        return _save(request, author, today, entry=None)
    night = _requested_night(request, today)
    question = questions.find(author, request.GET.get("prompt"))
    if question is None and "prompt" in request.GET:
        raise Http404
    mode, slug, text = (Mode.QUESTION, question.slug, question.text) if question else (Mode.JUST_WRITE, "", "")
    form = writing.blank_form(author, night=night, latest=today, prompt=slug, words=text, mode=mode)
    context = _writing_context(None, today, reverse("journal:entry_new"), night, text) | {"form": form}
    return render(request, "journal/entries/write.html", context | _announcement(author, question.step if question else None))


def new_page_context(today: dt.date) -> dict[str, object]:
    """For a new page of its own, whose text was to be saved elsewhere and could not be."""
    return _writing_context(None, today, reverse("journal:entry_new"), today)


def _announcement(author: User, step: uuid.UUID | None, entry: Entry | None = None) -> dict[str, object]:
    """What a page says of the assigned step that it answers: whose it is, and whether the answer is shared automatically.

    Nothing of an `entry` whose author was done with it: what became of that is on its page.
    """
    given = received.find(author, step)
    is_done = entry is not None and given is not None and given.step.done_at is not None
    will_share = not is_done and shares.is_promised(given, entry)
    return {"given": given if will_share or entry is None else None, "will_share": will_share}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_text(may_become_page=True)
def entry_edit(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    author = request.user
    today = author.tonight(timezone.now())
    own = own_entry(request, pk)
    if request.method == "POST":
        return _save(request, author, today, entry=own)
    if own.deleted_at is not None:
        return redirect(own)
    words = own.summary.question
    form = writing.blank_form(author, night=own.night, latest=today, entry=own, prompt=own.asked or "", words=words, mode=Mode(own.mode))
    url = reverse("journal:entry_edit", args=[pk])
    if guide := hard_nights.all_guides().get(own.summary.guide):
        guide_context = hard_nights.context(guide, form, url, own)
        if guide_context["parts"] is not None:
            return render(request, "journal/writing/guide.html", guide_context)
    context = _writing_context(own, today, url, own.night) | {"form": form, "is_shared": bool(shares.active_of(author, own))}
    return render(request, "journal/entries/write.html", context | _announcement(author, own.assigned_id, own))


def _save(request: AuthenticatedHttpRequest, author: User, today: dt.date, entry: Entry | None) -> HttpResponse:
    if opened_by_another(request):
        return errors.other_person(request)
    form = writing.bound_form(request, today)
    if not form.is_valid():
        url = reverse("journal:entry_edit", args=[entry.pk]) if entry else reverse("journal:entry_new")
        night = form.cleaned_data.get("night") or today
        question = questions.find(author, form.cleaned_data.get("prompt"))
        context = _writing_context(entry, today, url, night, question.text if question else "")
        context["question_text"] = form.words or context["question_text"]  # a page that is shown again asks what it asked
        context |= _announcement(author, entry.assigned_id if entry else question.step if question else None, entry)
        return writing.refuse(request, form, "journal/entries/write.html", context)
    draft = form.draft(Entry.Kind(entry.kind) if entry else Entry.Kind.FREE)
    if entry and draft.entry_id != entry.pk:
        raise Http404
    saved = writing.submit_free(request, author, form, draft, timezone.now(), empty="journal:timeline")
    if isinstance(saved, HttpResponse):
        return saved
    if SETTLES in request.POST:
        revisions.settle_conflict(author, saved)
    return redirect(saved)


# --- Deleting.


@require_http_methods(["GET", "HEAD", "POST"])
def entry_delete(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks for confirmation, then moves the entry to the trash."""
    own = own_entry(request, pk)
    if request.method == "POST":
        trash.delete(request.user, own, timezone.now())
        messages.success(request, _("Deleted. You can put it back from Recently deleted."))
        return redirect(_url_after_deletion(request.user, chronology.Place(own.night, own.pk)))
    return render(request, "journal/entries/delete.html", _deletion_context(request, own))


def _url_after_deletion(author: User, place: chronology.Place) -> str:
    """The timeline from the next older entry on: below the message, one goes on where one was."""
    url = reverse("journal:timeline")
    newer, older = chronology.neighbours(author, place)
    if newer is None:
        return url
    return f"{url}?before={place.cursor}" if older else f"{url}?at={place.cursor}"


@require_POST
def entry_put_back(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    own = own_entry(request, pk)
    try:
        trash.put_back(request.user, own)
    except Entry.DoesNotExist:  # deleted for good in another tab just now
        raise Http404 from None
    messages.success(request, _("It’s back in your journal."))
    return redirect(own)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_delete_for_good(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks for confirmation, then deletes an entry in the trash: what the page showed of it, and no other text. Idempotent."""
    own = Entry.objects.by(request.user).filter(pk=pk, deleted_at__isnull=False).first()
    if request.method == "POST":
        if own is not None and request.POST.get("version") != shares.mark_of(own):
            context = _deletion_context(request, own) | {"is_changed": True}
            return render(request, "journal/entries/delete_for_good.html", context, status=422)
        trash.delete_for_good(request.user, pk, own)
        if (kept := Entry.objects.by(request.user).filter(pk=pk).first()) is not None:
            messages.info(request, _("This page was put back in the meantime, and is in your journal."))
            return redirect(kept)
        messages.success(request, _("Deleted for good."))
        return redirect("journal:deleted")
    if own is None:
        raise Http404
    return render(request, "journal/entries/delete_for_good.html", _deletion_context(request, own))


def _deletion_context(request: AuthenticatedHttpRequest, entry: Entry) -> dict[str, object]:
    return {
        "entry": entry,
        "version": shares.mark_of(entry),
        "row": rows.row(entry.pk, entry.night, entry.summary, rows.Feelings()),
        "date": dates.evening(entry.night),
        "shares": shares.active_of(request.user, entry),
    }
