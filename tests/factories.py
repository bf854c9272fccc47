"""Invented people and pages for tests. Every argument has a default.

What seals holds the keys it needs while it runs, as a request does.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import batched
from typing import Any

from django.utils import timezone

from accounts.keys import keyring
from accounts.models import Connection, User
from common.ids import new_id
from counselor import invitations
from counselor.models import Invitation
from counselor.sessions import notes
from counselor.sessions.notes import Note
from counselor.workspace import open_workspace
from journal import content
from journal.entries.saving import Draft, Saved
from journal.entries.submission import submit
from journal.models import Entry, EntrySummary, Feeling, Mode, Repair, RepairContent, RepairState
from prompts import own_questions, questions
from prompts.library import paths, prompts
from prompts.library import sets as library_sets
from prompts.library.prompts import PromptText
from prompts.models import AssignedStep, Assignment, AssignmentContent, OwnQuestion, Prompt, PromptSet, SetContent, StepContent, Theme
from prompts.questions import Question

PASSWORD = "a lamp, a page, a pen"


@keyring.cached()
def make_user(*, email: str = "parent@example.org", password: str = PASSWORD, **fields: Any) -> User:
    return User.objects.create_user(email=email, password=password, **fields)


def make_theme(*, slug: str = "presence", **fields: Any) -> Theme:
    defaults = {"name": slug.capitalize(), "line": "One line.", "position": 0}
    return Theme.objects.get_or_create(slug=slug, defaults={**defaults, **fields})[0]


def make_prompt(*, slug: str = "at-the-door", theme: str = "presence", **fields: Any) -> Prompt:
    defaults = {"question": "What happened at the door tonight?", "depth": "light"}
    return Prompt.objects.create(slug=slug, theme=make_theme(slug=theme), **{**defaults, **fields})


def make_path_prompts(slug: str = "mending") -> None:
    """Rows for every prompt of a path that ships, without loading the whole library."""
    _make_shipped_prompts(paths.read()[slug].prompts)


def make_library_set_prompts(*slugs: str) -> None:
    """The same for ready-made sets."""
    for slug in slugs or ("two-homes",):
        _make_shipped_prompts(library_sets.read()[slug].prompts)


def _make_shipped_prompts(slugs: Sequence[str]) -> None:
    theme = make_theme(slug="presence")
    texts = {text.slug: text for text in prompts.read().prompts}
    Prompt.objects.bulk_create([_shipped(texts[slug], theme) for slug in slugs], ignore_conflicts=True)
    questions.forget_library()


def _shipped(text: PromptText, theme: Theme) -> Prompt:
    return Prompt(
        slug=text.slug,
        theme=theme,
        question=text.question,
        if_stuck=list(text.if_stuck),
        depth=text.depth,
        daily=text.daily,
        tender=text.tender,
    )


def make_question(*, slug: str = "at-the-door", **fields: Any) -> Question:
    """A question outside the database, as the choice of tonight's sees it."""
    defaults: dict[str, Any] = {
        "theme": "presence",
        "theme_name": "Presence",
        "opt_in": False,
        "text": "What happened at the door tonight?",
        "if_stuck": (),
        "tomorrow": "",
        "depth": "light",
        "ages": frozenset(),
        "tender": False,
    }
    return Question(slug=slug, **{**defaults, **fields})


def make_draft(**fields: Any) -> Draft:
    """A first save of tonight's page."""
    defaults: dict[str, Any] = {
        "entry_id": new_id(),
        "page": new_id(),
        "seq": 1,
        "base": 0,
        "kind": Entry.Kind.NIGHT,
        "night": dt.date(2026, 3, 1),
        "text": "We read two chapters.",
        "mode": Mode.JUST_WRITE,
    }
    return Draft(**{**defaults, **fields})


@keyring.cached()
def make_entry(author: User, *, now: dt.datetime | None = None, **fields: Any) -> Entry:
    """An entry that was saved once, by the very code that saves them."""
    outcome = submit(author, make_draft(**fields), None, now or timezone.now())
    assert isinstance(outcome, Saved)
    return outcome.entry


@keyring.cached()
def make_journal(
    author: User,
    nights: int,
    *,
    last: dt.date | None = None,
    texts: Sequence[str] = ("We read two chapters.", "Nobody slept, and so *nobody* was the first.", "I said no. Then I said perhaps."),
    feelings: Sequence[str] = (*Feeling.values, ""),
    children: Sequence[tuple[str, ...]] = ((),),
    prompts: Sequence[Prompt] = (),
    repairs: Sequence[str] = ("",),
    **fields: Any,
) -> list[Entry]:
    """A page for each of so many nights that end with `last` (by default the night before tonight's), newest first.

    Texts, feelings, children, prompts and repairs are taken in turn. Rows are as saving makes them, but many at once: 10,000 in some
    two seconds.
    """
    now = timezone.now()
    newest = last or author.tonight(now) - dt.timedelta(days=1)
    rendered = [content.render(text) for text in texts]
    entries = []
    for n in reversed(range(nights)):  # the oldest first, since ids rise with time
        prompt = prompts[n % len(prompts)] if prompts else None
        mode = Mode.QUESTION if prompt else Mode.JUST_WRITE
        times = {"created_at": now, "saved_at": now, "revised_at": now}
        night = newest - dt.timedelta(days=n)
        entry = Entry(author=author, night=night, mode=mode, prompt=prompt, page=new_id(), seq=1, **times, **fields)
        repair = repairs[n % len(repairs)]
        mended = (night + dt.timedelta(days=3)).isoformat() if repair == RepairState.MENDED else ""
        entry.summary = EntrySummary(repair=repair, mended=mended)
        question = prompt.question if prompt else ""
        content.write(entry, rendered[n % len(texts)], question, feelings[n % len(feelings)], children=children[n % len(children)])
        entries.append(entry)
    for some in batched(entries, 500):
        Entry.objects.bulk_create(some)
    torn = [entry for entry in entries if entry.summary.repair]
    Repair.objects.bulk_create(
        Repair(
            entry=entry,
            author=author,
            is_open=entry.summary.repair == RepairState.OPEN,
            content=RepairContent(opened=entry.night.isoformat()),
        )
        for entry in torn
    )
    if torn:
        author.remember("has_repairs")
    return entries[::-1]


def page_fields(author: User, **fields: Any) -> dict[str, Any]:
    """What a page sends when it is saved for the first time."""
    defaults: dict[str, Any] = {
        "author": author.pk,
        "entry": new_id(),
        "page": new_id(),
        "seq": 1,
        "base": 0,
        "night": "2026-03-01",
        "prompt": "",
        "mode": "just_write",
        "text": "We read two chapters.",
        "feeling": "",
    }
    return {**defaults, **fields}


@keyring.cached()
def make_counselor(*, email: str = "counselor@example.org", name: str = "Ines Holm", practice: str = "Lindgatan", **fields: Any) -> User:
    counselor = make_user(email=email, **fields)
    open_workspace(counselor, name=name, practice=practice, line="", now=timezone.now())
    return counselor


@keyring.cached()
def make_invitation(counselor: User, *, email: str = "", name: str = "", now: dt.datetime | None = None) -> Invitation:
    return invitations.invite(counselor, email=email, name=name, now=now or timezone.now())[0]


@keyring.cached()
def make_connection(counselor: User, parent: User, *, parent_name: str = "Mara", sees_answered: bool = True) -> Connection:
    """A connection that came about as every connection does: invited and accepted."""
    now = timezone.now()
    return invitations.accept(parent, make_invitation(counselor, now=now), parent_name=parent_name, sees_answered=sees_answered, now=now)


@keyring.cached()
def make_note(connection: Connection, text: str = "Likes the rain.", *, dated: dt.date | None = None) -> Note:
    """A note of the connection's counselor about their client, of today unless another day is given."""
    now, counselor = timezone.now(), connection.counselor
    assert counselor is not None
    note = notes.save(counselor, connection, notes.Draft(new_id(), dated or counselor.tonight(now), text), now)
    assert isinstance(note, Note)
    return note


def make_own_question(
    author: User, question: str = "What did the rain say?", *, by_turn: bool = True, now: dt.datetime | None = None
) -> OwnQuestion:
    return own_questions.create(author, new_id(), question, by_turn=by_turn, now=now or timezone.now())


@keyring.cached()
def make_set(
    counselor: User,
    *,
    name: str = "First weeks",
    steps: Sequence[str] = ("What was said at the door?", "What was left unsaid?"),
    said: str = "",
) -> PromptSet:
    """A set of a counselor's own questions, with what is said to each; a step that begins with "prompt:" asks that prompt of the library."""
    now = timezone.now()
    rows = tuple(
        (f"{n:032x}", step.removeprefix("prompt:"), "", said) if step.startswith("prompt:") else (f"{n:032x}", "", step, said)
        for n, step in enumerate(steps)
    )
    return PromptSet.objects.create(author=counselor, content=SetContent(name=name, steps=rows), made_at=now, changed_at=now)


@keyring.cached()
def make_assignment(connection: Connection, prompt_set: PromptSet, *, note: str = "", caution: str = "", **fields: Any) -> Assignment:
    """A set given to one client, from the nights long ago on."""
    content = prompt_set.content
    defaults = {"starts_on": dt.date(2026, 1, 1), "cadence": Assignment.Cadence.WHEN_DONE}
    made = Assignment.objects.create(
        connection=connection,
        set=prompt_set,
        set_version=prompt_set.version,
        sealed_content=AssignmentContent(name=content.name, introduction=content.introduction, note=note, caution=caution),
        assigned_at=timezone.now(),
        **{**defaults, **fields},
    )
    for position, (key, slug, question, said) in enumerate(content.steps):
        AssignedStep.objects.create(
            assignment=made,
            connection=connection,
            key=key,
            position=position,
            prompt_id=slug or None,
            sealed_content=StepContent(question=question, note=said),
        )
    return made
