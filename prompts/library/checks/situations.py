"""The editorial rules for ready-made sets."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from prompts.library.checks.editorial import check_wording
from prompts.library.prompts import Library, PromptText
from prompts.library.sets import GROUPS, SetText
from prompts.models import Depth

NAME_LIMIT = 60  # characters
LINE_LIMIT = 120  # characters
INTRODUCTION_LIMIT = 75  # words
CAUTION_LIMIT = 60  # words
NOTE_LIMIT = 300  # characters
NIGHTS = range(5, 8)
OWN_PROMPTS = 4  # that are written for a set, at least
DEEP_PROMPTS = 2  # at most
WHAT_OR_WHICH = re.compile(r"wh(?:at|ich)\b", re.IGNORECASE)
# What happened to a family has this name where a set says what it is about, though no text may make a diagnosis.
OF_THE_SITUATION = re.compile(r"\bdiagnosis\b", re.IGNORECASE)


def check(library: Library, all_sets: dict[str, SetText]) -> list[str]:
    """One sentence for each broken rule about ready-made sets; empty where there is none."""
    prompts = {prompt.slug: prompt for prompt in library.prompts}
    opt_in = {theme.slug for theme in library.themes if theme.opt_in}
    return [f"sets/{one.slug}: {problem}" for one in all_sets.values() for problem in _check_set(one, prompts, opt_in)]


def check_lengths(one: SetText) -> Iterator[str]:
    """What is wrong, in any language, with the texts that a list shows."""
    if len(one.name) > NAME_LIMIT:
        yield f"its name has at most {NAME_LIMIT} characters"
    if len(one.line) > LINE_LIMIT or not one.line.endswith("."):
        yield f"its line is one sentence of at most {LINE_LIMIT} characters"
    if any(len(step.note) > NOTE_LIMIT for step in one.steps):
        yield f"a note has at most {NOTE_LIMIT} characters"


def _check_set(one: SetText, prompts: dict[str, PromptText], opt_in: set[str]) -> Iterator[str]:
    if one.group not in GROUPS:
        yield f"group {one.group!r} is not one of {', '.join(GROUPS)}"
    yield from check_lengths(one)
    yield from _check_before(one)
    yield from _check_steps(one, prompts, opt_in)
    yield from _check_texts(one)


def _check_before(one: SetText) -> Iterator[str]:
    if not 1 <= len(one.introduction) <= 2 or _words(one.introduction) > INTRODUCTION_LIMIT:
        yield f"an introduction of one or two paragraphs and at most {INTRODUCTION_LIMIT} words is wanted"
    if not one.caution or _words(one.caution) > CAUTION_LIMIT:
        yield f"a caution of at most {CAUTION_LIMIT} words is wanted"
    if one.help_first and not any("Help" in paragraph for paragraph in one.caution):
        yield "a set that shows the number to call first names Help in its caution"


def _check_steps(one: SetText, prompts: dict[str, PromptText], opt_in: set[str]) -> Iterator[str]:
    if one.nights not in NIGHTS:
        yield f"has {one.nights} nights; {NIGHTS.start} to {NIGHTS.stop - 1} are wanted"
    for slug, count in Counter(one.prompts).items():
        if slug not in prompts:
            yield f"there is no prompt {slug}"
        if count > 1:
            yield f"{slug} is {count} steps"
    asked = [prompts[slug] for slug in one.prompts if slug in prompts]
    if praying := [prompt.slug for prompt in asked if prompt.theme in opt_in]:
        yield f"{', '.join(praying)}: of a theme that is asked only of parents who chose it"
    if sum(not prompt.daily for prompt in asked) < OWN_PROMPTS:
        yield f"at least {OWN_PROMPTS} prompts written for it are wanted"
    if 3 * sum(bool(WHAT_OR_WHICH.match(prompt.question)) for prompt in asked) > len(asked):
        yield "more than a third of its questions begin with What or Which"
    yield from _check_depths([prompt.depth for prompt in asked])


def _check_depths(depths: list[str]) -> Iterator[str]:
    if depths and depths[0] != Depth.LIGHT:
        yield "its first question is light"
    if depths and depths[-1] == Depth.DEEP:
        yield "its last question can be put down, so it is not deep"
    if depths.count(Depth.DEEP) > DEEP_PROMPTS or (Depth.DEEP, Depth.DEEP) in pairwise(depths):
        yield f"at most {DEEP_PROMPTS} of its questions are deep, and never two in a row"


def _check_texts(one: SetText) -> Iterator[str]:
    on_the_list = [OF_THE_SITUATION.sub("news", text) for text in (one.name, one.line, one.for_whom, one.not_for_whom)]
    for text in (*on_the_list, *one.introduction, *one.caution, *(step.note for step in one.steps)):
        for problem in check_wording(text):
            yield f"{problem}: {text[:40]}"


def _words(paragraphs: tuple[str, ...]) -> int:
    return sum(len(paragraph.split()) for paragraph in paragraphs)
