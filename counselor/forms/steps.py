"""Changing the steps of a set on the builder's page. What is taken out there stays among them, at its place, until the page is left."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.text import normalize_newlines

from common.ids import new_id
from common.text import one_line
from counselor.sets import SetStep, Steps
from prompts import questions
from prompts.models import QUESTION_LIMIT

# --- Changing the steps. An unknown key, or a move past an end, changes nothing.


def with_prompt(steps: Steps, key: str, slug: str) -> Steps:
    """With a prompt of the library as last step, unless it is a step already, is unknown, or is retired.

    One that was taken out comes back as it was, as the last.
    """
    prompt = questions.prompt(slug)
    if prompt is None or prompt.retired or any(step.prompt == slug and not step.is_out for step in steps):
        return steps
    taken_out = next((step for step in steps if step.prompt == slug), None)
    if taken_out is not None:
        return (*(step for step in steps if step is not taken_out), replace(taken_out, is_out=False))
    return (*steps, SetStep(_free_key(steps, key), prompt=slug))


def with_questions(steps: Steps, key: str, asked: Iterable[str]) -> Steps:
    """With questions of the counselor's own as last steps, in their order. Deterministic per `key` (hex)."""
    for number, question in enumerate(asked):
        steps = (*steps, SetStep(_free_key(steps, uuid.uuid5(uuid.UUID(key), str(number)).hex if number else key), question=question))
    return steps


def _free_key(steps: Steps, key: str) -> str:
    return new_id().hex if any(step.key == key for step in steps) else key


def moved(steps: Steps, key: str, by: Literal[-1, 1]) -> Steps:
    """With one step on the other side of its neighbour. What was taken out is no neighbour, and stays behind."""
    position = next((number for number, step in enumerate(steps) if step.key == key and not step.is_out), None)
    if position is None:
        return steps
    beyond = range(position + 1, len(steps)) if by > 0 else range(position - 1, -1, -1)
    target = next((number for number in beyond if not steps[number].is_out), position)
    order = list(steps)
    order.insert(target, order.pop(position))
    return tuple(order)


def without(steps: Steps, key: str) -> Steps:
    """With one step taken out; it keeps its place."""
    return tuple(replace(step, is_out=True) if step.key == key else step for step in steps)


def with_again(steps: Steps, key: str) -> Steps:
    """With a step that was taken out back at its place, unless its prompt is among the others by now."""
    asked = {step.prompt for step in steps if step.prompt and not step.is_out}
    return tuple(replace(step, is_out=step.prompt in asked) if step.is_out and step.key == key else step for step in steps)


# --- Questions that are typed or pasted, one a line.


@dataclass(frozen=True, slots=True)
class Pasted:
    """The questions among some lines; the lines that were left out, as they were; and why, by number."""

    questions: tuple[str, ...] = ()
    rest: str = ""
    too_long: tuple[int, ...] = ()
    no_room: int = 0


# "1.", "2)", "(3)", "a)", "Q4:", and what lists begin with elsewhere; a number without any of that may belong to the question.
_MARK = re.compile(r"\s*(?:(?:\(?(?:\d{1,3}|[a-zA-Z])\)|\d{1,3}[.:]|[QqPp]\d{1,3}[.:)])(?=\s|$)|[-*+•‣◦▪·–—](?=\s|$)|[☐☑✓])\s*")


def _question_of(line: str) -> str:
    question = one_line(line)
    mark = _MARK.match(question)
    return question[mark.end() :] if mark else question


def pasted(text: str, room: int) -> Pasted:
    """One question from each line that is not blank, without its number or bullet, as long as there is room for it."""
    asked: list[str] = []
    rest: list[str] = []
    too_long: list[int] = []
    no_room = 0
    for number, line in enumerate(normalize_newlines(text).split("\n"), start=1):
        question = _question_of(line)
        if not question:
            continue
        if len(question) > QUESTION_LIMIT:
            too_long.append(number)
        elif len(asked) >= room:
            no_room += 1
        else:
            asked.append(question)
            continue
        rest.append(line)
    return Pasted(tuple(asked), "\n".join(rest), tuple(too_long), no_room)
