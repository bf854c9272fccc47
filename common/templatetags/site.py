"""Small helpers that every template has: see TEMPLATES in config/settings.py."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, hidden from screen readers: there has to be text beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', static("icons/sprite.svg"), name
    )


@register.simple_tag
def mail_is_printed() -> bool:
    """True on a site without a mail server."""
    return settings.MAILER is None


@register.simple_tag
def leave_to() -> str:
    """The address that *Leave quickly* leads to."""
    address: str = settings.LEAVE_TO
    return address
