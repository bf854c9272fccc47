"""The library: looked through by anybody; a parent keeps for later, or has it never ask again."""

from dataclasses import dataclass, replace

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Age, User
from accounts.views import person
from prompts import browsing, questions
from prompts.forms import BrowseForm
from prompts.models import Depth, Mark, Theme
from prompts.questions import Question

PAGE = 24  # questions on one page of the library


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as the list has it."""

    question: Question
    kind: str  # of the visitor's mark, or ""


def _marks(request: HttpRequest) -> dict[str, str]:
    if not isinstance(request.user, User):
        return {}
    return dict(Mark.objects.filter(parent=request.user).values_list("prompt_id", "kind"))


@login_not_required
@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    themes = list(Theme.objects.all())
    form = BrowseForm(request.GET, themes=themes)
    found = browsing.find(form.wanted(), [theme.slug for theme in themes])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    marks = _marks(request)
    asked = urlencode({name: str(value) for name, value in request.GET.items() if name != "page" and value})
    context = {
        "form": form,
        "is_filtered": bool(asked),
        "asked": f"{asked}&" if asked else "",
        "page": page,
        "count": len(found),
        "shown": [Shown(question, marks.get(question.slug, "")) for question in page],
        "own": _own(request, form.wanted()) if page.number == 1 else [],
        "kept": sum(kind == Mark.Kind.LATER for kind in marks.values()),
        "passed": sum(kind == Mark.Kind.NEVER for kind in marks.values()),
    }
    return render(request, "prompts/browse.html", context)


def _own(request: HttpRequest, wanted: browsing.Wanted) -> list[Question]:
    """The visitor's own questions that fit; they have no theme, age or depth of the library's."""
    if not isinstance(request.user, User) or wanted.theme or wanted.age or wanted.depth:
        return []
    return [question for question in questions.own(request.user) if wanted.fits(question)]


def _question(slug: str) -> Question:
    question = questions.prompt(slug)
    if question is None:
        raise Http404
    return question


@login_not_required
@require_safe
def prompt(request: HttpRequest, slug: str) -> HttpResponse:
    question = _question(slug)
    mark = Mark.objects.filter(parent=request.user, prompt_id=slug).first() if isinstance(request.user, User) else None
    ages = [str(age.label) for age in Age if age in question.ages]
    context = {"question": question, "kind": mark.kind if mark else "", "depth": Depth(question.depth).label, "ages": ages}
    return render(request, "prompts/prompt.html", context)


@require_safe
def marked(request: HttpRequest, kind: str) -> HttpResponse:
    """What this parent kept for later, or does not want to be asked; the latest first."""
    if kind not in Mark.Kind.values:
        raise Http404
    parent = person(request)
    slugs = Mark.objects.filter(parent=parent, kind=kind).order_by("-marked_at", "-pk").values_list("prompt_id", flat=True)
    found = [question for slug in slugs if (question := questions.prompt(slug))]
    return render(request, "prompts/marked.html", {"questions": found, "kind": kind, "kept_first": parent.choices.kept_first})


@require_http_methods(["POST"])
def kept_first(request: HttpRequest) -> HttpResponse:
    """Whether what was kept for later comes before the night's own question."""
    parent = person(request)
    parent.sealed_choices = replace(parent.choices, kept_first=request.POST.get("first") == "yes")
    parent.save(update_fields=["sealed_choices"])
    return redirect("prompts:marked", Mark.Kind.LATER)
