"""Template tags of the pages for signing in and up: see TEMPLATES in config/settings.py."""

from allauth.account.adapter import get_adapter
from django import template
from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def signup_is_open(context: Context) -> bool:
    """False on a site whose operator creates the accounts, unless the visitor comes with an invitation."""
    is_open: bool = get_adapter().is_open_for_signup(context.get("request"))
    return is_open
