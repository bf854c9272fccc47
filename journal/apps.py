from collections.abc import Collection
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = _("Writing")

    def ready(self) -> None:
        from accounts import connections, leaving
        from accounts.security import locking
        from journal import files, jobs
        from journal.exchange import exporting  # noqa: F401  these register kinds of jobs
        from journal.exchange.book import making  # noqa: F401
        from journal.exchange.importing import preview, taking  # noqa: F401
        from journal.sharing import shares

        leaving.on_delete(jobs.forget_tasks)
        post_save.connect(_replan_messages, sender=settings.AUTH_USER_MODEL)
        post_delete.connect(files.delete_of_attachment, sender="journal.Attachment")
        connections.on_end(shares.take_back_all)
        for left in (user_logged_out, locking.locked):
            left.connect(_forget_indexes)


def _forget_indexes(sender: object, **_about: object) -> None:
    """Whoever signs out, or locks their session, leaves no opened index behind."""
    from journal.finding.index import memory

    memory.clear()


def _replan_messages(instance: "User", created: bool, update_fields: Collection[str] | None, **_about: object) -> None:
    """Somebody's night begins and ends at other moments now."""
    from journal.messages import plans

    if not created and not {"time_zone", "night_ends_at"}.isdisjoint(update_fields or {"time_zone"}):
        plans.replan(instance, timezone.now())
