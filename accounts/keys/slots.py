"""Key slots: the rows that hold wrapped data keys."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import new_id


class KeySlotQuerySet(models.QuerySet["KeySlot"]):
    def for_owner(self, owner: uuid.UUID | None) -> "KeySlotQuerySet":
        """The slot of a person or a connection that the installation itself can open; `None` is the installation's own."""
        holder = Q(owner=None, connection=None) if owner is None else Q(owner=owner) | Q(connection=owner)
        return self.filter(holder, kind=KeySlot.Kind.INSTANCE)

    def for_owners(self, owners: list[uuid.UUID]) -> "KeySlotQuerySet":
        """The slots of many people or connections at once."""
        return self.filter(Q(owner__in=owners) | Q(connection__in=owners), kind=KeySlot.Kind.INSTANCE)


class KeySlot(models.Model):
    """A wrapped data key of a person, a connection or the installation.

    An owner may have several slots of other kinds later (a passphrase, say), all holding the same key.
    """

    class Kind(models.TextChoices):
        INSTANCE = "instance", _("the installation's key")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # With neither of the two, the slot is the installation's.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="key_slots", null=True)
    connection = models.ForeignKey("accounts.Connection", models.CASCADE, related_name="key_slots", null=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.INSTANCE)
    wrapped = models.BinaryField()
    params = models.JSONField(default=dict)  # {"key": id of the key-encryption key}
    created_at = models.DateTimeField(auto_now_add=True)

    objects = KeySlotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner"], condition=Q(kind="instance"), name="accounts_keyslot_one_per_owner"),
            models.UniqueConstraint(fields=["connection"], condition=Q(kind="instance"), name="accounts_keyslot_one_per_connection"),
            models.UniqueConstraint(fields=["kind"], condition=Q(owner=None, connection=None), name="accounts_keyslot_one_installation"),
            models.CheckConstraint(condition=Q(owner=None) | Q(connection=None), name="accounts_keyslot_one_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} slot of {self.holder_id or 'the installation'}"

    @property
    def holder_id(self) -> uuid.UUID | None:
        """Whose key it holds: a person's or connection's id, or None for the installation's."""
        return self.owner_id or self.connection_id
