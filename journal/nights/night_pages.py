"""A night's page: what stands on it, and what a parent does with it besides writing."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from django.db import transaction
from django.db.models import Exists, Q

from accounts.models import User
from journal.models import Entry, Mode, Night
from journal.nights import walks
from journal.nights.walks import PathStep
from prompts import questions, received, tonight
from prompts.models import Mark
from prompts.questions import Question
from prompts.received import ReceivedStep
from prompts.tonight import Asked

# Long enough to know every question that rests, and where on its circle the parent was after a long absence.
LOOK_BACK = dt.timedelta(days=tonight.REST + 120)
TURNS = 30  # more swaps than this in one night start over


@dataclass(frozen=True, slots=True)
class NightPage:
    """The state of a night's page. `question` is None where the night asks nothing, or nothing suits.

    `slug` is that of the question that stands, or would stand, on the page. `step` is the path's step that it is, `received`
    the counselor's, if it is one.
    """

    night: dt.date
    question: Question | None
    slug: str
    turn: int
    mode: Mode
    closed: str
    step: PathStep | None = None
    received: ReceivedStep | None = None


class Precedence:
    """Questions that take precedence over the nightly one: a due assignment step, then the active path's next step.

    Looked up when first asked for, since most pages need but one of them.
    """

    def __init__(self, author: User, night: dt.date) -> None:
        self.author, self.night = author, night

    @cached_property
    def received(self) -> ReceivedStep | None:
        return received.step_on(self.author, self.night)

    @cached_property
    def step(self) -> PathStep | None:
        if self.received is not None or not self.author.has_walks:
            return None
        return walks.step_on(self.author, self.night, self.never)

    @cached_property
    def question(self) -> Question | None:
        if self.received is not None:
            return questions.of_step(self.received.step)
        return questions.prompt(self.step.slug) if self.step else None

    @cached_property
    def marks(self) -> list[tuple[str, str]]:
        """The prompts that the parent marked and how, those marked first at the beginning."""
        return list(Mark.objects.filter(parent=self.author).order_by("marked_at", "pk").values_list("prompt_id", "kind"))

    @property
    def never(self) -> set[str]:
        return {slug for slug, kind in self.marks if kind == Mark.Kind.NEVER}

    @property
    def kept(self) -> list[str]:
        return [slug for slug, kind in self.marks if kind == Mark.Kind.LATER]


# --- Which question.


def asked_before(author: User, night: dt.date) -> list[Asked]:
    """What stood on this parent's earlier pages, as `tonight.choose` takes it."""
    rows = Night.objects.by(author).filter(night__lt=night, night__gte=night - LOOK_BACK).order_by("night")
    return _asked(rows.values_list("night", "prompt_id", "own_id", "furthest_id", "furthest_own_id"))


type _Record = tuple[dt.date, str | None, uuid.UUID | None, str | None, uuid.UUID | None]


def _asked(records: Iterable[_Record]) -> list[Asked]:
    """Of each night what its page asked, and then what was the furthest by swapping."""
    return [Asked(night, str(slug)) for night, *slugs in records for slug in slugs if slug]


def choose(author: User, night: dt.date, turn: int, first: Precedence, asked: list[Asked] | None = None) -> Question | None:
    """What a night asks: what takes precedence; else, if the parent wants that, what was kept for later; else its own question.

    `asked` is what `asked_before` returns, where the caller has it already.
    """
    leading = first.question
    if leading is not None and turn == 0:
        return leading
    asked = asked_before(author, night) if asked is None else asked
    if leading is None:
        leading = _kept_first(author, night, first.kept, asked)
        if leading is not None and turn == 0:
            return leading
    preferences = author.preferences
    chosen = tonight.choose(
        night,
        person=author.pk,
        library=[*questions.library(), *questions.own_by_turn(author)],
        themes=preferences.themes,
        ages=preferences.ages,
        asked=asked,
        # What was swapped for another does not come again as the night's own question.
        never=first.never | ({leading.prompt} if leading and leading.prompt else set()),
        turn=turn,
    )
    return questions.in_words(chosen) if chosen else None


def _kept_first(author: User, night: dt.date, kept: list[str], asked: list[Asked]) -> Question | None:
    if not kept or not author.preferences.kept_first:
        return None
    current = [slug for slug in kept if (question := questions.prompt(slug)) and not question.retired]
    return questions.prompt(tonight.first_kept(night, current, asked))


# --- The page as it is.


def load(author: User, night: dt.date) -> NightPage:
    """The page as it is. Writes nothing: a night that nothing was done with is worked out anew each time."""
    row, asked = _records(author, night)
    first = Precedence(author, night)
    if row is None:
        question = choose(author, night, 0, first, asked)
        return _page(night, question, first, first.received)
    if row.mode != Mode.QUESTION:
        return NightPage(night, None, row.asked or "", row.turn, Mode(row.mode), row.closed)
    received_step = received.find(author, row.assigned_id)  # also one that is not due any more
    question = questions.of_step(received_step.step) if received_step else questions.find(author, row.asked)
    question = question or _gone_but_answered(author, row) or choose(author, night, row.turn, first)
    return _page(night, question, first, received_step, turn=row.turn, closed=row.closed)


def _page(
    night: dt.date, question: Question | None, first: Precedence, received_step: ReceivedStep | None, *, turn: int = 0, closed: str = ""
) -> NightPage:
    slug = question.slug if question else ""
    step = first.step if walks.is_path_prompt(slug) else None
    return NightPage(
        night=night,
        question=question,
        slug=slug,
        turn=turn,
        mode=Mode.QUESTION,
        closed=closed,
        step=step if step and step.slug == slug else None,
        received=received_step if question and question.step else None,
    )


def _records(author: User, night: dt.date) -> tuple[Night | None, list[Asked]]:
    """The night's row, if anything was done with its page; else what stood on the pages before. One query."""
    untouched = ~Exists(Night.objects.by(author).filter(night=night))
    before = Q(night__lt=night, night__gte=night - LOOK_BACK) & untouched
    rows = list(Night.objects.by(author).filter(Q(night=night) | before).order_by("night"))
    if rows and rows[-1].night == night:
        return rows[-1], []
    return None, _asked((row.night, row.prompt_id, row.own_id, row.furthest_id, row.furthest_own_id) for row in rows)


def _gone_but_answered(author: User, row: Night) -> Question | None:
    """A question that was answered on this page and is gone since: an own one that was deleted, or a counselor's whose
    connection has ended. Its words stay above what answered it."""
    entry = entry_of(author, row.night)
    words = entry.summary.question if entry else ""
    return questions.bare(words, row.asked or "") if words else None


def entry_of(author: User, night: dt.date) -> Entry | None:
    """The entry on that night's page, if anything was written on it."""
    return Entry.objects.by(author).of_night(night).first()


# --- What a parent does with it. Each act names an end, not a step: doing it twice does it once.


@transaction.atomic
def _row(author: User, night: dt.date) -> Night:
    """The night's row, locked; created with the question that stood on the page where there is none yet."""
    row = Night.objects.by(author).select_for_update().filter(night=night).first()
    if row is None:
        question = choose(author, night, 0, Precedence(author, night))
        row = Night.objects.get_or_ask(author, night, question)
    return row


@transaction.atomic
def turn_to(author: User, night: dt.date, turn: int) -> None:
    """Put the night's question number `turn` on the page. What was written stays, under the new question."""
    row = _row(author, night)
    row.turn = turn % TURNS
    row.mode, row.closed = Mode.QUESTION, Night.Closed.OPEN
    row.ask(choose(author, night, row.turn, Precedence(author, night)))
    if row.turn >= row.furthest_turn:
        row.mark_furthest()
    row.save()
    _follow(author, row)


@transaction.atomic
def set_mode(author: User, night: dt.date, mode: Mode) -> None:
    """Ask nothing, only the facts, or the night's question again."""
    row = _row(author, night)
    row.mode, row.closed = mode, Night.Closed.OPEN
    row.save(update_fields=["mode", "closed"])
    _follow(author, row)


@transaction.atomic
def close(author: User, night: dt.date, how: Night.Closed) -> None:
    """Close the night, or open it again."""
    row = _row(author, night)
    row.closed = how
    row.save(update_fields=["closed"])


def _follow(author: User, row: Night) -> None:
    """Put what was written already under what the page asks now. The text, and so its version, stays."""
    entry = Entry.objects.by(author).of_night(row.night).select_for_update().first()
    if entry is None:
        return
    question = questions.find(author, row.asked) if row.mode == Mode.QUESTION else None
    entry.mode = Mode(row.mode)
    before = entry.assigned_id
    entry.ask(question)
    if before != entry.assigned_id:
        _answer_another_step(entry, before)
    entry.summary = replace(entry.summary, question=question.text if question else "")
    entry.save(update_fields=["mode", "prompt", "own", "assigned", "summary"])


def _answer_another_step(entry: Entry, before: uuid.UUID | None) -> None:
    """What is written answers another counselor's step than before, or none."""
    if before is not None and not Entry.objects.filter(assigned=before).exclude(pk=entry.pk).exists():
        received.mark_unanswered(before, entry.night)
    if entry.assigned_id is not None and entry.size:
        received.mark_answered(entry.assigned_id, entry.night)


@transaction.atomic
def ask_anew(author: User, night: dt.date, *, only_of: Collection[str] | None = None) -> bool:
    """Let the night ask what it would if its page had not been touched yet; False where something is written on it.

    With `only_of` a night is left as it is unless it asks one of these, and a closed one stays closed.
    """
    if entry_of(author, night) is not None:
        return False
    row = Night.objects.by(author).select_for_update().filter(night=night).first()
    if row is None or (only_of is not None and row.asked not in only_of):
        return True
    row.turn = 0
    if only_of is None:
        row.mode, row.closed = Mode.QUESTION, Night.Closed.OPEN
    row.ask(choose(author, night, 0, Precedence(author, night)))
    row.save()
    return True
