"""The demo family's counselor: what she gave, and what was answered, shared, read and replied to."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts import groups, notes, ties
from accounts.models import Hat, Tie, User, new_id
from journal import history, saving, sharing
from journal.models import Entry, Mode
from prompts import assigned, assigning
from prompts.assigning import Plan, Recipient
from prompts.models import AssignedStep, Assignment, PromptSet, SetWords

STORY = Path(__file__).parents[1] / "demo" / "care" / "ines.toml"


def load() -> None:
    """Let the counselor of the story and her clients live it. The people have to be there; who has a workspace has lived it."""
    story = tomllib.loads(STORY.read_text(encoding="utf-8"))
    workspace = story["workspace"]
    counselor = User.objects.get(email=workspace.pop("email"))
    if counselor.is_counselor:
        return
    now = timezone.now()
    ties.open_workspace(counselor, **workspace, now=now)
    made = {told["name"]: _set(counselor, told, now) for told in story["set"]}
    tied = {told["parent"]: _live(counselor, told, made, now) for told in story["tie"]}
    for told in story["group"]:
        groups.change(groups.make(counselor, new_id(), told["name"]), told["name"], [tied[email].pk for email in told["members"]])
    ties.invite(counselor, email="", name=story["invited"], now=now)
    ties.wear(counselor, Hat.COUNSELOR)
    User.objects.update(news_at=None)


def _set(counselor: User, told: dict[str, Any], now: dt.datetime) -> PromptSet:
    steps = tuple((new_id().hex, step.get("prompt", ""), step.get("question", ""), step.get("note", "")) for step in told["step"])
    words = SetWords(name=told["name"], introduction=told["introduction"].strip(), steps=steps)
    return PromptSet.objects.create(author=counselor, words=words, made_at=now, changed_at=now)


def _live(counselor: User, told: dict[str, Any], made: dict[str, PromptSet], now: dt.datetime) -> Tie:
    """A tie as it came about, what was given over it, and the nights that answered."""
    parent = User.objects.get(email=told["parent"])
    began = now - dt.timedelta(days=told["ago"])
    invitation = ties.invite(counselor, email="", name=told["parent_name"], now=began)
    tie = ties.accept(parent, invitation, parent_name=told["parent_name"], sees_answered=told["sees_answered"], now=began)
    ties.tell_before_sharing(parent, tie.pk, began)
    if "note" in told:
        notes.keep(counselor, tie, told["note"].strip(), notes.read(counselor, tie).mark, now)
    given = told["given"]
    assignment = _give(counselor, tie, made[given["set"]], given, parent, now)
    for answer in given["answer"]:
        _answer(counselor, parent, tie, assignment.steps.get(position=answer["step"] - 1), answer)
    return tie


def _give(counselor: User, tie: Tie, given: PromptSet, told: dict[str, Any], parent: User, now: dt.datetime) -> Assignment:
    plan = Plan(cadence=Assignment.Cadence(told["cadence"]), every=told.get("every", 1))
    starts_on = parent.tonight(now) - dt.timedelta(days=told["ago"])
    recipient = Recipient(tie=tie.pk, starts_on=starts_on, note=told["note"])
    (pk,) = assigning.assign(counselor, given, plan, [recipient], batch=new_id(), now=now - dt.timedelta(days=told["ago"] + 1))
    return Assignment.objects.get(pk=pk)


def _answer(counselor: User, parent: User, tie: Tie, step: AssignedStep, told: dict[str, Any]) -> None:
    """A page of its own to a step, since the night has its own; what was shared of it was read and replied to hours later."""
    night = parent.tonight(timezone.now()) - dt.timedelta(days=told["ago"])
    now = dt.datetime.combine(night, dt.time.fromisoformat(told["at"]), tzinfo=parent.zone)
    draft = saving.Draft(
        entry_id=new_id(),
        page=new_id(),
        seq=1,
        base=0,
        kind=Entry.Kind.FREE,
        night=night,
        text=told["text"].strip(),
        feeling=told["feeling"],
        prompt=f"given-{step.pk}",
        mode=Mode.QUESTION,
    )
    outcome = saving.save(parent, draft, now)
    if not isinstance(outcome, saving.Saved):
        return
    history.keep_done(parent, outcome.entry, now)
    assigned.be_done(step.pk, now)
    if not told.get("shared"):
        return
    share = sharing.share(parent, tie, outcome.entry, now)
    if "read_after_hours" in told:
        later = now + dt.timedelta(hours=told["read_after_hours"])
        sharing.open_share(counselor, share.pk, later)
        sharing.reply(counselor, share, new_id(), told["reply"], later)
    if "answered" in told:
        sharing.see_replies(parent, share, later + dt.timedelta(hours=9))
        sharing.reply(parent, share, new_id(), told["answered"], later + dt.timedelta(hours=9))
