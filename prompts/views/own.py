"""A parent's own questions, kept among the others."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User, new_id
from accounts.views import person
from prompts.forms import OwnQuestionForm
from prompts.models import OwnQuestion, OwnWords


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """All of them, and a form for one more. The page makes up its id, so that sending it twice writes one."""
    author = person(request)
    form = OwnQuestionForm(request.POST if request.method == "POST" else None, initial={"id": new_id(), "by_turn": True})
    if request.method == "POST" and form.is_valid():
        _keep(
            author, form.cleaned_data["id"] or new_id(), OwnWords(question=form.cleaned_data["text"]), by_turn=form.cleaned_data["by_turn"]
        )
        messages.success(request, _("Your question is kept."))
        return redirect("prompts:own")
    context = {"form": form, "questions": OwnQuestion.objects.by(author)}
    return render(request, "prompts/own.html", context, status=422 if form.errors else 200)


def _keep(author: User, pk: uuid.UUID, words: OwnWords, *, by_turn: bool) -> None:
    """Once for each page; a page that was gone back to and sent with another question keeps both."""
    new = {"words": words, "by_turn": by_turn, "written_at": timezone.now()}
    there = OwnQuestion.objects.by(author).filter(pk=pk).first()
    if there is not None and there.words == words:
        return
    if OwnQuestion.objects.filter(pk=pk).exists():
        pk = new_id()
    OwnQuestion.objects.get_or_create(pk=pk, author=author, defaults=new)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(OwnQuestion.objects.by(person(request)), pk=pk)
    initial = {"id": row.pk, "text": row.words.question, "by_turn": row.by_turn}
    form = OwnQuestionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        row.words = OwnWords(question=form.cleaned_data["text"])
        row.by_turn = form.cleaned_data["by_turn"]
        row.save(update_fields=["words", "by_turn"])
        messages.success(request, _("Your question is kept."))
        return redirect("prompts:own")
    return render(request, "prompts/own_edit.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A page asks first. Pages that answered the question keep its words. A second press finds nothing, and is content."""
    author = person(request)
    if request.method == "POST":
        OwnQuestion.objects.by(author).filter(pk=pk).delete()
        messages.success(request, _("The question is deleted. Pages that answered it are as they were."))
        return redirect("prompts:own")
    row = get_object_or_404(OwnQuestion.objects.by(author), pk=pk)
    return render(request, "prompts/own_delete.html", {"row": row})
