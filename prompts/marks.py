"""A parent's marks on prompts: kept for later, or not to be asked."""

from django.utils import timezone

from accounts.models import User
from prompts.models import Mark


def put(parent: User, slug: str, kind: Mark.Kind) -> None:
    """Mark the prompt with this slug, which has to exist. Idempotent; a mark of the other kind is replaced, with a new date."""
    if not Mark.objects.filter(parent=parent, prompt_id=slug, kind=kind).exists():
        Mark.objects.update_or_create(parent=parent, prompt_id=slug, defaults={"kind": kind, "marked_at": timezone.now()})


def remove(parent: User, slug: str) -> None:
    """Remove the parent's mark, of either kind, from a prompt. Idempotent."""
    Mark.objects.filter(parent=parent, prompt_id=slug).delete()
