"""Where to start: six questions for anybody. The answers stay in this one request, unless a parent keeps the result."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.views import person
from prompts import questions
from prompts.forms import QuizForm
from prompts.shelf import paths, quiz


@login_not_required
@never_cache  # what somebody chose is not to be seen by going back, on a device that others use
@require_http_methods(["GET", "HEAD", "POST"])
def where_to_start(request: HttpRequest) -> HttpResponse:
    """The result is the answer to the POST itself: neither the answers nor the result stand in an address."""
    language = questions.reading_language()
    start = quiz.read(language)
    form = QuizForm(request.POST if request.method == "POST" else None, quiz=start)
    if request.method != "POST" or not form.is_valid():
        return render(request, "prompts/where_to_start.html", {"quiz": start, "form": form}, status=422 if form.errors else 200)
    outcome = start.outcome(form.cleaned_data)
    ways = paths.read(language)
    left = [path for slug, path in ways.items() if slug not in outcome.paths and slug not in outcome.ruled_out]
    others = [path for path in left if not path.opt_in or path.slug in outcome.spoken_for]
    context = {
        "quiz": start,
        "outcome": outcome,
        "found": [(ways[slug], start.why[slug]) for slug in outcome.paths],
        "others": others,
    }
    return render(request, "prompts/where_to_start_result.html", context)


@require_http_methods(["POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Keep which paths were recommended, or forget them; never the answers."""
    parent = person(request)
    chosen = tuple(slug for slug in dict.fromkeys(request.POST.getlist("path")) if slug in paths.read())[: quiz.RECOMMENDED]
    parent.sealed_choices = replace(parent.choices, start=chosen)
    parent.save(update_fields=["sealed_choices"])
    messages.success(request, _("Kept. You find it on the page of the paths.") if chosen else _("Forgotten."))
    return redirect("journal:paths")
