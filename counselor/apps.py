from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CounselorConfig(AppConfig):
    name = "counselor"
    verbose_name = _("Counselors")

    def ready(self) -> None:
        from accounts import connections, leaving
        from counselor import admin, practices, workspace  # noqa: F401  the first registers what it holds
        from counselor.clients import examples

        connections.on_end(workspace.leave_groups)
        leaving.on_delete(practices.leave_for_good)
        leaving.on_delete(examples.forget_set)
