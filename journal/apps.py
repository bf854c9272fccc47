from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = _("What is written")

    def ready(self) -> None:
        from accounts import connections
        from journal.sharing import shares

        connections.on_end(shares.take_back_all)
