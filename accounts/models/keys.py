"""The slots that keys lie in."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User, new_id
from accounts.models.ties import Tie


class KeySlotQuerySet(models.QuerySet["KeySlot"]):
    def for_instance(self, owner: uuid.UUID | None) -> "KeySlotQuerySet":
        """The slot of a person or of a tie that the installation itself can open; `None` is the installation's own."""
        whose = Q(owner=None, tie=None) if owner is None else Q(owner=owner) | Q(tie=owner)
        return self.filter(whose, kind=KeySlot.Kind.INSTANCE)

    def of_all(self, owners: list[uuid.UUID]) -> "KeySlotQuerySet":
        """The slots of many at once."""
        return self.filter(Q(owner__in=owners) | Q(tie__in=owners), kind=KeySlot.Kind.INSTANCE)


class KeySlot(models.Model):
    """A data key, wrapped: a person's, a tie's or the installation's. One owner may have several slots of other kinds later,
    all holding the same key."""

    class Kind(models.TextChoices):
        INSTANCE = "instance", _("the installation's key")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, models.CASCADE, related_name="key_slots", null=True)
    tie = models.ForeignKey(Tie, models.CASCADE, related_name="key_slots", null=True)  # neither of the two: the installation
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.INSTANCE)
    wrapped = models.BinaryField()
    params = models.JSONField(default=dict)  # {"key": id of the key-encryption key}
    created_at = models.DateTimeField(auto_now_add=True)

    objects = KeySlotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner"], condition=Q(kind="instance"), name="accounts_keyslot_one_instance_slot"),
            models.UniqueConstraint(fields=["tie"], condition=Q(kind="instance"), name="accounts_keyslot_one_slot_a_tie"),
            models.UniqueConstraint(fields=["kind"], condition=Q(owner=None, tie=None), name="accounts_keyslot_one_installation_slot"),
            models.CheckConstraint(condition=Q(owner=None) | Q(tie=None), name="accounts_keyslot_one_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} slot of {self.holder_id or 'the installation'}"

    @property
    def holder_id(self) -> uuid.UUID | None:
        """Whose key it holds: a person's id, a tie's, or None for the installation's."""
        return self.owner_id or self.tie_id
