"""The writing page without a network, which the service worker serves."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journal.forms.writing import WritingForm

# What the service worker loads.
WORKER_SCRIPT = "joined/worker.js"

# Every static file that the page needs; tests/browser/test_never_lost.py fails when it asks for another.
SHELL = (
    "joined/site.css",
    "joined/offline.js",
    "joined/first.js",
    "icons/icon.svg",
    "vendor/literata/literata-latin-wght-normal.woff2",
    "vendor/literata/literata-latin-400-italic.woff2",
)

# Every template that the page is rendered from; tests/journal/views/test_offline.py fails where one is missing.
TEMPLATES = (
    "skeleton.html",
    "journal/offline/offline.html",
    "components/writing.html",
    "components/autosave_attributes.html",
    "components/feelings.html",
    "components/toolbar.html",
    "components/whole_question.html",
    "components/waiting.html",
)


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The same page for everybody: its scripts know whose it is, and for which night."""
    form = WritingForm(latest=None)
    return render(request, "journal/offline/offline.html", {"form": form})
