"""A parent's own questions."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from common.ids import new_id
from common.kept_forms import keeps_text
from prompts import own_questions
from prompts.forms.own import OwnQuestionForm
from prompts.models import OwnQuestion, OwnQuestionContent


def _row(pk: uuid.UUID, content: OwnQuestionContent, by_turn: bool) -> dict[str, object]:
    return {"pk": pk, "text": content.question, "by_turn": by_turn}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_text(may_become_page=True)
def own(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The list of a parent's own questions, and a form for a new one."""
    author = request.user
    form = OwnQuestionForm(request.POST if request.method == "POST" else None, initial={"id": new_id(), "by_turn": True})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        own_questions.create(author, data["id"] or new_id(), data["text"], by_turn=data["by_turn"], now=timezone.now())
        messages.success(request, _("Your question is saved."))
        return redirect("prompts:own")
    context = {"form": form, "questions": list(OwnQuestion.objects.by(author).opened(_row, "id", "content", "by_turn", owner=author.pk))}
    return render(request, "prompts/own/own.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_text(may_become_page=True)
def own_edit(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(OwnQuestion.objects.by(request.user), pk=pk)
    initial = {"id": row.pk, "text": row.content.question, "by_turn": row.by_turn}
    form = OwnQuestionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        row.content = OwnQuestionContent(question=form.cleaned_data["text"])
        row.by_turn = form.cleaned_data["by_turn"]
        row.save(update_fields=["content", "by_turn"])
        messages.success(request, _("Your question is saved."))
        return redirect("prompts:own")
    return render(request, "prompts/own/edit.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def own_delete(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """GET asks for confirmation, POST deletes. Entries that answered the question keep its text. Idempotent."""
    if request.method == "POST":
        OwnQuestion.objects.by(request.user).filter(pk=pk).delete()
        messages.success(request, _("Question deleted. Pages that answered it are unchanged."))
        return redirect("prompts:own")
    row = get_object_or_404(OwnQuestion.objects.by(request.user), pk=pk)
    return render(request, "prompts/own/delete.html", {"row": row})
