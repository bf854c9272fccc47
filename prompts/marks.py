"""A parent's marks on prompts: kept for later, or not to be asked."""

from django.utils import timezone

from accounts.models import User
from prompts.models import Mark


def put(parent: User, slug: str, kind: Mark.Kind) -> None:
    """Mark a prompt that exists. Idempotent; a mark of the other kind is replaced, and counts from now on."""
    if not Mark.objects.filter(parent=parent, prompt_id=slug, kind=kind).exists():
        Mark.objects.update_or_create(parent=parent, prompt_id=slug, defaults={"kind": kind, "marked_at": timezone.now()})


def remove(parent: User, slug: str) -> None:
    Mark.objects.filter(parent=parent, prompt_id=slug).delete()
