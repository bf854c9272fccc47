"""The HTML of texts that were saved while they were typed: made once they rest.

A background save stores the text alone, since the next one follows within seconds and nobody reads its HTML before. Whoever is
done with a page, or leaves it by a button, has it made by that save (`submission.submit`). Where they just went away, the clock
makes it here. A page that is read sooner is rendered for that reading, and nothing is written.
"""

import datetime as dt
import logging
import uuid

from django.db import transaction

from accounts.keys import keyring
from accounts.keys.crypto import KeyringError
from journal import content
from journal.models import Entry

logger = logging.getLogger("nightlight.rendering")

RESTED = dt.timedelta(minutes=5)  # whoever thinks for so long between two saves causes one rendering more than needed


def store_rested(now: dt.datetime) -> int:
    """Make the HTML of everybody's texts that have rested; returns of how many. Idempotent, and can be interrupted at any moment.

    Each is a transaction of its own, so that no save waits for long. What does not open is left as it is, and logged.
    """
    rested = Entry.objects.unrendered(now - RESTED).order_by("unrendered_at", "pk")
    return sum(_store(pk, now) for pk in list(rested.values_list("pk", flat=True)))


@keyring.cached()
def _store(pk: uuid.UUID, now: dt.datetime) -> bool:
    entry = Entry.objects.unrendered(now - RESTED).filter(pk=pk).first()
    try:
        return entry is not None and store_html(entry)
    except KeyringError as error:
        logger.error("The HTML of a page could not be made", exc_info=error)
        return False


def store_html(entry: Entry) -> bool:
    """Make and store the HTML of the version that `entry` was loaded as, where it was left out; says whether it did. Idempotent.

    Where another has been saved meanwhile, or the entry was deleted for good, nothing is stored.
    """
    if entry.unrendered_at is None:
        return False
    same = Entry.objects.filter(pk=entry.pk, version=entry.version, unrendered_at__isnull=False)
    if "content" in entry.get_deferred_fields():
        # Read with its version: by itself it could be that of a later one, and would not open.
        present = same.first()
        if present is None:
            return False
        entry = present
    rendered = content.render(entry.content.text)  # before any row is locked
    with transaction.atomic():
        locked = same.select_for_update().first()
        if locked is None:
            return False
        content.save_html(locked, rendered)
        return True
