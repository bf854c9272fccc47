"""A parent's marks on prompts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from prompts.models.prompt import Prompt


class Mark(models.Model):
    """A prompt that a parent kept for later or does not want to be asked. A prompt has one mark of a parent at most."""

    class Kind(models.TextChoices):
        LATER = "later", _("Kept for later")
        NEVER = "never", _("Not for me")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="marks")
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "prompt"], name="prompts_mark_once")]

    def __str__(self) -> str:
        return f"{self.parent_id}/{self.prompt_id}"
