"""A page as a Markdown file with YAML front matter, as Obsidian and Hugo read it."""

import json
import re
from collections import Counter
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from journal.exchange.nightlight.pages import Page

SLUG_LENGTH = 48  # characters
# What JSON may hold as it is and YAML may not.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def scalar(value: str) -> str:
    """A text as YAML writes it in double quotes, which is how JSON does."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", _ENCODER.encode(value))


def front_matter(page: Page, evening: str, zone: ZoneInfo, children: list[str]) -> str:
    """`title` is the question or, where there was none, the evening in words. `date` is when the page was begun, where its author lives."""
    summary = page.summary
    lines = [
        f"title: {scalar(summary.question or evening)}",
        f"date: {page.created_at.astimezone(zone).isoformat(timespec='seconds')}",
        f"lastmod: {page.saved_at.astimezone(zone).isoformat(timespec='seconds')}",
        f"night: {page.night.isoformat()}",
    ]
    if summary.question:
        lines.append(f"question: {scalar(summary.question)}")
    if summary.feeling:
        lines.append(f"feeling: {summary.feeling}")
    if children:
        lines.append(f"about: [{', '.join(map(scalar, children))}]")
    if summary.repair:
        lines.append(f"repair: {summary.repair}")
    lines.append(f"id: {page.pk}")
    return "---\n" + "\n".join(lines) + "\n---\n"


class Names:
    """Names of files: `entries/2026/2026-11-27-what-surprised-me.md`, each once, whatever the file system makes of large and small letters."""

    def __init__(self) -> None:
        self._taken = Counter[str]()
        self._slug = lru_cache(1000)(_slug)  # most questions are asked again and again

    def name(self, page: Page) -> str:
        words = self._slug(page.summary.question) or ("page" if page.kind == "free" else "night")
        name = f"entries/{page.night.year:04d}/{page.night.isoformat()}-{words}"
        self._taken[name] += 1
        return f"{name}-{self._taken[name]}.md" if self._taken[name] > 1 else f"{name}.md"


def _slug(question: str) -> str:
    return slugify(question)[:SLUG_LENGTH].strip("-") if question else ""
