"""Markdown to safe HTML. The only package that imports Markdown and bleach; `render` runs when text is saved.

A text is cut into sections. Those without any sign of Markdown are put into paragraphs; the others are converted by
Python-Markdown with the extension of this package, and the result is sanitised with an allow-list. All of it has one budget
of work: what would go beyond it is shown as it was typed.
"""

from bleach import Cleaner
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown

from journal.markup import budget as prices
from journal.markup.budget import Budget, OverBudget
from journal.markup.cleaning import ATTRIBUTES, TAGS, new_cleaner
from journal.markup.converter import new_converter
from journal.markup.excerpts import EXCERPT_LENGTH, excerpt
from journal.markup.sections import split
from journal.markup.text import normalise, plain_html

__all__ = ["ATTRIBUTES", "EXCERPT_LENGTH", "RENDERER", "TAGS", "excerpt", "render", "stored"]

RENDERER = 2  # increase it when the same text gives other HTML: `stored` then renders it again


def _converted(text: str, budget: Budget, to_html: Markdown, to_safe_html: Cleaner) -> str:
    """Sanitised HTML; "" where it would go beyond the budget."""
    try:
        budget.spend(prices.SECTION)
        return to_safe_html.clean(to_html.reset().convert(text))
    except OverBudget:
        return ""


def render(text: str) -> SafeString:
    """Sanitised HTML of a Markdown text, in bounded time: no raw HTML, no pictures, nothing that is run or fetched."""
    budget = Budget()
    to_html, to_safe_html = new_converter(budget), new_cleaner()
    normalised = normalise(text)
    rendered: list[str] = []
    for section in split(normalised):
        if budget.left < prices.SECTION:
            rendered.append(plain_html(normalised[section.start :]))
            break
        html = "" if section.is_plain else _converted(section.text, budget, to_html, to_safe_html)
        rendered.append(html or plain_html(section.text))
    return mark_safe("\n".join(rendered))  # noqa: S308  each section is sanitised, or escaped


def stored(html: str, renderer: int, text: str) -> SafeString:
    """The `html` that was rendered when `text` was saved; rendered again where `renderer` is not the present one."""
    if renderer == RENDERER:
        return mark_safe(html)  # noqa: S308  sanitised by `render` when it was stored, and sealed since
    return render(text)
