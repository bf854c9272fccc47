"""Under which ids rows come in: their own where these are free, so that a journal that comes back is the same."""

import hashlib
import uuid
from collections.abc import Iterable

from django.db import models

from accounts.models import User


def derived(pk: uuid.UUID, owner: User) -> uuid.UUID:
    """An id of this person's own that follows from another: the same each time, and as early or late among others."""
    digest = hashlib.sha256(pk.bytes + owner.pk.bytes).digest()
    return uuid.UUID(bytes=pk.bytes[:6] + bytes([0x70 | digest[0] & 0x0F, digest[1], 0x80 | digest[2] & 0x3F]) + digest[3:10])


class Identities:
    """Which ids of a file stand for which of this account's; `children` are those of children."""

    def __init__(self, owner: User) -> None:
        self._owner = owner
        self._changed: dict[uuid.UUID, uuid.UUID] = {}
        self.children: dict[str, str] = {child.id: child.id for child in owner.children.all}

    def settle(self, model: type[models.Model], owned_by: str, keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Find ids for these rows, of which `owned_by` names whose they are; returns those ids of the file that are here already.

        An id that somebody else's row has, or had, is never used, and nothing is said of it.
        """
        wanted = list(keys)
        others = {key: derived(key, self._owner) for key in wanted}
        rows = model._default_manager.filter(pk__in=[*wanted, *others.values()]).values_list("pk", owned_by)
        owners = dict(rows)
        here: set[uuid.UUID] = set()
        for key in wanted:
            if owners.get(key, self._owner.pk) != self._owner.pk or others[key] in owners:
                self._changed[key] = others[key]
            if self.of(key) in owners:
                here.add(key)
        return here

    def of(self, key: uuid.UUID) -> uuid.UUID:
        return self._changed.get(key, key)

    def of_text(self, key: object) -> object:
        """The same for an id as a file writes it; anything else stays as it is."""
        try:
            return str(self.of(uuid.UUID(key))) if isinstance(key, str) else key
        except ValueError:
            return key
