"""The prompts that a parent kept for later, or does not want to be asked."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest
from prompts import questions
from prompts.models import Mark


@require_safe
def marked(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """The prompts with this kind of mark, the latest marked first."""
    if kind not in Mark.Kind.values:
        raise Http404
    parent = request.user
    slugs = Mark.objects.filter(parent=parent, kind=kind).order_by("-marked_at", "-pk").values_list("prompt_id", flat=True)
    marked_prompts = [question for slug in slugs if (question := questions.prompt(slug))]
    context = {"questions": marked_prompts, "kind": kind, "kept_first": parent.preferences.kept_first}
    return render(request, "prompts/marked/marked.html", context)
