"""A hard-night guide's page: several small answers kept as one text.

The text is what is saved, so that saving, history and search know nothing of parts: each answer stands under its
question, which is a line of its own in bold. The same is done by static/js/guide.js while somebody types.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from common.http import posted
from prompts.library.guides import GuideText


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a guide and what was written under it."""

    ask: str
    hint: str
    answer: str


def together(asks: Sequence[str], answers: Sequence[str]) -> str:
    """The answers as one text; what was left empty is left out."""
    return "\n\n".join(f"**{ask}**\n\n{answer}" for ask, answer in zip(asks, answers, strict=False) if answer.strip())


def apart(text: str, asks: Sequence[str]) -> list[str] | None:
    """The answers of a text that `together` made of these questions, or None where it was changed into something else."""
    answers = dict.fromkeys(asks, "")
    here: str | None = None
    lines: dict[str, list[str]] = {}
    for line in text.split("\n"):
        ask = line[2:-2] if line.startswith("**") and line.endswith("**") else ""
        if ask in answers and ask not in lines:
            here = ask
            lines[ask] = []
        elif here is not None:
            lines[here].append(line)
        elif line.strip():
            return None
    found = list(lines)
    for ask in found:
        body = "\n".join(lines[ask]).removeprefix("\n")
        answers[ask] = body.removesuffix("\n") if ask != found[-1] else body
    given = [answers[ask] for ask in asks]
    return given if together(asks, given) == text else None


def parts(guide: GuideText, text: str = "") -> list[Part] | None:
    """The guide's questions with their answers; None where the text is no longer made of them."""
    answers = apart(text, [part.ask for part in guide.parts]) if text else [""] * len(guide.parts)
    if answers is None:
        return None
    return [Part(part.ask, part.hint, answer) for part, answer in zip(guide.parts, answers, strict=True)]


def typed(sent: QueryDict) -> str:
    """The text of a page as it was sent: one field, or, by a guide's page without scripts, a field for each part."""
    if "part" not in sent:
        return sent.get("text", "")
    answers = [answer.replace("\r\n", "\n") for answer in sent.getlist("part")]
    return together(sent.getlist("ask"), answers)


def typed_text(request: HttpRequest) -> str:
    """The text that a page of ours was sending, or ""."""
    return typed(posted(request))
