"""Loads the demo family's counselor: what she assigned, and what was answered, shared, read and replied to."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts import connections, people
from accounts.models import Connection, Role, User
from common.ids import new_id
from counselor import assigning, groups, invitations, labels
from counselor.assigning import Plan, Recipient
from counselor.clients import details
from counselor.models import Workspace
from counselor.sessions import notes
from counselor.workspace import approve, open_workspace
from journal.entries.saving import Draft, Saved
from journal.entries.submission import Finish, submit
from journal.models import Entry, Mode
from journal.sharing import readings, replies, shares
from prompts.models import AssignedStep, Assignment, PromptSet, SetContent
from prompts.questions import STEP_PREFIX

STORY = Path(__file__).parent / "counselor.toml"


def load() -> None:
    """Load counselor.toml. Raises `User.DoesNotExist` unless the people exist. Does nothing where the counselor has a workspace."""
    story = tomllib.loads(STORY.read_text(encoding="utf-8"))
    workspace = story["workspace"]
    counselor = User.objects.get(email=workspace.pop("email"))
    if counselor.is_counselor:
        return
    now = timezone.now()
    open_workspace(counselor, **workspace, now=now)
    approve(Workspace.objects.filter(counselor=counselor), now)
    sets = {values["name"]: _create_set(counselor, values, now) for values in story["set"]}
    clients = {values["parent"]: _connect(counselor, values, sets, now) for values in story["connection"]}
    for values in story["group"]:
        group = groups.create(counselor, new_id(), values["name"])
        groups.change(group, values["name"], [clients[email].pk for email in values["members"]])
    invitations.invite(counselor, email="", name=story["invited"], now=now)
    people.switch_role(counselor, Role.COUNSELOR)
    User.objects.update(unread_since=None)


def _create_set(counselor: User, values: dict[str, Any], now: dt.datetime) -> PromptSet:
    steps = tuple((new_id().hex, step.get("prompt", ""), step.get("question", ""), step.get("note", "")) for step in values["step"])
    content = SetContent(name=values["name"], introduction=values["introduction"].strip(), steps=steps)
    return PromptSet.objects.create(author=counselor, content=content, made_at=now, changed_at=now)


def _connect(counselor: User, values: dict[str, Any], sets: dict[str, PromptSet], now: dt.datetime) -> Connection:
    """Connect the counselor to a parent, with an assignment and its answers."""
    parent = User.objects.get(email=values["parent"])
    began_at = now - dt.timedelta(days=values["ago"])
    name = values["parent_name"]
    invitation, _is_new = invitations.invite(counselor, email="", name=name, now=began_at)
    connection = invitations.accept(parent, invitation, parent_name=name, sees_answered=values["sees_answered"], now=began_at)
    connections.mark_informed(parent, connection.pk, began_at)
    labels.save(counselor, connection.pk, values["label"], began_at)
    details.set_next_session(counselor, connection.pk, counselor.tonight(now) + dt.timedelta(days=values["session_in"]))
    if "note" in values:
        notes.save(counselor, connection, notes.Draft(new_id(), counselor.tonight(now), values["note"].strip()), now)
    given = values["assignment"]
    assignment = _assign(counselor, connection, sets[given["set"]], given, parent, now)
    for answer in given["answer"]:
        _answer(counselor, parent, connection, assignment.steps.get(position=answer["step"] - 1), answer)
    return connection


def _assign(
    counselor: User, connection: Connection, prompt_set: PromptSet, values: dict[str, Any], parent: User, now: dt.datetime
) -> Assignment:
    plan = Plan(cadence=Assignment.Cadence(values["cadence"]), every=values.get("every", 1))
    starts_on = parent.tonight(now) - dt.timedelta(days=values["ago"])
    recipient = Recipient(connection=connection.pk, starts_on=starts_on, note=values["note"])
    assigned_at = now - dt.timedelta(days=values["ago"] + 1)
    (pk,) = assigning.assign(counselor, prompt_set, plan, [recipient], batch=new_id(), now=assigned_at)
    return Assignment.objects.get(pk=pk)


def _answer(counselor: User, parent: User, connection: Connection, step: AssignedStep, values: dict[str, Any]) -> None:
    """Answer a step on a free page, since the night has a page of its own; share it, read it and reply, as far as `values` say so."""
    night = parent.tonight(timezone.now()) - dt.timedelta(days=values["ago"])
    written_at = dt.datetime.combine(night, dt.time.fromisoformat(values["at"]), tzinfo=parent.zone)
    draft = Draft(
        entry_id=new_id(),
        page=new_id(),
        seq=1,
        base=0,
        kind=Entry.Kind.FREE,
        night=night,
        text=values["text"].strip(),
        feeling=values["feeling"],
        prompt=f"{STEP_PREFIX}{step.pk}",
        mode=Mode.QUESTION,
    )
    outcome = submit(parent, draft, Finish(announced=step.pk), written_at)
    if not isinstance(outcome, Saved) or not values.get("shared"):
        return
    share = shares.share(parent, connection, outcome.entry, written_at)
    if "read_after_hours" in values:
        read_at = written_at + dt.timedelta(hours=values["read_after_hours"])
        readings.open_share(counselor, share.pk, read_at)
        replies.reply(counselor, share, new_id(), values["reply"], read_at)
        if "answered" in values:
            answered_at = read_at + dt.timedelta(hours=9)
            replies.see_replies(parent, share, answered_at)
            replies.reply(parent, share, new_id(), values["answered"], answered_at)
