"""Every URL of the site. docs/architecture.md says where the view, form, template and test of each are.

Parents and counselors use the same URLs for shared answers, each with views of their own.
"""

from django.contrib import admin
from django.urls import include, path

from accounts.decorators import by_role, for_either
from accounts.views import home, passkeys, privacy
from common import errors
from counselor.views import for_counselors
from counselor.views import shared as counselor_shared
from journal.views import leave, offline
from journal.views.sharing import shared as parent_shared
from operations import views
from prompts.views import help

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("for-counselors/", for_counselors.for_counselors, name="for_counselors"),
    path("help/", help.help, name="help"),
    path("help/counselors/", help.counselors_help, name="counselors_help"),
    path("help/leaving-quickly/", help.leaving_quickly, name="leaving_quickly"),
    path("help/shared-device/", help.shared_device, name="shared_device"),
    path("leave/", leave.leave, name="leave"),
    path("offline/", offline.offline, name="offline"),
    path("journal/shared/", by_role(parent=parent_shared.shared, counselor=counselor_shared.shared), name="shared"),
    path(
        "journal/shared/<uuid:pk>/",
        for_either(parent=parent_shared.shared_answer, counselor=counselor_shared.shared_answer),
        name="shared_answer",
    ),
    path(
        "journal/shared/<uuid:pk>/open/",
        for_either(parent=parent_shared.shared_open, counselor=counselor_shared.shared_open),
        name="shared_open",
    ),
    path(
        "journal/shared/<uuid:pk>/reply/",
        for_either(parent=parent_shared.shared_reply, counselor=counselor_shared.shared_reply),
        name="shared_reply",
    ),
    path(
        "journal/shared/<uuid:pk>/draft/",
        for_either(parent=parent_shared.shared_draft, counselor=counselor_shared.shared_draft),
        name="shared_draft",
    ),
    path("", include("counselor.urls")),
    path("", include("journal.urls")),
    path("", include("prompts.urls")),  # after those above: prompts/<slug>/ would match some of their paths
    path("", include("accounts.urls")),
    path("accounts/2fa/webauthn/reauthenticate/", passkeys.confirm, name="mfa_reauthenticate_webauthn"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
