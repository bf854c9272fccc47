"""Every address of the site. Each one stands in the table of tests/system/test_access.py, too."""

from django.contrib import admin
from django.urls import include, path

from journal.views import device, errors, leaving, operator, public

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("", public.home, name="home"),
    path("privacy/", public.privacy, name="privacy"),
    path("help/", public.help_page, name="help"),
    path("help/leaving-quickly/", leaving.explained, name="leaving_explained"),
    path("help/shared-device/", public.shared_device, name="shared_device"),
    path("leave/", leaving.leave, name="leave"),
    path("", include("journal.urls")),
    path("prompts/", include("prompts.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("offline/", device.offline, name="offline"),
    path("manifest.webmanifest", device.manifest, name="manifest"),
    path("service-worker.js", device.service_worker, name="service_worker"),
    path("healthz", operator.healthz, name="healthz"),
    path("readyz", operator.readyz, name="readyz"),
]
