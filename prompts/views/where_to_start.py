"""The quiz *Where to start*, for anybody. The answers are never stored; a parent can store the result."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from prompts import helplines, questions
from prompts.forms.where_to_start import QuizForm
from prompts.library import paths, quiz
from prompts.models import Walk

FIRST_CALLS = 4  # numbers that stand before the sentence, so that both are seen at once on a phone


@login_not_required
@never_cache  # on a shared device, going back must not show what somebody chose
@require_http_methods(["GET", "HEAD", "POST"])
def where_to_start(request: HttpRequest) -> HttpResponse:
    """The result is the response to the POST itself, without a redirect: neither answers nor result are in an address."""
    language = questions.reading_language()
    this_quiz = quiz.read(language)
    form = QuizForm(request.POST if request.method == "POST" else None, quiz=this_quiz)
    if request.method != "POST" or not form.is_valid():
        context = {"quiz": this_quiz, "form": form}
        return render(request, "prompts/where_to_start/where_to_start.html", context, status=422 if form.errors else 200)
    outcome = this_quiz.outcome(form.answers())
    all_paths = paths.read(language)
    others = [path for slug, path in all_paths.items() if slug not in outcome.paths and slug not in outcome.ruled_out]
    country = helplines.likely_country(request, helplines.available()) if outcome.topics else None
    topics = helplines.topics(country, outcome.topics)
    calls = helplines.calls(country, topics)
    walks = _walks(request)
    under_way = next((all_paths[slug] for slug, is_paused in walks.items() if not is_paused and slug in all_paths), None)
    context = {
        "quiz": this_quiz,
        "outcome": outcome,
        "country": country,
        "calls": calls[:FIRST_CALLS],
        "more_calls": calls[FIRST_CALLS:],
        "topics": topics,
        "recommended": [(all_paths[slug], this_quiz.why[slug], slug in walks) for slug in outcome.paths],
        "under_way": under_way if under_way and under_way.slug not in outcome.paths else None,
        "others": [path for path in others if not path.opt_in or path.slug in outcome.supported],
    }
    return render(request, "prompts/where_to_start/result.html", context)


def _walks(request: HttpRequest) -> dict[str, bool]:
    """The paths that the visitor has begun, and whether each is paused."""
    if not isinstance(request.user, User) or not request.user.has_walks:
        return {}
    return dict(Walk.objects.by(request.user).values_list("path", "paused"))


@require_http_methods(["POST"])
def where_to_start_keep(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Store which paths were recommended; none deletes what was stored."""
    recommended = tuple(slug for slug in dict.fromkeys(request.POST.getlist("path")) if slug in paths.read())[: quiz.MAX_RECOMMENDED]
    request.user.change_preferences(lambda current: replace(current, start=recommended))
    messages.success(request, _("Saved. It’s on the Paths page.") if recommended else _("Result deleted."))
    return redirect("journal:paths")
