"""Hard-night guides: a few small questions, each with room under it, saved as one page."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from journal import guiding
from journal.forms import WritingForm
from journal.models import Entry, Feeling, Mode
from journal.views import writing
from prompts import questions
from prompts.shelf import guides
from prompts.shelf.guides import GuideText


def all_guides() -> dict[str, GuideText]:
    """Every guide by its slug, in the visitor's language."""
    return guides.read(questions.reading_language())


@login_not_required
@require_safe
def hard_nights(request: HttpRequest) -> HttpResponse:
    return render(request, "journal/hard_nights.html", {"guides": all_guides().values()})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Read by anybody, written on by whoever is signed in. The first time, a page says what "Leave quickly" does."""
    found = all_guides().get(slug)
    if found is None:
        raise Http404
    if not isinstance(request.user, User):
        if request.method == "POST":
            return HttpResponse(status=401)  # what was typed is shown: journal/middleware.py
        return render(request, "journal/guide_read.html", {"guide": found})
    author = request.user
    if request.method == "POST":
        return _save(request, author, found)
    if author.shows_leave and not author.knows_leave:
        return redirect(reverse("leaving_explained", query={"next": request.path}))
    today = author.tonight(timezone.now())
    form = writing.blank_form(author, night=today, latest=today, mode=Mode.JUST_WRITE)
    return render(request, "journal/guide.html", context(found, form, reverse("journal:guide", args=[slug])))


def context(found: GuideText, form: WritingForm, url: str, entry: Entry | None = None) -> dict[str, object]:
    """What the guide's page shows; `parts` is None where the text is no longer made of the guide's questions."""
    return {
        "guide": found,
        "form": form,
        "parts": guiding.parts(found, form.typed),
        "entry": entry,
        "feelings": Feeling.choices,
        "url": url,
    }


def _save(request: HttpRequest, author: User, found: GuideText) -> HttpResponse:
    if writing.is_someone_elses(request, author):
        return writing.refuse_someone_elses(request)
    now = timezone.now()
    form = writing.bound_form(request, author.tonight(now))
    url = reverse("journal:guide", args=[found.slug])
    if not form.is_valid():
        return writing.refuse(request, form, "journal/guide.html", context(found, form, url))
    draft = replace(form.draft(Entry.Kind.FREE), guide=found.slug)
    done = writing.save_and_be_done(request, author, draft, now, empty="journal:hard_nights")
    if isinstance(done, HttpResponse):
        return done
    messages.success(request, found.closing)
    return redirect(done)
