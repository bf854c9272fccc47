"""The writing page without a network, which the service worker serves."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journal.forms.writing import WritingForm

# What the service worker loads, each after those that it needs.
WORKER_SCRIPTS = ("js/device-store.js", "js/device-key.js", "js/answers.js", "js/outbox.js")

# Every static file that the page needs; tests/browser/test_never_lost.py fails when it asks for another.
SHELL = (
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components.css",
    "css/forms.css",
    "css/leave.css",
    "css/pages.css",
    "css/prompts.css",
    "css/care.css",
    "css/sets.css",
    "css/shares.css",
    "css/tonight.css",
    "css/journal.css",
    "css/accounts.css",
    "css/print.css",
    "icons/icon.svg",
    "icons/sprite.svg",
    *WORKER_SCRIPTS,
    "js/autosave.js",
    "js/double-click.js",
    "js/fields.js",
    "js/finish.js",
    "js/grow.js",
    "js/ids.js",
    "js/keeping.js",
    "js/leave.js",
    "js/offline.js",
    "js/on-device.js",
    "js/open-until.js",
    "js/saved-line.js",
    "js/session.js",
    "js/waiting.js",
    "vendor/literata/literata-latin-wght-normal.woff2",
    "vendor/literata/literata-latin-wght-italic.woff2",
    "vendor/markdown-toolbar-element/index.js",
)

# Every template that the page is rendered from.
TEMPLATES = (
    "skeleton.html",
    "journal/offline/offline.html",
    "components/writing.html",
    "components/autosave_attributes.html",
    "components/waiting.html",
)


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The same page for everybody: its scripts know whose it is, and for which night."""
    form = WritingForm(latest=None)
    return render(request, "journal/offline/offline.html", {"form": form})
