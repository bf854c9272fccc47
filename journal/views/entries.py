"""The timeline, and one entry: read, written, put away."""

import datetime as dt
import uuid
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.views import person
from journal import drawer, history, pages, sharing, words
from journal.models import Entry, Feeling, Mode
from journal.views import guides, share, writing
from prompts import assigned, questions

SETTLES = "settles"  # in the form that puts two texts together
PAGE = 30  # entries on one page of the timeline


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as a list shows it."""

    url: str
    day: str
    question: str
    excerpt: str
    feeling: str
    feeling_label: str


def row(entry: Entry) -> Row:
    glance = entry.glance
    return Row(
        url=reverse("journal:entry", args=[entry.pk]),
        day=words.short_evening(entry.night),
        question=glance.question,
        excerpt=glance.excerpt,
        feeling=glance.feeling,
        feeling_label=str(Feeling(glance.feeling).label) if glance.feeling else "",
    )


def _mark(entry: Entry) -> str:
    return f"{entry.night.isoformat()}_{entry.pk.hex}"


def _parse_mark(mark: str) -> tuple[dt.date, uuid.UUID]:
    night, _sep, pk = mark.partition("_")
    try:
        return dt.date.fromisoformat(night), uuid.UUID(pk)
    except ValueError:
        raise Http404 from None


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """Newest first; each page goes on from an entry, so no page costs more the further back it lies."""
    entries = Entry.objects.by(person(request)).kept().defer("content").newest_first()
    older_than, newer_than = request.GET.get("before"), request.GET.get("after")
    if newer_than:
        night, pk = _parse_mark(newer_than)
        found = list(entries.filter(Q(night__gt=night) | Q(night=night, pk__gt=pk)).reverse()[: PAGE + 1])
        has_newer, has_older = len(found) > PAGE, True
        shown = found[:PAGE][::-1]
    else:
        if older_than:
            night, pk = _parse_mark(older_than)
            entries = entries.filter(Q(night__lt=night) | Q(night=night, pk__lt=pk))
        shown = list(entries[: PAGE + 1])
        has_newer, has_older = bool(older_than), len(shown) > PAGE
        shown = shown[:PAGE]
    context = {
        "months": [(words.month(group[0].night), [row(entry) for entry in group]) for group in _by_month(shown)],
        "newer": reverse("journal:timeline", query={"after": _mark(shown[0])}) if shown and has_newer else "",
        "older": reverse("journal:timeline", query={"before": _mark(shown[-1])}) if shown and has_older else "",
        "is_first": not older_than and not newer_than,
    }
    return render(request, "journal/timeline.html", context)


def _by_month(entries: list[Entry]) -> list[list[Entry]]:
    return [list(group) for _month, group in groupby(entries, key=lambda entry: (entry.night.year, entry.night.month))]


def own_entry(request: HttpRequest, pk: uuid.UUID) -> Entry:
    """The visitor's own entry, in the drawer or not; 404 for anybody else's."""
    return get_object_or_404(Entry.objects.by(person(request)), pk=pk)


@require_safe
def entry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    page = own_entry(request, pk)
    glance = page.glance
    context = {
        "entry": page,
        "date": words.evening(page.night),
        "question": glance.question,
        "feeling": glance.feeling,
        "feeling_label": Feeling(glance.feeling).label if glance.feeling else "",
        "html": pages.html(page),
        "saved_at": words.moment(page.saved_at),
        "aside": history.waiting_aside(page),
        "marks": share.marks(person(request), page),
        "drawer_until": words.evening(timezone.localdate(page.drawer_at + drawer.KEEPS)) if page.drawer_at else "",
    }
    return render(request, "journal/entry.html", context)


def _asked_night(request: HttpRequest, today: dt.date) -> dt.date:
    asked = request.GET.get("night")
    try:
        night = parse_date(asked) if asked else today
    except ValueError:
        night = None
    if night is None or night > today:
        raise Http404
    return night


def _writing_context(entry: Entry | None, today: dt.date, url: str, night: dt.date, question: str = "") -> dict[str, object]:
    return {
        "entry": entry,
        "question_text": entry.glance.question if entry else question,
        "feelings": Feeling.choices,
        "latest": today.isoformat(),
        "url": url,
        "date": words.evening(night),
        "saved": _("Saved %(time)s") % {"time": words.clock(entry.saved_at)} if entry else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A page of its own, for tonight or for an evening of the past; with ?prompt= to a question of the library or of one's own."""
    author = person(request)
    today = author.tonight(timezone.now())
    if request.method == "POST":
        return _save(request, author, today, entry=None)
    night = _asked_night(request, today)
    question = questions.find(author, request.GET.get("prompt"))
    if question is None and "prompt" in request.GET:
        raise Http404
    mode, slug, asked = (Mode.QUESTION, question.slug, question.text) if question else (Mode.JUST_WRITE, "", "")
    form = writing.blank_form(author, night=night, latest=today, prompt=slug, mode=mode)
    context = _writing_context(None, today, reverse("journal:new"), night, asked)
    given = assigned.find(author, question.step if question else None)
    will_share = given is not None and sharing.shared_when_done(author, given.step.pk) is not None
    return render(request, "journal/write.html", {**context, "form": form, "given": given, "will_share": will_share})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    author = person(request)
    today = author.tonight(timezone.now())
    page = own_entry(request, pk)
    if request.method == "POST":
        return _save(request, author, today, entry=page)
    if page.drawer_at is not None:
        return redirect(page)
    form = writing.blank_form(author, night=page.night, latest=today, entry=page, prompt=page.asked or "", mode=Mode(page.mode))
    url = reverse("journal:edit", args=[pk])
    if found := guides.all_guides().get(page.glance.guide):
        context = guides.context(found, form, url, page)
        if context["parts"] is not None:
            return render(request, "journal/guide.html", context)
    context = _writing_context(page, today, url, page.night)
    return render(request, "journal/write.html", {**context, "form": form, "is_shared": bool(sharing.standing_of(author, page))})


def _save(request: HttpRequest, author: User, today: dt.date, entry: Entry | None) -> HttpResponse:
    if writing.is_someone_elses(request, author):
        return writing.refuse_someone_elses(request)
    now = timezone.now()
    url = reverse("journal:edit", args=[entry.pk]) if entry else reverse("journal:new")
    form = writing.bound_form(request, today)
    if not form.is_valid():
        night = form.cleaned_data.get("night") or today
        question = questions.find(author, form.cleaned_data.get("prompt"))
        context = _writing_context(entry, today, url, night, question.text if question else "")
        return writing.refuse(request, form, "journal/write.html", context)
    draft = form.draft(Entry.Kind(entry.kind) if entry else Entry.Kind.FREE)
    if entry and draft.entry_id != entry.pk:
        raise Http404
    done = writing.save_and_be_done(request, author, draft, now, empty="journal:timeline", new=entry is None)
    if isinstance(done, HttpResponse):
        return done
    if SETTLES in request.POST:
        history.settle(author, done)
    return redirect(done)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Into the drawer; deleting for good is done from there."""
    page = own_entry(request, pk)
    if request.method == "POST":
        drawer.put_in(person(request), page, timezone.now())
        messages.success(request, _("Put in the drawer. It waits there for 30 days, should you want it back."))
        return redirect("journal:timeline")
    shares = sharing.standing_of(person(request), page)
    return render(request, "journal/delete.html", {"entry": page, "row": row(page), "date": words.evening(page.night), "shares": shares})
