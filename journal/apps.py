from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = _("What is written")

    def ready(self) -> None:
        from accounts import ties
        from journal import sharing

        ties.when_ended(sharing.take_back_everything)
