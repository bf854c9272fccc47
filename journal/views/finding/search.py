"""Searching a journal. What is searched for comes by POST alone, so that no address, history or log has it."""

import uuid
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from common import errors
from common.http import opened_by_another
from common.kept_forms import keeps_form
from journal import chronology, content
from journal.finding.search import marked, marked_text
from journal.forms.search import SearchForm
from journal.views import entries, found

PART = "found"  # what a script asks for while somebody types: the part of the page that changes


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(SearchForm)
def search(request: AuthenticatedHttpRequest) -> HttpResponse:
    if opened_by_another(request):
        return errors.other_person(request)
    is_sent = request.method == "POST"
    form = SearchForm(request.POST if is_sent else None, author=request.user)
    is_valid = form.is_valid()
    context = found.filters(request, form, chronology.years(request.user)) | {"is_asking": is_valid and form.is_asking}
    if is_sent and (form.is_asking or not is_valid):
        context |= found.context(request, form)
    status = HTTPStatus.OK if is_valid or not is_sent else HTTPStatus.UNPROCESSABLE_ENTITY
    if request.POST.get("part") == PART:
        return render(request, "journal/search/found.html", context | {"is_part": True}, status=status)
    return render(request, "journal/search/search.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def search_entry(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An entry as it was found: with what was searched for marked, and a way back to the list. Opened anew, it is the entry alone."""
    own = entries.own_entry(request, pk)
    if request.method != "POST":
        return redirect(own)
    form = SearchForm(request.POST, author=request.user)
    form.is_valid()
    context = entries.entry_context(request, own)
    context |= {"sent": [*form.sent, ("page", request.POST.get("page", ""))], "is_timeline": request.POST.get("list") == "timeline"}
    if words := form.words_sent:
        words += "*" if form.is_typing and words[-1].isalnum() else ""
        context |= {"html": _reachable(marked(content.html(own), words)), "question": marked_text(own.summary.question, words)}
    return render(request, "journal/search/entry.html", context)


def _reachable(html: SafeString) -> SafeString:
    """The address of a hit ends with #match: a long page opens where the words are."""
    return SafeString(html.replace("<mark>", '<mark id="match">', 1))
