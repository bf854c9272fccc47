"""Hard-night guides: a few short questions, each with its own field, saved as one page."""

from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from common import errors
from common.http import opened_by_another
from common.kept_forms import keeps_text
from journal.forms.writing import WritingForm
from journal.models import Entry, Mode
from journal.nights import guide_pages
from journal.repairs import GUIDE
from journal.views import writing
from prompts import questions
from prompts.library import guides
from prompts.library.guides import GuideText


def all_guides() -> dict[str, GuideText]:
    """Every guide by its slug, in the visitor's language."""
    return guides.read(questions.reading_language())


@login_not_required
@require_safe
def hard_nights(request: HttpRequest) -> HttpResponse:
    return render(request, "journal/hard_nights/hard_nights.html", {"guides": all_guides().values()})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_text(may_become_page=True)
def hard_night(request: HttpRequest, slug: str) -> HttpResponse:
    """Anybody can read a guide, and whoever is signed in can write on it."""
    guide = all_guides().get(slug)
    if guide is None:
        raise Http404
    if not isinstance(request.user, User):
        if request.method == "POST":
            return HttpResponse(status=401)  # journal/middleware.py shows what was typed
        return render(request, "journal/hard_nights/guide_read.html", {"guide": guide})
    author = request.user
    if request.method == "POST":
        return save(request, author, guide, _url(guide), empty="journal:hard_nights")
    today = author.tonight(timezone.now())
    form = writing.blank_form(author, night=today, latest=today, mode=Mode.JUST_WRITE)
    return render(request, "journal/writing/guide.html", context(guide, form, _url(guide)))


def _url(guide: GuideText) -> str:
    return reverse("journal:hard_night", args=[guide.slug])


def context(guide: GuideText, form: WritingForm, url: str, entry: Entry | None = None) -> dict[str, object]:
    """The context of a guide's page; `parts` is None where the text is no longer made of the guide's questions."""
    return {
        "guide": guide,
        "form": form,
        "parts": guide_pages.parts(guide, form.typed),
        "entry": entry,
        "url": url,
        "is_repair": guide.slug == GUIDE,
    }


def save(request: HttpRequest, author: User, guide: GuideText, url: str, *, empty: str) -> HttpResponse:
    """Save a new page on this guide, which is at `url`. `empty` names the view to go on to where nothing was written."""
    if opened_by_another(request):
        return errors.other_person(request)
    now = timezone.now()
    form = writing.bound_form(request, author.tonight(now))
    if not form.is_valid():
        return writing.refuse(request, form, "journal/writing/guide.html", context(guide, form, url))
    draft = replace(form.draft(Entry.Kind.FREE), guide=guide.slug)
    saved = writing.submit_free(request, author, form, draft, now, empty=empty)
    if isinstance(saved, HttpResponse):
        return saved
    return redirect(saved)
