"""Texts of the library on pages."""

import re
from collections.abc import Sequence
from itertools import groupby

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from prompts import helplines

register = template.Library()

BULLET = "•"
HELP = re.compile(r"\b(Help|Ayuda)\b")  # as the page of that name is called in each language of the library


@register.filter
def with_help(text: str) -> SafeString:
    """The text with a link where it names the page Help. Escapes what is not safe."""
    link = format_html('<a href="{}">', reverse("help"))
    return mark_safe(HELP.sub(rf"{link}\1</a>", conditional_escape(text)))  # noqa: S308 -- escaped in the same line


@register.filter
def names_help(text: str | Sequence[str]) -> bool:
    """Whether the text, or one of its paragraphs, names the page Help: it speaks of safety then."""
    return any(HELP.search(paragraph) for paragraph in ([text] if isinstance(text, str) else text))


@register.filter
def with_lists(paragraphs: Sequence[str]) -> list[tuple[bool, list[str]]]:
    """The paragraphs in groups: those that begin with a bullet are the items of a list (True), without it; others are not."""
    return [
        (is_list, [text.removeprefix(BULLET).lstrip() for text in group])
        for is_list, group in groupby(paragraphs, key=lambda text: text.startswith(BULLET))
    ]


@register.simple_tag(takes_context=True)
def emergency_number(context: Context) -> str:
    """The number to call in the country that the visitor is likely in; "" where that is not known."""
    country = helplines.likely_country(context["request"], helplines.available())
    return country.emergency if country else ""


@register.simple_tag
def lang(language: str) -> SafeString:
    """The attribute of an element whose text is in another language than the page; nothing where it is in the page's, or not known."""
    return format_html(' lang="{}"', language) if language and language != get_language() else SafeString()
