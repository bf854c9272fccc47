"""The library, which anybody can browse."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Age, User
from common.paging import page_of
from prompts import questions, search
from prompts.forms.library import BrowseForm
from prompts.models import Depth, Mark, Theme
from prompts.questions import Question
from prompts.search import Filters

PER_PAGE = 24


@dataclass(frozen=True, slots=True)
class Row:
    """A question in the list, and the kind of the visitor's mark on it, or ""."""

    question: Question
    kind: str


@login_not_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    themes = list(Theme.objects.all())
    form = BrowseForm(request.GET, themes=themes)
    filters = form.filters()
    matching = search.find(filters, [theme.slug for theme in themes])
    page = page_of(request, matching, PER_PAGE)
    marks = _marks(request)
    context = {
        "form": form,
        "is_filtered": any(value for name, value in request.GET.items() if name != "page"),
        "page": page,
        "count": len(matching),
        "rows": [Row(question, marks.get(question.slug, "")) for question in page],
        "own": _own(request, filters) if page.number == 1 else [],
        "later_count": sum(kind == Mark.Kind.LATER for kind in marks.values()),
        "never_count": sum(kind == Mark.Kind.NEVER for kind in marks.values()),
    }
    return render(request, "prompts/library/library.html", context)


def _marks(request: HttpRequest) -> dict[str, str]:
    """The visitor's marks, prompt slug to kind."""
    if not isinstance(request.user, User):
        return {}
    return dict(Mark.objects.filter(parent=request.user).values_list("prompt_id", "kind"))


def _own(request: HttpRequest, filters: Filters) -> list[Question]:
    """The visitor's own questions that match. They have no theme, age or depth: such a filter leaves out all of them."""
    if not isinstance(request.user, User) or filters.theme or filters.age or filters.depth:
        return []
    return [question for question in questions.own(request.user) if filters.match(question)]


@login_not_required
@require_safe
def prompt(request: HttpRequest, slug: str) -> HttpResponse:
    question = questions.prompt(slug)
    if question is None:
        raise Http404
    mark = Mark.objects.filter(parent=request.user, prompt_id=slug).first() if isinstance(request.user, User) else None
    ages = [str(age.label) for age in Age if age in question.ages]
    context = {"question": question, "kind": mark.kind if mark else "", "depth": Depth(question.depth).label, "ages": ages}
    return render(request, "prompts/library/prompt.html", context)
