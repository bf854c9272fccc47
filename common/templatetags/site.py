"""Small helpers that every template has: see TEMPLATES in config/settings.py.

What is the same for everybody is looked up or rendered once in a process.
"""

from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import ResolverMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import empty
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from common.http import is_navigation
from common.rendering import failures as form_failures
from common.rendering.failures import Failure
from common.rendering.isolation import isolated, listed
from common.rendering.navigation import marked

MANY = 100  # a number of things to read that is not told exactly

register = template.Library()
register.filter(isolated)
register.filter(listed)
register.filter(is_navigation)


class AddressNode(URLNode):
    """Django's `{% url %}`, which takes an address without arguments from a cache: a page's frame has a dozen of them."""

    def render(self, context: Context) -> str:
        request = getattr(context, "request", None)
        if self.args or self.kwargs or self.asvar or not context.autoescape or hasattr(request, "current_app"):  # the last: the admin
            return str(super().render(context))
        return _address(self.view_name.resolve(context), get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    node = parse_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)


@lru_cache(maxsize=512)
def _address(name: str, urlconf: str, _script_prefix: str) -> SafeString:
    return conditional_escape(reverse(name, urlconf))


@register.simple_tag
def same_for_all(template_name: str, **values: str | int | bool | None) -> SafeString:
    """A template that depends on the language and these values alone, never on a person: rendered once in a process for each."""
    if settings.DEBUG:
        return render_to_string(template_name, values)
    addresses = get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()
    return _rendered(template_name, get_language(), addresses, *values.items())


@lru_cache(maxsize=512)
def _rendered(
    template_name: str, _language: str | None, _addresses: tuple[str, str], *values: tuple[str, str | int | bool | None]
) -> SafeString:
    return render_to_string(template_name, dict(values))


@register.simple_tag(takes_context=True)
def failures(context: Context) -> list[Failure]:
    """What is wrong with the page's forms: skeleton.html lists it above them."""
    values = context.flatten()
    return form_failures.of_page(values.get("problems"), values.values())


@register.simple_tag(takes_context=True)
def person_at_hand(context: Context) -> object:
    """Whoever is signed in, or Django's `AnonymousUser`, if that was found out already; else None. It is never looked up."""
    user = getattr(context.get("request"), "user", None)
    return None if getattr(user, "_wrapped", user) is empty else user


@register.simple_tag
def navigation(role: str, match: ResolverMatch | None = None, to_read: int = 0) -> SafeString:
    """The navigation of a visitor (role ""), a parent, a counselor, or a locked session, with the area of the open page marked.

    `to_read`: how much waits for a counselor, which stands beside their first link.
    """
    link, current = marked(role, match)
    number = f"{to_read}" if to_read < MANY else f"{MANY - 1}+"
    return same_for_all("components/nav.html", role=role, link=link, current=current, to_read=number if to_read else "")


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon, hidden from screen readers: there has to be text beside it."""
    return _icon(name)


@cache
def _icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', static("icons/icon.svg"), name
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
