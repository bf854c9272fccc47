"""For the navigation of counselors: how much waits to be read."""

from django import template
from django.template import Context

from accounts.models import User
from counselor.clients import waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def count_to_read(context: Context) -> int:
    """How many answers and replies wait for the counselor who is signed in. One query, none where the page says it as `to_read`."""
    known = context.get("to_read")
    if known is not None:
        return int(known)
    user = getattr(context.get("request"), "user", None)
    return waiting.total(user) if isinstance(user, User) else 0
