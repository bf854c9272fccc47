"""A journal as a typeset book: which one, while it is made, and the file."""

import uuid
from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest
from common import dates
from journal.exchange.book import making
from journal.forms.book import BookForm
from journal.models import Job
from journal.views import jobs as job_pages


def _own(request: AuthenticatedHttpRequest, pk: uuid.UUID, **more: str) -> Job:
    return get_object_or_404(Job.objects.by(request.user).select_related("file"), pk=pk, kind=Job.Kind.BOOK, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def book(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Which book is wanted; sent, it begins to be made. A site that cannot typeset says so, and offers paper."""
    is_post = request.method == "POST"
    form = BookForm(request.POST if is_post else None, author=request.user)
    if is_post and making.is_installed() and form.is_valid():
        return redirect("journal:book_job", pk=making.start(request.user, form.wish()).pk)
    context = {
        "form": form,
        "is_installed": making.is_installed(),
        "waiting": job_pages.waiting(request.user, Job.Kind.BOOK, "journal:book_job"),
    }
    return render(request, "journal/book/book.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if is_post else HTTPStatus.OK)


@require_http_methods(["GET", "HEAD", "POST"])
def book_job(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    job = _own(request, pk)
    file = job_pages.file_of(job)
    until = dates.moment(file.expires_at) if file and file.expires_at else ""
    return job_pages.respond(request, job, "journal/book/job.html", {"file": file, "until": until})


@require_safe
@reauthentication_required
def book_file(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The PDF itself, opened part by part while it is sent."""
    if (file := job_pages.file_of(_own(request, pk, state=Job.State.DONE))) is None:
        raise Http404
    return job_pages.download(file)


@require_POST
def book_delete(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete the file before its day is over. Idempotent."""
    if (file := _own(request, pk).file) is not None:
        file.delete()
    return redirect("journal:book")
