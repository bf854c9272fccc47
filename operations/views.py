"""Addresses for machines: health checks, and what lets a browser install the site as an app."""

import hashlib
import json
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.keys import key_file
from journal.views import offline
from operations import health


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, migrations, library and keys can be used, else 503; says which, and no secret or path.

    Says too, in general terms, where the key is and that it must be kept apart.
    """
    state = {"database": health.database(), "keys": health.keys()}
    answer = {**state, "key_is": f"{key_file.location()}. {key_file.KEEP_A_COPY}"}
    return JsonResponse(answer, status=200 if set(state.values()) == {"ok"} else 503)


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C)."""
    icons = [
        {"src": static("icons/icon.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"},
        {"src": static("icons/icon-192.png"), "type": "image/png", "sizes": "192x192", "purpose": "any"},
        {"src": static("icons/icon-512.png"), "type": "image/png", "sizes": "512x512", "purpose": "any"},
        {"src": static("icons/icon-maskable-512.png"), "type": "image/png", "sizes": "512x512", "purpose": "maskable"},
    ]
    app = {
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
    return JsonResponse(app, content_type="application/manifest+json")


@login_not_required
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may serve the whole site."""
    if settings.DEBUG:
        _worker_source.cache_clear()
    return HttpResponse(_worker_source(), content_type="text/javascript; charset=utf-8")


@cache
def _worker_source() -> str:
    """The worker, which names the files of exactly this version of the site: a new version is another worker."""
    source = (settings.BASE_DIR / "static/js/service-worker.js").read_text(encoding="utf-8")
    shell = [static(path) for path in offline.SHELL]
    site = {"shell": [reverse("offline"), *shell], "offline": reverse("offline"), "outbox": static("js/outbox.js")}
    contents = [(settings.BASE_DIR / "static" / path).read_bytes() for path in offline.SHELL]
    page = [(settings.BASE_DIR / "templates" / name).read_bytes() for name in offline.TEMPLATES]
    catalogues = [path.read_bytes() for path in sorted((settings.BASE_DIR / "locale").rglob("*.mo"))]
    parts = [source.encode(), json.dumps(site).encode(), settings.LEAVE_TO.encode(), *page, *catalogues, *contents]
    version = hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    return f"const SITE = {json.dumps({'version': version, **site})};\n\n{source}"
