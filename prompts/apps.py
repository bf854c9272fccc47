from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromptsConfig(AppConfig):
    name = "prompts"
    verbose_name = _("Questions")

    def ready(self) -> None:
        from accounts import connections
        from accounts.connections import hand_overs
        from prompts import passing_on, received

        connections.on_end(received.stop_all)
        hand_overs.on_hand_over(passing_on.pass_on)
