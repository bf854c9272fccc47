"""Journals of every kind, and what their exports say."""

import datetime as dt
import io
import json
import uuid
import zipfile
from dataclasses import replace
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from accounts import people
from accounts.keys import keyring
from accounts.models import Child, Children, Preferences, User
from common.ids import new_id
from journal import content, files
from journal.exchange.choosing import Choice
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.nightlight import archive, restore
from journal.models import (
    Attachment,
    Entry,
    EntrySummary,
    Feeling,
    Import,
    ImportSummary,
    Mode,
    Night,
    Origin,
    OriginContent,
    Repair,
    RepairContent,
    RepairState,
    Revision,
    RevisionContent,
    Size,
)
from prompts.models import Mark, OwnQuestion, Walk
from prompts.models.own_question import OwnQuestionContent

FIRST = dt.date(2024, 2, 20)
MOMENT = dt.datetime(2024, 2, 20, 21, 4, 0, 123456, dt.UTC)

# What a form keeps of a text, in every script.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], include_characters="\n\t"), max_size=60)
days = st.integers(0, 40).map(lambda number: FIRST + dt.timedelta(number))
moments = st.integers(0, 10**9).map(lambda seconds: MOMENT + dt.timedelta(seconds=seconds % 10**7, microseconds=seconds % 999_983))
feelings = st.sampled_from(["", *Feeling.values])

pages = st.fixed_dictionaries(
    {
        "night": days,
        "kind": st.sampled_from(Entry.Kind.values),
        "mode": st.sampled_from(Mode.values),
        "question": texts,
        "text": texts,
        "feeling": feelings,
        "children": st.lists(st.integers(0, 2), unique=True, max_size=3),
        "guide": st.sampled_from(["", "work-ate-the-day"]),
        "own": st.sampled_from([None, 0]),
        "prompt": st.booleans(),
        "kept_back": st.booleans(),
        "repair": st.sampled_from(["", *RepairState.values]),
        "is_deleted": st.booleans(),
        "moments": st.tuples(moments, moments, moments),
        "revisions": st.lists(st.tuples(texts, feelings, moments, st.sampled_from(Revision.Kind.values)), max_size=2),
        "origin": st.none() | st.tuples(texts, st.lists(texts, max_size=2), st.booleans(), st.floats(-90, 90)),
        "files": st.lists(st.binary(max_size=40), max_size=2),
    }
)
journals = st.fixed_dictionaries(
    {
        "pages": st.lists(pages, max_size=6),
        "own": texts.filter(str.strip),
        "themes": st.lists(st.sampled_from(["repair", "letting-go"]), unique=True),
        "nights": st.dictionaries(days, st.sampled_from(Night.Closed.values), max_size=4),
        "skipped": st.lists(st.sampled_from(["one", "two"]), unique=True),
        "mark": st.sampled_from(Mark.Kind.values),
    }
)


def make_journal(owner: User, prompt: str, made: dict[str, Any]) -> None:
    """Make this journal, with rows as they are stored."""
    children = [Child(uuid.uuid5(owner.pk, name).hex, name, 2019, name == "C") for name in "ABC"]
    people.change_children(owner, lambda _before: Children(tuple(children)))
    owner.change_preferences(lambda _before: Preferences(themes=tuple(made["themes"]), hard_dates=("2024-02-29",), welcomed=True))
    own = OwnQuestion.objects.create(author=owner, content=OwnQuestionContent(made["own"]), by_turn=False, written_at=MOMENT)
    Mark.objects.create(parent=owner, prompt_id=prompt, kind=made["mark"], marked_at=MOMENT)
    Walk.objects.create(walker=owner, path="mending", started=FIRST, skipped=made["skipped"])
    for night, closed in made["nights"].items():
        Night.objects.create(author=owner, night=night, closed=closed, prompt_id=prompt, furthest_own=own, furthest_turn=3)
    summary = ImportSummary({"pages": 3})
    batch = Import.objects.create(author=owner, source="day-one", created_at=MOMENT, summary=summary)
    taken: set[dt.date] = set()
    for page in made["pages"]:
        make_page(owner, page, prompt, own, batch, [child.id for child in children], taken)
    for flag in ("has_own_questions", "has_walks", "has_repairs"):
        owner.remember(flag)


def make_page(
    owner: User, page: dict[str, Any], prompt: str, own: OwnQuestion, batch: Import, children: list[str], taken: set[dt.date]
) -> None:
    kind, night = page["kind"], page["night"]
    if kind == Entry.Kind.NIGHT and not page["is_deleted"]:
        kind = Entry.Kind.FREE if night in taken else kind
        taken.add(night)
    created_at, saved_at, revised_at = page["moments"]
    entry = Entry(author=owner, night=night, kind=kind, mode=page["mode"], page=new_id(), seq=4, version=7, is_unindexed=False)
    entry.summary = EntrySummary()
    entry.created_at, entry.saved_at, entry.revised_at = created_at, saved_at, revised_at
    entry.deleted_at = saved_at if page["is_deleted"] else None
    entry.own = own if page["own"] == 0 else None
    entry.prompt_id = prompt if page["prompt"] else None
    about = tuple(sorted(children[number] for number in page["children"]))
    content.write(entry, content.render(page["text"]), page["question"], page["feeling"], page["guide"], about)
    mended, words = ("2024-03-01", "A word.") if page["repair"] == RepairState.MENDED else ("", "")
    entry.summary = replace(entry.summary, is_kept_back=page["kept_back"], repair=page["repair"], mended=mended, mended_words=words)
    entry.save(force_insert=True)
    if page["repair"]:
        is_open = page["repair"] == RepairState.OPEN
        Repair.objects.create(entry=entry, author=owner, is_open=is_open, content=RepairContent(night.isoformat(), ""))
    for number, (text, feeling, at, kept) in enumerate(page["revisions"]):
        Revision.objects.create(
            entry=entry,
            author=owner,
            kind=kept,
            version=number + 1,
            page=new_id(),
            seq=number,
            saved_at=at,
            size=Size.of(text),
            content=RevisionContent(text, page["question"], feeling, about),
        )
    if page["origin"]:
        title, tags, starred, latitude = page["origin"]
        origin = OriginContent(
            "day-one", str(entry.pk), title, tuple(tags), starred, "Lund", latitude, 1.5, "Rain", "Europe/Stockholm", {"a": [1]}
        )
        Origin.objects.create(entry=entry, author=owner, batch=batch, content=origin)
    for position, data in enumerate(page["files"]):
        with files.create(owner, f"a photo {position}.jpg", "image/jpeg") as writer:
            writer.write(data)
        Attachment.objects.create(entry=entry, author=owner, file=writer.file, position=position)


@keyring.cached()
def exported(owner: User) -> bytes:
    """Everything of the journal, as its file."""
    target = io.BytesIO()
    archive.write(User.objects.get(pk=owner.pk), archive.Part.of(owner, Choice()), target, lambda: None)
    return target.getvalue()


@keyring.cached()
def restored(owner: User, file: bytes) -> restore.Restored:
    opened = Archive.read(io.BytesIO(file))
    assert opened is not None
    return restore.restore(owner, opened, lambda _count: None)


def said(file: bytes, *, ids: bool = True) -> dict[str, Any]:
    """What an export says, but for when it was made and for whom; without `ids`, with these named in the order in which they come."""
    with zipfile.ZipFile(io.BytesIO(file)) as opened:
        found = json.loads(opened.read("journal.json"))
        for page in found["pages"]:
            for attachment in page["attachments"]:
                attachment["bytes"] = opened.read(attachment.pop("path")).hex()
    del found["made_at"], found["person"]["email"], found["person"]["joined_at"]
    if not ids:
        # That a file of ours was taken in is new, and no part of what it said.
        found["imports"] = [each for each in found["imports"] if each["source"] != "nightlight"]
        found["pages"].sort(
            key=lambda page: (page["night"], page["created_at"], page["text"], page["saved_at"], page["question"], page["version"])
        )
        names: dict[str, str] = {}
        found = _named(found, names)
    return dict(found)


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _named(each, names) for name, each in value.items() if name != "source_id"}
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    try:
        return names.setdefault(str(uuid.UUID(value)), f"#{len(names)}") if isinstance(value, str) and len(value) == 36 else value
    except ValueError:
        return value


NOW = timezone.now()
