"""What a parent makes of a prompt: kept for later, put away for good, or neither."""

from django.utils import timezone

from accounts.models import User
from prompts.models import Mark


def put(parent: User, slug: str, kind: Mark.Kind) -> None:
    """Mark a prompt that is there. Safe to repeat; a mark of the other kind is replaced, and counts from now on."""
    if not Mark.objects.filter(parent=parent, prompt_id=slug, kind=kind).exists():
        Mark.objects.update_or_create(parent=parent, prompt_id=slug, defaults={"kind": kind, "marked_at": timezone.now()})


def take_back(parent: User, slug: str) -> None:
    Mark.objects.filter(parent=parent, prompt_id=slug).delete()
