"""No pure function's work grows faster than its input: at twice the size it takes 2.5 times as long at most.

A function of a text, of a history or of a list belongs in `WORK`, with the worst input that anybody found for it.
"""

import datetime as dt
import uuid
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.safestring import SafeString

from accounts.keys import padding
from common import dates, nights, numbers, text
from common.kept_forms import Typed
from counselor.set_files import csv_files, toml_files
from journal import guide_texts, markup
from journal.diff import folding, merge
from journal.diff.compare import Kind, Line, Segment, compare
from journal.diff.sequences import Differ
from journal.finding.insights import counting, pictures
from journal.finding.insights.counting import Page
from journal.history import retention, revisions
from journal.history.retention import RevisionInfo
from journal.models import EntrySummary, Size
from journal.nights import guide_pages
from prompts import cadence, search, tonight, wording
from prompts.cadence import Rhythm
from prompts.library import guides
from prompts.models import Assignment, SetContent
from prompts.tonight import Asked
from tests.factories import make_question
from tests.growth import Work, steepest

LIMIT = 2.8  # n log n is 2.2 at most; n to the power of 1.5 would be 2.83, a square 4
BRIEF = 6_000  # characters, where the work is little more than copying them: longer ones no longer fit the processor's cache, and take longer each
ASK = guides.read()["work-ate-the-day"].parts[0].ask
NIGHT = dt.date(2026, 3, 1)
PERSON = uuid.UUID(int=7)


def letters(size: int) -> tuple[str]:
    return ("é x\n" * (size // 4),)


def alternating(separator: str, size: int) -> tuple[str, str]:
    """Two texts of about so many characters without anything that occurs once: the worst for a diff."""
    one = separator.join("ab"[number % 2] for number in range(size // (1 + len(separator))))
    other = separator.join("ab"[number % 2] if number % 7 else "c" for number in range(size // (1 + len(separator))))
    return one, other


def disjoint(size: int) -> tuple[str, str]:
    return ("\n".join(f"a{n % 97}" for n in range(size // 4)), "\n".join(f"b{n % 89}" for n in range(size // 4)))


def both_inserted(size: int) -> tuple[str, str, str]:
    """At each of many places of the base both sides inserted something that merges, and takes long to compare."""
    places = size // 1_500
    base = [f"anchor {number}" for number in range(places)]
    short = ["xy"[number % 2] for number in range(400)]
    long = [item for number, item in enumerate(short) for item in ([item, "z"] if number % 7 == 3 else [item])]
    sides = ["\n\n".join(paragraph for anchor in base for paragraph in (anchor, *side)) for side in (short, long)]
    return "\n\n".join(base), sides[0], sides[1]


def lines(size: int) -> tuple[list[Line]]:
    return ([Line((Segment(Kind.INSERTED if number % 50 == 0 else Kind.EQUAL, "Some words.\n"),)) for number in range(size)],)


def rhythm_and_nights(size: int) -> tuple[Any, ...]:
    rhythm = Rhythm(cadence=Assignment.Cadence.WEEKDAYS, start=NIGHT, weekdays=frozenset({2}))
    return rhythm, [NIGHT + dt.timedelta(days=number % 3000) for number in range(size - 1)] + [None]


def library(size: int, *, nights: int) -> dict[str, Any]:
    questions = [make_question(slug=f"q-{number}", depth="deep" if number % 5 == 0 else "light") for number in range(size)]
    asked = [Asked(NIGHT - dt.timedelta(days=number), f"q-{number % size}") for number in range(nights, 0, -1)]
    return {"person": PERSON, "library": questions, "asked": asked}


def history(size: int) -> tuple[Any, ...]:
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    infos = [RevisionInfo(uuid.UUID(int=n), "earlier", moment + n * dt.timedelta(minutes=5), n) for n in range(size)]
    evening_of = partial(nights.night_of, zone=ZoneInfo("Europe/Stockholm"), ends_at=4)
    return infos, moment + dt.timedelta(days=400), ZoneInfo("Europe/Stockholm"), evening_of


def a_set(size: int) -> SetContent:
    steps = tuple((f"{number:032x}", "", "What was said?", "A note, with quotes.") for number in range(size))
    return SetContent(name="A set", introduction="Words. " * 20, steps=steps)


def guide_text(size: int) -> tuple[str, list[str]]:
    asks = ["What happened?", "Where were you?"]
    return guide_pages.join_answers(asks, ["word\n" * size, "**x**\n" * size]), asks


def pages(size: int) -> tuple[list[Page]]:
    """One a night, in part about two children, with repairs of which many took long."""
    summaries = [EntrySummary(feeling="even", children=("a", "b"), words=90, repair="mended", mended="2026-03-01"), EntrySummary(words=3)]
    return ([Page(NIGHT - dt.timedelta(days=n), "night", "a-word", None, None, summaries[n % 2]) for n in range(size)],)


# By name: a text's sizes end near the most that a page holds.
WORK = {
    "sequences": Work(lambda one, other: Differ().blocks(one.split("\n"), other.split("\n")), partial(alternating, "\n"), 12_500),
    "compare lines": Work(compare, partial(alternating, "\n"), 12_500),
    "compare words": Work(compare, partial(alternating, " "), 12_500),
    "compare what differs": Work(compare, disjoint, 12_500),
    "fold": Work(folding.fold, lines, 1_000),
    "merge": Work(merge.three_way, both_inserted, 12_500),
    "merge without a base": Work(lambda one, other: merge.three_way(None, one, other), partial(alternating, "\n\n"), 12_500),
    "concatenate": Work(merge.concatenate, partial(alternating, "\n\n"), 12_500),
    "next night": Work(cadence.next_night, rhythm_and_nights, 1_000),
    "open steps": Work(lambda rhythm, answered: cadence.open_steps(rhythm, answered, NIGHT), rhythm_and_nights, 1_000),
    "tonight, by the library": Work(lambda known: tonight.choose(NIGHT, **known), lambda size: (library(size, nights=400),), 500),
    "tonight, by the nights": Work(lambda known: tonight.choose(NIGHT, **known), lambda size: (library(300, nights=size),), 500),
    "kept first": Work(
        lambda known: tonight.first_kept(NIGHT, [a.slug for a in known], known), lambda n: (library(n, nights=n)["asked"],), 500
    ),
    "pad": Work(lambda data: padding.unpad(padding.pad(data)), lambda size: (b"x\0" * (size // 2),), 4_000),
    "one line": Work(text.one_line, letters, 25_000),
    "block": Work(text.block, lambda size: ("\r\n" * (size // 2) + "x",), 25_000),
    "folded": Work(text.fold, letters, 25_000),
    "common length": Work(text.common_length, lambda size: ("é" * size, "é" * (size - 1) + "x"), BRIEF),
    "large cut": Work(revisions.is_large_cut, lambda size: ("é" * size, "é" * (size // 2) + "x" + "é" * (size // 3)), BRIEF),
    "retention": Work(retention.expired, history, 500),
    "size": Work(Size.of, letters, BRIEF),
    "a guide's answers": Work(guide_pages.split_answers, guide_text, 2_000),
    "a guide's questions": Work(guide_texts.apart, lambda size: (SafeString("<p><strong>x</strong></p><p><strong>" * size),), 2_000),
    "a guide's excerpt": Work(guide_texts.answers, lambda size: (f"**{ASK}**\n**x**\n" * size,), 2_000),
    "rows of a kept text": Work(lambda typed: Typed("", typed).rows, letters, BRIEF),
    "words to search": Work(search.folded_words, letters, 25_000),
    "library order": Work(lambda found: search.in_library_order(["presence"], found), lambda n: (library(n, nights=0)["library"],), 500),
    "insights": Work(lambda read: pictures.parts(counting.count(read, {"a-word": "calm"}, {}), [], {"calm": "Calm"}), pages, 1_000),
    "set as TOML": Work(lambda content: toml_files.read(toml_files.write(content), set()), lambda size: (a_set(size),), 10),
    "set as CSV": Work(
        lambda content: csv_files.read(csv_files.write(content).removeprefix("\ufeff"), set()), lambda size: (a_set(size),), 10
    ),
    "wording": Work(lambda words: wording.read(PERSON, "q", wording.sign(PERSON, "q", words)), letters, 25_000),
    "number": Work(numbers.parse_number, lambda size: ("9" * size,), 25_000),
    "date": Work(dates.parse, lambda size: ("2026-03-01" * (size // 10),), 25_000),
    "excerpt": Work(markup.excerpt, lambda size: ("\n" * size + "x",), 25_000),
    "rendering prose": Work(markup.render, letters, 25_000),
    "rendering lists": Work(markup.render, lambda size: ("a\n-\n" * (size // 4),), 2_000),
}


@pytest.mark.parametrize("name", WORK)
def test_work_grows_no_faster_than_its_input(name: str) -> None:
    assert steepest(WORK[name], LIMIT) <= LIMIT


def test_what_grows_with_the_square_is_found() -> None:
    squares = Work(lambda size: sum(1 for one in range(size) for _other in range(one)), lambda size: (size,), 60)

    assert steepest(squares, LIMIT, rounds=2) > LIMIT
