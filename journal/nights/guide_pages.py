"""A hard-night guide's page: several short answers, saved as one text.

The text is all that is stored, so that saving, history and search need not know of parts: each answer stands below its
question, which is a line of its own in bold. static/js/guide.js does the same while somebody types.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from common.http import posted
from prompts.library.guides import GuideText


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a guide and what was written below it."""

    ask: str
    hint: str
    answer: str


def join_answers(asks: Sequence[str], answers: Sequence[str]) -> str:
    """The answers as one text; empty ones are left out."""
    return "\n\n".join(f"**{ask}**\n\n{answer}" for ask, answer in zip(asks, answers, strict=False) if answer.strip())


def split_answers(text: str, asks: Sequence[str]) -> list[str] | None:
    """The answers, one for each of `asks`, of a text that `join_answers` made of them; None where it was made otherwise."""
    lines: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in text.split("\n"):
        ask = line[2:-2] if line.startswith("**") and line.endswith("**") else ""
        if ask in asks and ask not in lines:
            current = lines[ask] = []
        elif current is not None:
            current.append(line)
        elif line.strip():
            return None
    last_ask = next(reversed(lines), None)
    answers = [_answer(lines.get(ask, []), is_last=ask == last_ask) for ask in asks]
    return answers if join_answers(asks, answers) == text else None


def _answer(lines: list[str], *, is_last: bool) -> str:
    """Without the empty line above it, and the one below it that separates it from the next question."""
    text = "\n".join(lines).removeprefix("\n")
    return text if is_last else text.removesuffix("\n")


def parts(guide: GuideText, text: str = "") -> list[Part] | None:
    """The guide's questions with their answers; None where the text is no longer made of them."""
    answers = split_answers(text, [part.ask for part in guide.parts]) if text else [""] * len(guide.parts)
    if answers is None:
        return None
    return [Part(part.ask, part.hint, answer) for part, answer in zip(guide.parts, answers, strict=True)]


def sent_text(data: QueryDict) -> str:
    """The text that a page sent: in one field or, from a guide's page without scripts, in a field for each part."""
    if "part" not in data:
        return data.get("text", "")
    answers = [answer.replace("\r\n", "\n") for answer in data.getlist("part")]
    return join_answers(data.getlist("ask"), answers)


def posted_text(request: HttpRequest) -> str:
    """The text that a page of this site was sending; "" where there is none that can be read."""
    return sent_text(posted(request))
