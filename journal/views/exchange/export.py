"""Taking a journal away: everything, a span of nights, or pages chosen one by one; as a file, or on paper."""

import uuid
from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest
from common import dates
from journal.exchange import earlier, exporting, printing
from journal.exchange.choosing import Choice
from journal.forms.choosing import ChoosingForm, offered
from journal.models import EarlierSupport, Job
from journal.views import jobs as job_pages


def _waiting(request: AuthenticatedHttpRequest) -> list[job_pages.Waiting]:
    return job_pages.waiting(request.user, Job.Kind.EXPORT, "journal:export_job")


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def export(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What can be taken away; a press on *Everything* begins a file of it, or one of all pages for other journals."""
    if request.method == "POST":
        for_others = request.POST.get("action") == "day-one"
        return redirect("journal:export_job", pk=exporting.start(request.user, Choice(), for_others=for_others).pk)
    return _page(request, ChoosingForm(author=request.user))


def _page(request: AuthenticatedHttpRequest, form: ChoosingForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    has_earlier = EarlierSupport.objects.by(request.user).exists()
    context = {"form": form, "waiting": _waiting(request), "has_earlier": has_earlier}
    return render(request, "journal/export/export.html", context, status=status)


@require_POST
@reauthentication_required
def export_nights(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The pages of a span, to be ticked; then a file of them, or a page to be printed."""
    form = ChoosingForm(request.POST, author=request.user)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    action = request.POST.get("action")
    if action not in {"file", "print"}:
        return render(request, "journal/export/nights.html", {"form": form, **offered(form)})
    choice = form.choice() if "ticking" in request.POST else form.span
    if "ticking" in request.POST and not choice.entries:
        context = {"form": form, **offered(form), "nothing_ticked": True}
        return render(request, "journal/export/nights.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if action == "file":
        return redirect("journal:export_job", pk=exporting.start(request.user, choice).pk)
    return render(request, "journal/export/print.html", printing.sheet(request.user, choice))


@require_http_methods(["GET", "HEAD", "POST"])
def export_job(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.by(request.user).select_related("file"), pk=pk, kind=Job.Kind.EXPORT)
    file = job_pages.file_of(job)
    until = dates.moment(file.expires_at) if file and file.expires_at else ""
    return job_pages.respond(request, job, "journal/export/job.html", {"file": file, "until": until})


@require_safe
@reauthentication_required
def export_file(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The file itself, opened part by part while it is sent."""
    job = get_object_or_404(Job.objects.by(request.user).select_related("file"), pk=pk, kind=Job.Kind.EXPORT, state=Job.State.DONE)
    if (file := job_pages.file_of(job)) is None:
        raise Http404
    return job_pages.download(file)


@require_POST
def export_delete(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete the file before its day is over. Idempotent."""
    job = get_object_or_404(Job.objects.by(request.user).select_related("file"), pk=pk, kind=Job.Kind.EXPORT)
    if job.file is not None:
        job.file.delete()
    return redirect("journal:export")


@require_safe
def export_earlier(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What came along of counselors of an earlier account."""
    return render(request, "journal/export/earlier.html", {"supports": earlier.supports(request.user)})
