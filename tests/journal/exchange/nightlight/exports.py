"""Journals as an export holds them, made by hypothesis; and what tests do with such files."""

import datetime as dt
import io
import json
import zipfile
from typing import Any

from hypothesis import strategies as st

from accounts.models import IdleTime
from common.values import Values
from journal.exchange.nightlight.values import moment
from journal.models import Feeling, Mode
from prompts.models import Assignment

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
PROMPTS = ("at-the-door", "in-the-rain")  # that the test has made
ZONE = "Europe/Lisbon"

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n[{}]"\\'), max_size=60)
lines = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
ids = st.uuids(version=4).map(str)
nights = st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)).map(dt.date.isoformat)
moments = st.integers(631_152_000_000_000, 3_786_912_000_000_000).map(lambda at: moment(EPOCH + dt.timedelta(microseconds=at)))
feelings = st.sampled_from(["", *Feeling.values])
child_ids = ids.map(lambda text: text.replace("-", ""))
small = st.integers(0, 30_000)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def record(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[Values]:
    return st.fixed_dictionaries(values)


def several(row: st.SearchStrategy[Values], *by: str, most: int = 3, once: str = "id") -> st.SearchStrategy[list[Values]]:
    """Rows in the order in which an export has them, each named once by one of its values."""
    rows = st.lists(row, max_size=most, unique_by=lambda value: value[once])
    return rows.map(lambda found: sorted(found, key=lambda value: [_sortable(value[name]) for name in by]))


def _sortable(value: object) -> object:
    if isinstance(value, str) and value.endswith("Z"):
        return dt.datetime.fromisoformat(value)
    return value


revisions = record(
    id=ids,
    kind=st.sampled_from(["earlier", "cut", "done", "conflict"]),
    version=st.integers(1, 9),
    saved_at=moments,
    question=texts,
    text=texts,
    feeling=feelings,
    children=st.lists(child_ids, max_size=2),
)
origins = record(
    **{"import": st.none()},
    source=lines,
    source_id=lines,
    title=texts,
    tags=st.lists(lines, max_size=2),
    is_starred=st.booleans(),
    place=texts,
    latitude=maybe(st.floats(-90, 90)),
    longitude=maybe(st.floats(-90, 90)),
    weather=texts,
    zone=st.just(ZONE),
    extra=st.dictionaries(lines, texts | st.integers(-9, 9) | st.booleans() | st.lists(texts, max_size=2), max_size=2),
)
repairs = record(state=st.sampled_from(["open", "mended", "partly", "resting"]), mended=st.just("") | nights, mended_words=texts) | record(
    state=st.sampled_from(["open", "mended"]),
    mended=st.just("") | nights,
    mended_words=texts,
    is_open=st.booleans(),
    opened=nights,
    put_off=st.just("") | nights,
)


@st.composite
def pages(draw: st.DrawFn) -> Values:
    asked = draw(st.sampled_from(["prompt", "own", ""]))
    return {
        "id": draw(ids),
        "night": draw(nights),
        "kind": draw(st.sampled_from(["night", "free"])),
        "mode": draw(st.sampled_from(Mode.values)),
        "prompt": draw(st.sampled_from(PROMPTS)) if asked == "prompt" else None,
        "own": asked or None,  # replaced by one of the journal's own questions, or by nothing
        "question": draw(texts),
        "text": draw(texts),
        "feeling": draw(feelings),
        "guide": "",
        "children": draw(st.lists(child_ids, max_size=2)),
        "kept_back": draw(st.booleans()),
        "version": draw(st.integers(1, 2**31 - 1)),
        "created_at": draw(moments),
        "saved_at": draw(moments),
        "revised_at": draw(moments),
        "deleted_at": draw(maybe(moments)),
        "conflict_at": draw(maybe(moments)),
        "repair": draw(maybe(repairs)),
        "revisions": draw(several(revisions, "saved_at", "version", once="version")),
        "attachments": [],
        "origin": draw(maybe(origins)),
    }


own_questions = record(id=ids, question=lines, by_turn=st.booleans(), written_at=moments)
marks = record(prompt=st.sampled_from(PROMPTS), kind=st.sampled_from(["later", "never"]), marked_at=moments)
walks = record(
    path=st.sampled_from(["mending", "quiet-minutes"]), started=nights, paused=st.just(True), skipped=st.lists(lines, max_size=2)
)
imports = record(
    id=ids,
    source=st.sampled_from(["day-one", "jrnl"]),
    created_at=moments,
    taken_back_at=maybe(moments),
    summary=st.dictionaries(lines, st.integers(0, 9), max_size=2),
)
asked_nights = record(
    night=nights,
    mode=st.sampled_from(Mode.values),
    closed=st.sampled_from(["", "done", "not_tonight"]),
    prompt=maybe(st.sampled_from(PROMPTS)),
    own=st.none(),
    turn=small,
    furthest=maybe(st.sampled_from(PROMPTS)),
    furthest_own=st.none(),
    furthest_turn=small,
)
steps = record(
    id=ids,
    prompt=maybe(st.sampled_from(PROMPTS)),
    question=texts,
    note=texts,
    answered_on=maybe(nights),
    begun_at=maybe(moments),
    done_at=maybe(moments),
    asked_on=st.lists(nights, max_size=2),
    pages=st.lists(ids, max_size=2),
)
given = record(
    name=texts,
    introduction=texts,
    note=texts,
    caution=texts,
    cadence=st.sampled_from(Assignment.Cadence.values),
    every=small,
    weekdays=st.lists(st.integers(0, 6), max_size=3),
    starts_on=maybe(nights),
    begun_by_me=st.booleans(),
    ends_on=maybe(nights),
    ends_with_session=st.booleans(),
    paused=st.booleans(),
    shares=st.booleans(),
    assigned_at=moments,
    changed_at=maybe(moments),
    acknowledged_at=maybe(moments),
    ended_at=maybe(moments),
    finished_at=maybe(moments),
    steps=st.lists(steps, max_size=2),
)
replies = record(from_counselor=st.booleans(), text=texts, written_at=moments, seen_at=maybe(moments))
shares = record(
    id=ids,
    page=maybe(ids),
    page_version=st.integers(1, 9),
    night=nights,
    step=maybe(ids),
    question=texts,
    text=texts,
    set=texts,
    text_number=st.integers(1, 9),
    shared_at=moments,
    read_at=maybe(moments),
    taken_back_at=maybe(moments),
    readings=st.lists(record(text_number=st.integers(1, 9), read_at=moments), max_size=2),
    replies=st.lists(replies, max_size=2),
)
support = record(
    id=ids,
    counselor=lines,
    practice=texts,
    called_me=lines,
    sees_answered=st.booleans(),
    informed_at=maybe(moments),
    began_at=moments,
    ended_at=maybe(moments),
    ended_by=st.sampled_from(["", "parent", "counselor", "closed"]),
    next_session_on=maybe(nights),
    record_copies=st.lists(record(form=st.sampled_from(["paper", "file"]), made_at=moments), max_size=2),
    given=st.lists(given, max_size=2),
    shares=st.lists(shares, max_size=2),
)
children = st.lists(
    record(id=child_ids, name=lines, born=maybe(st.integers(1950, 2026)), is_former=st.booleans()),
    max_size=4,
    unique_by=(lambda child: child["id"], lambda child: child["name"].casefold()),
)
settings = record(
    name=st.sampled_from(["", "Mara", "Ines Holm"]),
    language=st.sampled_from(["", "en", "es"]),
    time_zone=st.sampled_from([ZONE, "America/Santiago"]),
    clock=st.sampled_from(["", "12", "24"]),
    night_ends_at=st.integers(0, 12),
    appearance=st.sampled_from(["device", "dark", "light"]),
    shows_leave=st.booleans(),
    knows_leave=st.booleans(),
    locks_after=st.sampled_from(IdleTime.values),
    locks_own_devices=st.booleans(),
    mails_notifications=st.booleans(),
)
preferences = record(
    themes=st.lists(lines, max_size=2),
    ages=st.lists(st.sampled_from(["baby", "teen"]), max_size=2),
    facets=st.lists(st.sampled_from(["two-homes", "alone"]), max_size=2),
    follow_ups=st.booleans(),
    kept_first=st.booleans(),
    start=st.lists(lines, max_size=2),
    reason=lines,
    welcomed=st.booleans(),
    memories=st.booleans(),
    hard_nights=st.booleans(),
    hard_dates=st.lists(nights, max_size=2),
)
messages = record(
    time=st.sampled_from(["00:00", "21:00", "23:59"]),
    weekdays=st.sets(st.integers(0, 6)).map(sorted),
    by_mail=st.booleans(),
    says_nothing=st.booleans(),
    letters=st.booleans(),
    letter_day=st.integers(0, 6),
    letter_number=st.integers(1, 52),
)


@st.composite
def journals(draw: st.DrawFn) -> Values:
    """A whole export, as it stands in its JSON."""
    own = draw(several(own_questions, "written_at", "id"))
    batches = draw(several(imports, "created_at", "id"))
    found = draw(several(pages(), "night", "id", most=4))
    taken, revision_ids = set[str](), set[str]()
    for page in found:
        page["own"] = draw(st.sampled_from(own))["id"] if page["own"] == "own" and own else None
        if page["origin"] and batches:
            page["origin"]["import"] = draw(st.none() | st.sampled_from(batches).map(lambda batch: batch["id"]))
        if page["kind"] == "night" and not page["deleted_at"]:
            page["kind"] = "free" if page["night"] in taken else "night"
            taken.add(page["night"])
        page["revisions"] = [each for each in page["revisions"] if each["id"] not in revision_ids]
        revision_ids |= {each["id"] for each in page["revisions"]}
    return {
        "format": "nightlight-journal",
        "schema": 1,
        "made_at": "2026-03-01T21:04:00Z",
        "part": None,
        "person": {
            "email": "parent@example.org",
            "joined_at": "2026-03-01T21:04:00Z",
            "settings": draw(settings),
            "preferences": draw(preferences),
            "children": draw(children),
            "messages": draw(messages),
        },
        "own_questions": own,
        "marks": draw(several(marks, "marked_at", "prompt", once="prompt")),
        "walks": draw(several(walks, "path", once="path")),
        "nights": draw(several(asked_nights, "night", once="night")),
        "imports": batches,
        "support": draw(several(support, "began_at", "id", most=2)),
        "pages": found,
    }


# --- Files.


def file_of(values: Values) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        target.writestr("journal.json", json.dumps(values))
    return file.getvalue()


def bare(values: Values) -> Values:
    """Without what is the account's: when the file was made, by whom, and since when they have one."""
    kept = {name: value for name, value in values.items() if name != "made_at"}
    kept["person"] = {name: value for name, value in values["person"].items() if name not in {"email", "joined_at"}}
    return kept
