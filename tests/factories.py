"""Invented people and pages for tests. Every argument has a default."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts import ties
from accounts.models import Tie, User, new_id
from journal import saving
from journal.models import Entry, Mode
from prompts import questions, shelf
from prompts.models import AssignedStep, AssignedWords, Assignment, Prompt, PromptSet, SetWords, StepWords, Theme
from prompts.questions import Question
from prompts.shelf import paths

PASSWORD = "a lamp, a page, a pen"


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
    theme = make_theme(slug="presence")
    texts = {text.slug: text for text in shelf.read().prompts}
    wanted = [texts[prompt] for prompt in paths.read()[slug].prompts]
    Prompt.objects.bulk_create(
        [Prompt(slug=text.slug, theme=theme, question=text.question, depth=text.depth, daily=text.daily) for text in wanted],
        ignore_conflicts=True,
    )
    questions.forget_library()


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


def make_draft(**fields: Any) -> saving.Draft:
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
    return saving.Draft(**{**defaults, **fields})


def make_entry(author: User, *, now: dt.datetime | None = None, **fields: Any) -> Entry:
    """An entry that was saved once, by the very code that saves them."""
    outcome = saving.save(author, make_draft(**fields), now or timezone.now())
    assert isinstance(outcome, saving.Saved)
    return outcome.entry


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


def make_counselor(*, email: str = "counselor@example.org", name: str = "Ines Holm", practice: str = "Lindgatan", **fields: Any) -> User:
    counselor = make_user(email=email, **fields)
    ties.open_workspace(counselor, name=name, practice=practice, line="", now=timezone.now())
    return counselor


def make_tie(counselor: User, parent: User, *, parent_name: str = "Mara", sees_answered: bool = True) -> Tie:
    """A tie that came about as every tie does: invited and accepted."""
    now = timezone.now()
    invitation = ties.invite(counselor, email="", name="", now=now)
    return ties.accept(parent, invitation, parent_name=parent_name, sees_answered=sees_answered, now=now)


def make_set(
    counselor: User, *, name: str = "First weeks", steps: Sequence[str] = ("What was said at the door?", "What was left unsaid?")
) -> PromptSet:
    """A set of a counselor's own questions; a step that begins with "prompt:" asks that prompt of the library."""
    now = timezone.now()
    rows = tuple(
        (f"{n:032x}", step.removeprefix("prompt:"), "", "") if step.startswith("prompt:") else (f"{n:032x}", "", step, "")
        for n, step in enumerate(steps)
    )
    return PromptSet.objects.create(author=counselor, words=SetWords(name=name, steps=rows), made_at=now, changed_at=now)


def make_assignment(tie: Tie, prompt_set: PromptSet, *, note: str = "", **fields: Any) -> Assignment:
    """A set given to one client, from the nights long ago on."""
    words = prompt_set.words
    defaults = {"starts_on": dt.date(2026, 1, 1), "cadence": Assignment.Cadence.WHEN_DONE}
    made = Assignment.objects.create(
        tie=tie,
        set=prompt_set,
        set_version=prompt_set.version,
        words=AssignedWords(name=words.name, introduction=words.introduction, note=note),
        assigned_at=timezone.now(),
        **{**defaults, **fields},
    )
    for position, (key, slug, question, said) in enumerate(words.steps):
        AssignedStep.objects.create(
            assignment=made, tie=tie, key=key, position=position, prompt_id=slug or None, words=StepWords(question=question, note=said)
        )
    return made
