"""Connections between parents and counselors."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from common.ids import new_id
from common.names import validate_name


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def of_counselor(self, counselor: User) -> "ConnectionQuerySet":
        return self.filter(counselor=counselor)

    def of_parent(self, parent: User) -> "ConnectionQuerySet":
        return self.filter(parent=parent)

    def active(self) -> "ConnectionQuerySet":
        return self.filter(ended_at=None)

    def locked(self) -> "ConnectionQuerySet":
        """With these rows locked until the transaction under way ends: nobody else locks, changes or deletes them meanwhile.

        Rows that refer to them may be written. PostgreSQL may look a reference up again only when a transaction commits, and
        one that had to wait there holds the entry for which the holder of this lock waits.
        """
        return self.select_for_update(no_key=True)


class Connection(models.Model):
    """A parent's consent to one counselor.

    It has a data key of its own, which is destroyed when it ends. The row stays, as the parent's record of who read what.
    """

    class Ended(models.TextChoices):
        BY_PARENT = "parent", _("by the parent")
        BY_COUNSELOR = "counselor", _("by the counselor")
        CLOSED = "closed", _("the counselor left")
        HANDED = "handed", _("handed over to a colleague")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="client_connections", null=True)
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="counselor_connections")
    counselor_name = models.CharField(max_length=80)  # as in the workspace; kept when that closes
    practice = models.CharField(max_length=120, blank=True)
    parent_name = models.CharField(
        _("what they call you"), max_length=80, validators=[validate_name]
    )  # the name the parent gave this counselor
    sees_answered = models.BooleanField(_("sees that I answered"), default=False)
    informed_at = models.DateTimeField(null=True, blank=True)  # when the parent read what sharing means, before the first share
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=9, choices=Ended, blank=True)
    next_session_on = models.DateField(null=True, blank=True)  # as the counselor says, for both to see
    end_seen = models.BooleanField(default=True)  # false until the other side has been notified of the end

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ("parent_name", "id")
        constraints = [
            models.UniqueConstraint(fields=["counselor", "parent"], condition=Q(ended_at=None), name="accounts_connection_once"),
            models.CheckConstraint(condition=~Q(counselor=F("parent")), name="accounts_connection_between_two"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class HandOver(models.Model):
    """A counselor's wish that a colleague goes on with a client. Nothing passes on before the client accepts it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="hand_overs")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    to_name = models.CharField(max_length=80)  # as in the colleague's workspace
    asked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(default=False)
    answer_seen = models.BooleanField(default=True)  # false until the counselor who asked has read what the client answered
    successor = models.ForeignKey(Connection, models.SET_NULL, related_name="+", null=True, blank=True)  # what it became, if accepted

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(withdrawn_at=None, answered_at=None), name="accounts_handover_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
