"""The installation that is measured: one parent's journal of many entries among 200 people. All are invented.

`fill` runs within the installation (`manage.py shell`), where models can be imported, and hands over a `Journals`.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.installation import manage

if TYPE_CHECKING:
    from accounts.models import User
    from journal.content import Rendered
    from journal.models import Entry
    from prompts.models import Prompt

PEOPLE = 200
WRITERS = 16  # those of them who have a session, to write at the same time
TEXT_LENGTH = 2_000
NIGHTS = 3_650
REVISIONS = 20
BATCH = 500
SENTENCES = (
    "We read two chapters and the rain kept on. ",
    "Nobody wanted to be the first to sleep, and so nobody was. ",
    "At the door she said that she would rather walk by herself tomorrow. ",
    "I said no, then I said *perhaps*, and then I heard how tired I was. ",
    "The lamp in the hall stayed on, as it does when somebody is late. ",
    "He laughed about the soup, and for a while it was an evening like any other. ",
    "Tomorrow I want to ask before I answer. ",
)

type Cookies = dict[str, str]


@dataclass(frozen=True, slots=True)
class Journals:
    """Whose sessions there are, and the entries whose pages are measured."""

    untouched: Cookies  # the parent with the long journal, who has not written tonight
    written: Cookies  # another with as long a journal, who has
    deep: Cookies | None  # a third, with a journal of another length
    writers: list[Cookies]
    entry: str  # of the first: an ordinary one, and one with a history
    revised: str
    oldest: dict[str, str]  # whose journal: the cursor of a page of the timeline near its end


def make(data: Path, entries: int, deep: int = 0) -> Journals:
    """Fill a prepared installation, in a process of its own."""
    call = f"from benchmarks import journals; journals.fill({entries}, {deep})"
    filled = manage(data, "shell", "--verbosity", "0", "--no-imports", "--command", call)
    if filled.returncode:
        raise RuntimeError(filled.stderr)
    return Journals(**json.loads(filled.stdout.splitlines()[-1]))


def text(number: int, sentences: Sequence[str] = SENTENCES) -> str:
    """Of the length that all entries have; neighbours differ."""
    words = "".join(sentences[(number * 31 + n * (number % 5 + 1)) % len(sentences)] for n in range(100))
    return f"{number}. {words}"[:TEXT_LENGTH]


def fill(entries: int, deep: int) -> None:
    """Within the installation: make people and journals, and print the `Journals`."""
    from django.db import transaction
    from django.utils import timezone

    from accounts.keys import keyring
    from accounts.models import User

    now = timezone.now()
    with keyring.cached(), transaction.atomic():
        people = User.objects.bulk_create([User(email=f"parent-{n}@example.org", knows_leave=True) for n in range(PEOPLE)])
        for person in people:
            keyring.make_data_key(person.pk)
        keyring.prefetch([person.pk for person in people])
        untouched, written, third, *others = people
        journal = write(untouched, entries, now)
        write(written, entries, now, from_tonight=True)
        lengths = {untouched: entries}
        if deep:
            write(third, deep, now)
            lengths[third] = deep
        for person in others:
            write(person, 10, now)
        revise(journal[1], now)
        made = Journals(
            untouched=session(untouched),
            written=session(written),
            deep=session(third) if deep else None,
            writers=[session(person) for person in others[:WRITERS]],
            entry=str(journal[0].pk),
            revised=str(journal[1].pk),
            oldest={name: last_page(person) for name, person in zip(("untouched", "deep"), lengths, strict=False)},
        )
    print(json.dumps(asdict(made)))


def write(author: "User", number: int, now: dt.datetime, *, from_tonight: bool = False) -> "list[Entry]":
    """A page for each night, as far back as `NIGHTS`, each answering a prompt; what there is beyond are pages of their own.

    Returns the first two. Rows are made as saving makes them, but many at once.
    """
    from journal.models import Entry, Night

    tonight = author.tonight(now)
    first: list[Entry] = []
    batch: list[Entry] = []
    for entry in _entries(author, number, tonight if from_tonight else tonight - dt.timedelta(days=1), now):
        batch.append(entry)
        if len(batch) == BATCH:
            first = first or batch[:2]
            Entry.objects.bulk_create(batch)
            batch = []
    Entry.objects.bulk_create(batch)
    nights = Entry.objects.filter(author=author, kind=Entry.Kind.NIGHT).values_list("night", "prompt_id")
    Night.objects.bulk_create(
        [Night(author=author, night=night, prompt_id=prompt, furthest_id=prompt) for night, prompt in nights], batch_size=BATCH
    )
    return first or batch[:2]


def _entries(author: "User", number: int, last: dt.date, now: dt.datetime) -> "Iterator[Entry]":
    from common.ids import new_id
    from journal import content
    from journal.models import Entry, EntrySummary, Feeling, Mode

    rendered, prompts = rendered_texts(), daily_prompts()
    feelings = [*Feeling.values, ""]
    for n in range(number):
        is_night = n < NIGHTS
        prompt = prompts[n % len(prompts)] if is_night else None
        entry = Entry(
            author=author,
            night=last - dt.timedelta(days=n % NIGHTS),
            kind=Entry.Kind.NIGHT if is_night else Entry.Kind.FREE,
            mode=Mode.QUESTION if is_night else Mode.JUST_WRITE,
            prompt=prompt,
            page=new_id(),
            seq=1,
            created_at=now,
            saved_at=now,
            revised_at=now,
            summary=EntrySummary(),
        )
        content.write(entry, rendered[n % len(rendered)], prompt.question if prompt else "", feelings[n % len(feelings)])
        yield entry


@cache
def rendered_texts() -> "list[Rendered]":
    """Texts that repeat each other as little as those of a real journal, or they would be compressed to nothing."""
    from journal import content

    sentences = [*SENTENCES, *(f"{prompt.question} " for prompt in daily_prompts())]
    return [content.render(text(n, sentences)) for n in range(50)]


@cache
def daily_prompts() -> "list[Prompt]":
    from prompts.models import Prompt

    return list(Prompt.objects.current().filter(daily=True, theme__opt_in=False))


def revise(entry: "Entry", now: dt.datetime) -> None:
    """Give the entry a history."""
    from common.ids import new_id
    from journal.models import EntryContent, Revision, RevisionContent, Size

    entry.version = REVISIONS + 1
    current, entry.summary = entry.content, entry.summary
    entry.content = EntryContent(text=current.text, html=current.html, renderer=current.renderer)
    entry.save()
    Revision.objects.bulk_create(
        [
            Revision(
                entry=entry,
                author_id=entry.author_id,
                version=n + 1,
                page=new_id(),
                seq=1,
                saved_at=now - dt.timedelta(minutes=10 * (REVISIONS - n)),
                size=Size.of(current.text),
                content=RevisionContent(text=current.text[: TEXT_LENGTH - 90 * (REVISIONS - n)]),
            )
            for n in range(REVISIONS)
        ]
    )


def session(person: "User") -> Cookies:
    """The cookies of a browser in which this person has just signed in."""
    from django.test import Client

    client = Client()
    client.force_login(person)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def last_page(author: "User") -> str:
    """The address of a page of the timeline with all but the oldest entries above it."""
    from journal.models import Entry

    *_newer, cursor = Entry.objects.filter(author=author).order_by("night", "pk").values_list("night", "pk")[:40]
    return f"/journal/?before={cursor[0].isoformat()}_{cursor[1].hex}"
