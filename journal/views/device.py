"""What lets the site live on a device: the handshake of a page that has text to send, the offline page, the worker."""

import hashlib
import json
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.views import person
from journal.forms import WritingForm
from journal.models import Feeling

# Every static file that the offline page needs; tests/browser/test_offline.py fails when it asks for another.
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
    "js/autosave.js",
    "js/finish.js",
    "js/grow.js",
    "js/leave.js",
    "js/offline.js",
    "js/outbox.js",
    "vendor/literata/literata-latin-wght-normal.woff2",
    "vendor/literata/literata-latin-wght-italic.woff2",
    "vendor/markdown-toolbar-element/index.js",
)

# What its markup is made of.
PAGE = ("skeleton.html", "journal/offline.html", "components/writing.html", "components/autosave_attributes.html")


@require_safe
def signed_in(request: HttpRequest) -> JsonResponse:
    """Who is signed in here and the token their forms carry: what text that waited on the device is sent with."""
    return JsonResponse({"author": str(person(request).pk), "token": get_token(request)})


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The writing page without a network. The same for everybody: the device knows whose it is and which night."""
    form = WritingForm(latest=None)
    return render(request, "journal/offline.html", {"form": form, "feelings": Feeling.choices})


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C), by which a browser installs the site as an app."""
    icons = [
        {"src": static("icons/icon.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"},
        {"src": static("icons/icon-192.png"), "type": "image/png", "sizes": "192x192", "purpose": "any"},
        {"src": static("icons/icon-512.png"), "type": "image/png", "sizes": "512x512", "purpose": "any"},
        {"src": static("icons/icon-maskable-512.png"), "type": "image/png", "sizes": "512x512", "purpose": "maskable"},
    ]
    told = {
        "name": "Nightlight",
        "short_name": "Nightlight",
        "description": str(_("One good question a night, and a private page to answer it on.")),
        "id": "/",
        "start_url": reverse("journal:tonight"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#12151d",
        "theme_color": "#12151d",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


@cache
def _worker_source() -> str:
    """The worker, which names the files of exactly this version of the site: a new version is another worker."""
    source = (settings.BASE_DIR / "static/js/service-worker.js").read_text(encoding="utf-8")
    shell = [static(path) for path in SHELL]
    told = {"shell": [reverse("offline"), *shell], "offline": reverse("offline"), "outbox": static("js/outbox.js")}
    contents = [(settings.BASE_DIR / "static" / path).read_bytes() for path in SHELL]
    page = [(settings.BASE_DIR / "templates" / name).read_bytes() for name in PAGE]
    words = [path.read_bytes() for path in sorted((settings.BASE_DIR / "locale").rglob("*.mo"))]
    parts = [source.encode(), json.dumps(told).encode(), settings.LEAVE_TO.encode(), *page, *words, *contents]
    version = hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    return f"const SITE = {json.dumps({'version': version, **told})};\n\n{source}"


@login_not_required
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, so that it may serve the whole site."""
    if settings.DEBUG:
        _worker_source.cache_clear()
    return HttpResponse(_worker_source(), content_type="text/javascript; charset=utf-8")
