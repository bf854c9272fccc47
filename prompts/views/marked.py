"""The prompts that a parent kept for later, or does not want to be asked."""

from typing import TypedDict

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest
from common.rendering.addresses import address_of
from prompts import questions
from prompts.models import Mark
from prompts.questions import Question


class Row(TypedDict):
    """A marked prompt in the list, with the addresses that lead to it, to a page that answers it, and to its mark."""

    theme_name: str
    text: str
    language: str
    url: str
    write: str
    mark: str


def _row(question: Question, new_page: str) -> Row:
    return Row(
        theme_name=question.theme_name,
        text=question.text,
        language=question.language,
        url=address_of("prompts:prompt", question.slug),
        write=f"{new_page}?prompt={question.slug}",
        mark=address_of("journal:mark", question.slug),
    )


@require_safe
def marked(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """The prompts with this kind of mark, the latest marked first."""
    if kind not in Mark.Kind.values:
        raise Http404
    parent = request.user
    slugs = Mark.objects.filter(parent=parent, kind=kind).order_by("-marked_at", "-pk").values_list("prompt_id", flat=True)
    new_page = reverse("journal:entry_new")
    rows = [_row(question, new_page) for slug in slugs if (question := questions.prompt(slug))]
    context = {"rows": rows, "kind": kind, "kept_first": parent.preferences.kept_first}
    return render(request, "prompts/marked/marked.html", context)
