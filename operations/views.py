"""Endpoints for machines: health checks, and the manifest and service worker that make the site installable."""

import hashlib
import json
import logging
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from journal.views import offline
from operations import arrival, health

logger = logging.getLogger("nightlight.health")


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: the process answers. Uses neither database nor keys."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: 200 where database, migrations, library and keys can be used, else 503.

    Why not is nobody's business who happens to ask: the log says it, and `manage.py health`.
    """
    faults = health.faults()
    if faults:
        logger.error("Not ready: %s.", "; ".join(faults))
    text = "not ready\n" if faults else "ready\n"
    response = HttpResponse(text, content_type="text/plain", status=503 if faults else 200)
    arrival.answer(request, response)
    return response


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
    data = {
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
    return JsonResponse(data, content_type="application/manifest+json")


@login_not_required
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that its scope is the whole site."""
    if settings.DEBUG:
        _worker_source.cache_clear()
    return HttpResponse(_worker_source(), content_type="text/javascript; charset=utf-8")


@cache
def _worker_source() -> str:
    """The worker's script. It names a hash of all that it caches, so that a browser replaces it when any of that changes."""
    source = (settings.BASE_DIR / "static/js/service-worker.js").read_text(encoding="utf-8")
    shell = [static(path) for path in offline.SHELL]
    script = static(offline.WORKER_SCRIPT)
    config = {"shell": [reverse("offline"), *shell], "offline": reverse("offline"), "script": script, "icon": static("icons/icon-192.png")}
    # In production an address names its content; elsewhere that has to be looked at.
    files = [Path(path).read_bytes() for name in offline.SHELL if static(name).endswith(name) and (path := finders.find(name))]
    templates = [(settings.BASE_DIR / "templates" / name).read_bytes() for name in offline.TEMPLATES]
    catalogues = [path.read_bytes() for path in sorted((settings.BASE_DIR / "locale").rglob("*.mo"))]
    parts = [source.encode(), json.dumps(config).encode(), settings.LEAVE_TO.encode(), *templates, *catalogues, *files]
    version = hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    return f"const SITE = {json.dumps({'version': version, **config})};\n\n{source}"
