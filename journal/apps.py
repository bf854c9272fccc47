from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = _("What is written")

    def ready(self) -> None:
        from accounts import connections
        from accounts.security import locking
        from journal.exchange import exporting  # noqa: F401  registers a kind of job
        from journal.sharing import shares

        connections.on_end(shares.take_back_all)
        for left in (user_logged_out, locking.locked):
            left.connect(_forget_indexes)


def _forget_indexes(sender: object, **_about: object) -> None:
    """Whoever signs out, or locks their session, leaves no opened index behind."""
    from journal.finding.index import memory

    memory.clear()
