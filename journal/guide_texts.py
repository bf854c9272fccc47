"""How the text of a hard-night guide is read: each question apart from what was answered.

A guide's answers are stored as one text, each below its question in bold (journal/nights/guide_pages.py). Nothing here changes
that text: it is told by the words of the questions, in every language, so it also holds for copies that were shared.
"""

import html
import re
from functools import cache

from django.utils.safestring import SafeString, mark_safe

from prompts.library import guides, translations

QUESTION = re.compile(r"<p><strong>([^<]+)</strong></p>")
BETWEEN = " · "


@cache
def _questions() -> frozenset[str]:
    """Every question of every guide, in every language."""
    languages = ("en", *translations.languages())
    return frozenset(part.ask for language in languages for guide in guides.read(language).values() for part in guide.parts)


def apart(rendered: SafeString) -> SafeString:
    """The sanitised HTML of a text, in which the questions of guides are headings."""
    if "<p><strong>" not in rendered:
        return rendered
    return mark_safe(QUESTION.sub(_heading, rendered))  # noqa: S308  the same HTML, with other tags around what is known


def _heading(found: re.Match[str]) -> str:
    return f'<h2 class="ask">{found[1]}</h2>' if html.unescape(found[1]) in _questions() else found[0]


def answers(text: str) -> str:
    """The answers of a guide's text without their questions, for its excerpt."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.startswith("**") and line.endswith("**") and line[2:-2] in _questions():
            parts.append([])
        else:
            parts[-1].append(line)
    return BETWEEN.join(answer for part in parts if (answer := "\n".join(part).strip()))


@cache
def _any_question() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_questions(), key=len, reverse=True))))


def preview(excerpt: str) -> str:
    """The excerpt of a guide's text as lists show it: some that are stored have the questions between the answers.

    Those begin with one. In any other, a question is what somebody quoted.
    """
    if not _any_question().match(excerpt):
        return excerpt
    return BETWEEN.join(answer for part in _any_question().split(excerpt) if (answer := part.strip()))
