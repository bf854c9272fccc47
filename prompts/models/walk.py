"""Paths that parents walk."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from common.ids import new_id


class WalkQuerySet(models.QuerySet["Walk"]):
    def by(self, walker: User) -> "WalkQuerySet":
        return self.filter(walker=walker)

    def under_way(self) -> "WalkQuerySet":
        """The one that is not paused: at most one for each walker."""
        return self.filter(paused=False)


class Walk(models.Model):
    """A path that a parent has begun. Which steps are done follows from their entries since: see journal/nights/walks.py."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    walker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="walks")
    path = models.SlugField()  # the name of a file in prompts/library/data/en/paths, without .toml
    started = models.DateField()  # the night on which it was begun; entries before it do not count
    paused = models.BooleanField(default=False)
    skipped = models.JSONField(default=list, blank=True)  # list of str: the prompt slugs of skipped steps

    objects = WalkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["walker", "path"], name="prompts_walk_once"),
            models.UniqueConstraint(fields=["walker"], condition=Q(paused=False), name="prompts_walk_one_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.walker_id}/{self.path}"
