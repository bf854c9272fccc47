"""An export holds everything of a person, or says here why it does not: whoever adds a column decides which."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

from accounts.keys.sealing import SealedField
from accounts.models import User
from common.values import Values

SCHEMA: Values = json.loads((Path(__file__).parents[4] / "docs" / "export.schema.json").read_text())

OF_THE_ACCOUNT = "of the account on this site, not of the journal"
OF_THE_SITE = "says how this site goes about it, and follows anew"
DERIVED = "follows from what the export holds"
WHO = "whose it is: the file is one person’s"
KEYS = "a key or a secret: it opens nothing elsewhere"
COUNSELOR = "a counselor’s work, not a journal; sets have a file of their own (docs/prompt-sets.md)"

# Models of which an export holds nothing.
NOT_HELD = {
    "account.EmailAddress": OF_THE_ACCOUNT,
    "account.EmailConfirmation": KEYS,
    "accounts.HandOver": "a question between two counselors; what became of it is a connection",
    "accounts.KeySlot": KEYS,
    "accounts.User_groups": OF_THE_ACCOUNT,
    "accounts.User_user_permissions": OF_THE_ACCOUNT,
    "admin.LogEntry": OF_THE_ACCOUNT,
    "counselor.ClientGroup": COUNSELOR,
    "counselor.ClientGroup_members": COUNSELOR,
    **dict.fromkeys(["counselor.ClientLabel", "counselor.ClientNote", "counselor.Invitation"], COUNSELOR),
    **dict.fromkeys(["counselor.Membership", "counselor.PracticeInvitation", "counselor.PracticeSet"], COUNSELOR),
    "counselor.Workspace": COUNSELOR,
    "journal.PushSubscription": "a browser of theirs, which says anew where it is reached",
    "journal.ReplyDraft": "not sent yet: it waits under its share until it is, or is emptied",
    "journal.Job": "work in the background, gone after a week",
    "journal.SearchIndex": DERIVED,
    "mfa.Authenticator": KEYS,
    "prompts.PromptSet": COUNSELOR,
    "usersessions.UserSession": OF_THE_ACCOUNT,
}

# Columns, and fields of sealed payloads, that an export does not hold.
LEFT_OUT = {
    "accounts.Connection": {
        "counselor": "their name is held; their account is theirs",
        "parent": WHO,
        "end_seen": OF_THE_SITE,
    },
    "accounts.User": {
        **dict.fromkeys(["password", "last_login", "is_superuser", "is_staff", "is_active", "id", "role", "is_counselor"], OF_THE_ACCOUNT),
        "second_step_settled": OF_THE_ACCOUNT,
        "has_connections": OF_THE_ACCOUNT,
        **dict.fromkeys(["has_own_questions", "has_walks", "has_repairs"], DERIVED),
        "unread_since": OF_THE_SITE,
        "messaged_on": OF_THE_SITE,
        "leaves_at": OF_THE_ACCOUNT,
        "example_of": "an invented client of a counselor has no journal",
    },
    "journal.Attachment": {"author": WHO},
    "journal.EarlierSupport": {"id": DERIVED, "author": WHO},
    "journal.Entry": {
        "author": WHO,
        **dict.fromkeys(
            ["size", "content.html", "content.renderer", "summary.excerpt", "summary.words", "unrendered_at", "is_unindexed"], DERIVED
        ),
        "summary.was_brought": DERIVED,
        **dict.fromkeys(["page", "seq"], "tells a repeated save of a page that is open in a browser"),
    },
    "journal.FilePart": {**dict.fromkeys(["id", "file", "number"], DERIVED), "owner": WHO},
    "journal.Import": {"author": WHO},
    "journal.MessagePlan": {"person": WHO, "next_at": DERIVED, "snoozed_on": "of one night, and over with it"},
    "journal.Night": {"id": "a night is told by its date", "author": WHO},
    "journal.Origin": {"author": WHO},
    "journal.Reading": {"id": "nothing refers to it", "share": DERIVED},
    "journal.RecordCopy": {"id": "nothing refers to it", "connection": DERIVED},
    "journal.Repair": {"author": WHO},
    "journal.Reply": {
        "id": "nothing refers to it",
        **dict.fromkeys(["share", "connection"], DERIVED),
        "parent": WHO,
        **dict.fromkeys(["content.html", "content.renderer", "kept.html", "kept.renderer"], DERIVED),
    },
    "journal.Revision": {
        "entry": DERIVED,
        "author": WHO,
        "size": DERIVED,
        **dict.fromkeys(["page", "seq"], "tells a repeated save of a page that is open in a browser"),
    },
    "journal.SealedFile": {
        **dict.fromkeys(["id", "is_complete"], DERIVED),
        "owner": WHO,
        **dict.fromkeys(["created_at", "expires_at"], "of files that wait here; an attachment stays"),
    },
    "journal.Share": {**dict.fromkeys(["connection", "content.html", "content.renderer"], DERIVED), "parent": WHO},
    "prompts.AssignedStep": {
        **dict.fromkeys(["assignment", "connection", "position"], DERIVED),
        "key": "tells the steps of the counselor’s set apart",
    },
    "prompts.Assignment": {
        "id": "nothing refers to it",
        "connection": DERIVED,
        **dict.fromkeys(["set", "set_version"], "the counselor’s set, of which this is a copy"),
    },
    "prompts.KeptAssignment": {**dict.fromkeys(["id", "assignment"], DERIVED), "parent": WHO},
    "prompts.Mark": {"id": "a mark is told by its question", "parent": WHO},
    "prompts.OwnQuestion": {"author": WHO},
    "prompts.Walk": {"id": "a walk is told by its path", "walker": WHO},
}


def same(place: str, *names: str) -> dict[str, str]:
    return {name: f"{place}.{name.split('.')[-1]}" for name in names}


# Everything else, and where in the schema it is.
HELD = {
    "accounts.Connection": {
        **same("support", "id", "practice", "sees_answered", "informed_at", "began_at", "ended_at", "ended_by", "next_session_on"),
        "counselor_name": "support.counselor",
        "parent_name": "support.called_me",
    },
    "accounts.User": {
        "email": "person.email",
        "date_joined": "person.joined_at",
        "sealed_children.rows": "person.children",
        **same("person.settings", "name", "language", "time_zone", "clock", "night_ends_at", "appearance", "shows_leave", "knows_leave"),
        **same("person.settings", "locks_after", "locks_own_devices", "mails_notifications"),
        **{
            f"sealed_preferences.{name}": f"person.preferences.{name}"
            for name in "themes ages facets follow_ups kept_first start reason welcomed memories hard_nights hard_dates".split()
        },
    },
    "journal.Attachment": {"id": "attachment.id", "entry": "page.attachments", "file": "attachment.path", "position": "page.attachments"},
    "journal.EarlierSupport": {"content.values": "support"},
    "journal.Entry": {
        **same("page", "id", "night", "kind", "mode", "prompt", "own", "content.text", "version", "created_at", "saved_at", "revised_at"),
        **same("page", "deleted_at", "conflict_at", "summary.question", "summary.feeling", "summary.guide", "summary.children"),
        "assigned": "step.pages",
        "summary.repair": "repair.state",
        **same("repair", "summary.mended", "summary.mended_words"),
        "summary.is_kept_back": "page.kept_back",
    },
    "journal.FilePart": {"data.data": "attachment.path"},
    "journal.Import": {**same("import", "id", "source", "created_at", "taken_back_at"), "summary.values": "import.summary"},
    "journal.MessagePlan": same("person.messages", "time", "weekdays", "by_mail", "says_nothing", "letters", "letter_day", "letter_number"),
    "journal.Night": {
        **same("asked_night", "night", "prompt", "own", "turn", "furthest", "furthest_own", "furthest_turn", "mode", "closed"),
        "assigned": "step.asked_on",
    },
    "journal.Origin": {
        "entry": "page.origin",
        "batch": "origin.import",
        **{
            f"content.{name}": f"origin.{name}"
            for name in "source source_id title tags is_starred place latitude longitude weather zone extra".split()
        },
    },
    "journal.Reading": {"text_number": "share.readings", "read_at": "share.readings"},
    "journal.RecordCopy": {"form": "support.record_copies", "made_at": "support.record_copies"},
    "journal.Repair": {"entry": "page.repair", **same("repair", "is_open", "content.opened", "content.put_off")},
    "journal.Reply": dict.fromkeys(["from_counselor", "written_at", "seen_at", "content.text", "kept.text"], "share.replies"),
    "journal.Revision": {
        **same("revision", "id", "kind", "version", "saved_at", "content.text", "content.question", "content.feeling", "content.children")
    },
    "journal.SealedFile": same("attachment", "about.name", "about.media_type", "about.sha256", "size"),
    "journal.Share": {
        **same("share", "id", "night", "text_number", "content.question", "content.text", "shared_at", "read_at", "taken_back_at"),
        "entry": "share.page",
        "entry_version": "share.page_version",
        "assigned": "share.step",
        "content.assignment": "share.set",
    },
    "prompts.AssignedStep": {
        **same("step", "id", "prompt", "sealed_content.question", "sealed_content.note", "answered_on", "begun_at", "done_at")
    },
    "prompts.Assignment": {
        **same("given", "sealed_content.name", "sealed_content.introduction", "sealed_content.note", "sealed_content.caution"),
        **same(
            "given", "cadence", "every", "weekdays", "starts_on", "ends_on", "paused", "ended_at", "finished_at", "shares", "assigned_at"
        ),
        **same("given", "ends_with_session", "changed_at", "acknowledged_at"),
        "begun_by_client": "given.begun_by_me",
    },
    "prompts.KeptAssignment": same("given", "content.name", "content.introduction", "content.note", "content.caution", "content.steps"),
    "prompts.Mark": same("mark", "prompt", "kind", "marked_at"),
    "prompts.OwnQuestion": same("own_question", "id", "content.question", "by_turn", "written_at"),
    "prompts.Walk": same("walk", "path", "started", "paused", "skipped"),
}


def of_a_person() -> list[type[models.Model]]:
    """Every model with a row that belongs to a person, however far."""
    found: set[type[models.Model]] = {User}
    everything = apps.get_models(include_auto_created=True)
    while more := {model for model in everything if model not in found and found & set(_referred(model))}:
        found |= more
    return sorted(found, key=lambda model: model._meta.label)


def _referred(model: type[models.Model]) -> Iterator[object]:
    return (field.related_model for field in model._meta.concrete_fields if field.is_relation)


def columns(model: type[models.Model]) -> list[str]:
    """Its columns; of a sealed one, the fields of its payload."""
    found = []
    for field in model._meta.concrete_fields:
        if isinstance(field, SealedField) and field.payload is not None:
            found += [f"{field.name}.{each.name}" for each in dataclasses.fields(field.payload)]
        else:
            found.append(field.name)
    return found


def test_every_model_of_a_person_is_held_or_left_out_for_a_reason() -> None:
    labels = {model._meta.label for model in of_a_person()}

    assert labels == {*NOT_HELD, *HELD}
    assert not set(NOT_HELD) & set(HELD)
    assert {"journal.Entry", "journal.Reading", "prompts.AssignedStep"} <= labels


def test_every_column_is_held_or_left_out_for_a_reason() -> None:
    said = {label: sorted([*HELD[label], *LEFT_OUT.get(label, {})]) for label in HELD}

    assert said == {model._meta.label: sorted(columns(model)) for model in of_a_person() if model._meta.label in HELD}


def places(schema: Values, name: str) -> Iterator[str]:
    yield name
    for inner, value in schema.get("properties", {}).items():
        yield from places(value, f"{name}.{inner}")


def test_what_is_held_has_its_place_in_the_schema_and_nothing_else_has() -> None:
    known = {place for name, schema in SCHEMA["$defs"].items() for place in places(schema, name)}
    used = {place for held in HELD.values() for place in held.values()}
    containers = {place.rpartition(".")[0] for place in known} | {place for place in known if "." not in place}
    # Lists of what is named apart, and what only the file needs.
    lists = {"page.revisions", "support.given", "support.shares", "given.steps"}

    assert used <= known
    assert known - used == (containers | lists) - used - {""}
