from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CounselorConfig(AppConfig):
    name = "counselor"
    verbose_name = _("Counselors")

    def ready(self) -> None:
        from accounts import connections
        from counselor import workspace

        connections.on_end(workspace.leave_groups)
