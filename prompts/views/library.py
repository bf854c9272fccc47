"""The library, which anybody can browse."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import TypedDict

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import Age, User
from common.rendering.addresses import address_of
from common.rendering.paging import page_of
from prompts import questions, search
from prompts.forms.library import BrowseForm
from prompts.models import Depth, Facet, Mark, Theme
from prompts.questions import Question
from prompts.search import Filters, Found

PER_PAGE = 24


class Row(TypedDict):
    """A question in the list, with why it was found. `kind` is that of the visitor's mark on it, or ""; `language` is "" for
    that of the page.
    """

    url: str
    found: Found
    language: str
    kind: str


def _rows(shown: Iterable[Question], query: str, marks: dict[str, str]) -> list[Row]:
    of_page = get_language()
    return [
        Row(
            url=address_of("prompts:prompt", question.slug),
            found=search.found(question, query),
            language=question.language if question.language != of_page else "",
            kind=marks.get(question.slug, ""),
        )
        for question in shown
    ]


@login_not_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    themes = list(Theme.objects.all())
    form = BrowseForm(request.GET, themes=themes)
    filters = form.filters()
    matching = search.find(filters, [theme.slug for theme in themes])
    page = page_of(request, matching, PER_PAGE)
    marks = _marks(request)
    own = _own(request, filters) if page.number == 1 else []
    context = {
        "form": form,
        "filters": filters,
        "is_filtered": bool(filters.query or filters.narrows),
        "page": page,
        "count": len(matching),
        "themes": [(name, _rows(group, filters.query, marks)) for name, group in groupby(page, key=attrgetter("theme_name"))],
        "own": [(question.slug, search.found(question, filters.query)) for question in own],
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
    if not isinstance(request.user, User) or not request.user.has_own_questions or filters.narrows:
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
    context = {
        "question": question,
        "kind": mark.kind if mark else "",
        "depth": Depth(question.depth).label,
        "ages": ages,
        "facets": [str(facet.label) for facet in Facet if facet in question.facets],
    }
    return render(request, "prompts/library/prompt.html", context)
