"""The one command with which pages save: a night's page or a page of its own, and the action of the button pressed."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction

from accounts.models import User
from journal import content
from journal.entries import saving
from journal.entries.saving import Conflict, Deleted, Draft, Outcome, Saved
from journal.history import revisions
from journal.models import Entry, Mode, Night
from journal.nights import night_pages
from journal.sharing import shares


@dataclass(frozen=True, slots=True)
class Turn:
    """Put the night's question number `to` on the page."""

    to: int


@dataclass(frozen=True, slots=True)
class SetMode:
    """Let the night ask nothing, only the facts, or its question."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class Close:
    """Close the night without being done with it, or open it again."""

    how: Night.Closed


@dataclass(frozen=True, slots=True)
class Finish:
    """The author is done with the page.

    `announced` is the assigned step of which the page said that its answer will be shared: no other is. `closes_night` is
    False where a night's entry was edited as an entry, and not on the night's page.
    """

    announced: uuid.UUID | None = None
    closes_night: bool = True


type Action = Turn | SetMode | Close | Finish


def submit(author: User, draft: Draft, action: Action | None, now: dt.datetime, *, is_typing: bool = False) -> Outcome:
    """Save a draft and apply the action, in one transaction. Idempotent, as are the actions.

    While the author `is_typing`, the text is stored without its HTML: `rendering` makes that when it is done, or has rested.
    In a conflict the text is kept, and the action is not applied; nor is it where the page is deleted. Raises
    `Entry.DoesNotExist` where the id is somebody else's entry.
    """
    rendered = content.render_later(draft.text) if is_typing else content.render(draft.text)
    try:
        with transaction.atomic():
            return _submit(author, draft, rendered, action, now)
    except IntegrityError:
        # The entry, or another one of the same night, was created at the same time: it is visible now.
        with transaction.atomic():
            return _submit(author, draft, rendered, action, now, must_exist=True)


def _submit(
    author: User, draft: Draft, rendered: content.Rendered, action: Action | None, now: dt.datetime, *, must_exist: bool = False
) -> Outcome:
    if isinstance(action, Finish):
        shares.lock_connections(author)  # before the entry: see journal/sharing/shares.py
    outcome = saving.save(author, draft, rendered, now, must_exist=must_exist)
    if isinstance(outcome, Conflict | Deleted):
        return outcome
    if isinstance(outcome, Saved):
        content.save_html(outcome.entry, rendered)  # also of a text that was saved while it was typed
    if isinstance(action, Finish) and isinstance(outcome, Saved) and outcome.entry.deleted_at is not None:
        return Deleted(outcome.entry)  # its text is there, and nobody can be done with a page that is about to go
    if isinstance(action, Finish) and isinstance(outcome, Saved):
        if outcome.is_current:
            outcome = saving.answer_as_shown(author, outcome, draft, rendered, now)
        outcome = _finish(author, outcome, action, now)
    if draft.kind == Entry.Kind.NIGHT:
        _act_on_night(author, draft.night, action)
    return outcome


def _finish(author: User, saved: Saved, action: Finish, now: dt.datetime) -> Saved:
    entry = saved.entry
    if saved.is_current:  # else it has been written on since, and the present text is a draft
        revisions.keep_done(author, entry, now)
    is_announced = entry.assigned_id is not None and entry.assigned_id == action.announced
    is_shared = shares.finish(author, entry, now, may_share=is_announced and saved.is_current)
    return replace(saved, is_withheld=action.announced is not None and bool(entry.size) and not is_shared)


def _act_on_night(author: User, night: dt.date, action: Action | None) -> None:
    match action:
        case Turn(to):
            night_pages.turn_to(author, night, to)
        case SetMode(mode):
            night_pages.set_mode(author, night, mode)
        case Close(how):
            night_pages.close(author, night, how)
        case Finish(closes_night=True):
            night_pages.close(author, night, Night.Closed.DONE)
