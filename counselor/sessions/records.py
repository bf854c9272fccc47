"""The record of one client for the counselor's own files: what they shared, replies, what was assigned, notes and the reading log.

To take it is to read all of it, which is recorded; that a copy was taken is the client's to see.
"""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils.safestring import SafeString

from accounts import notifications
from accounts.models import Connection, User
from counselor import progress
from counselor.sessions import notes
from counselor.sessions.notes import Note
from journal.models.share import Reading, RecordCopy, Reply, Share
from journal.sharing import readings, replies
from prompts import questions
from prompts.models import AssignedStep, Assignment


@dataclass(frozen=True, slots=True)
class Written:
    """A reply. `is_mine`: by the counselor."""

    is_mine: bool
    at: dt.datetime
    text: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Answer:
    """A shared answer, the replies under it, and when each of its texts was read: an earlier one where that was replaced since."""

    night: dt.date
    shared_at: dt.datetime
    question: str
    set_name: str
    text: str
    html: SafeString
    replies: list[Written]
    readings: list[tuple[dt.datetime, bool]]


@dataclass(frozen=True, slots=True)
class Assigned:
    """A set as it was assigned. `questions` with the counselor's note to each."""

    name: str
    introduction: str
    note: str
    assigned_at: dt.datetime
    starts_on: dt.date | None
    ends_on: dt.date | None
    ended_at: dt.datetime | None
    questions: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Record:
    """Everything, oldest first. After the end of a connection there are only the notes."""

    began_at: dt.datetime
    ended_at: dt.datetime | None
    answers: list[Answer]
    assigned: list[Assigned]
    notes: list[Note]
    copies: list[tuple[dt.datetime, str]]


def counts(counselor: User, connection: Connection) -> dict[str, int]:
    """How much a record would hold, without opening any of it."""
    return {
        "answers": Share.objects.for_counselor(counselor).filter(connection=connection).count(),
        "sets": Assignment.objects.of_counselor(counselor).filter(connection=connection).count(),
        "notes": notes.count(connection),
    }


@transaction.atomic
def take(counselor: User, connection: Connection, form: RecordCopy.Form, now: dt.datetime) -> Record:
    """Take a copy: each share is read, and the copy is on record for the client. Idempotent for the day, as reading is."""
    # Locked and loaded first: what is shared, or ends, meanwhile waits, and no answer is in a copy without having been read.
    connection = Connection.objects.of_counselor(counselor).locked().get(pk=connection.pk)
    own = Share.objects.for_counselor(counselor).filter(connection=connection)
    readings.open_shares(counselor, connection.pk, list(own.values_list("pk", flat=True)), now)
    if connection.ended_at is None:
        _record_copy(counselor, connection, form, now)
    return Record(
        began_at=connection.began_at,
        ended_at=connection.ended_at,
        answers=_answers(counselor, connection),
        assigned=_assigned(counselor, connection, now),
        notes=notes.of(connection)[::-1],
        copies=list(connection.record_copies.values_list("made_at", "form")),
    )


def _record_copy(counselor: User, connection: Connection, form: RecordCopy.Form, now: dt.datetime) -> None:
    """One a day of each form: the same file, made again, is the same copy. The client is notified that there is something to read."""
    latest = connection.record_copies.filter(form=form).order_by("-made_at").first()
    if latest is None or counselor.tonight(latest.made_at) != counselor.tonight(now):
        RecordCopy.objects.create(connection=connection, form=form, made_at=now)
        notifications.queue(connection.parent_id, now)


def _answers(counselor: User, connection: Connection) -> list[Answer]:
    shares = list(Share.objects.for_counselor(counselor).filter(connection=connection).order_by("night", "shared_at", "pk"))
    under, read = defaultdict[uuid.UUID, list[Written]](list), defaultdict[uuid.UUID, list[tuple[dt.datetime, int]]](list)
    for reply in Reply.objects.filter(share__in=shares).defer("kept").order_by("written_at", "pk"):
        if said := reply.content:
            under[reply.share_id].append(Written(reply.from_counselor, reply.written_at, said.text, replies.html(said)))
    for share, read_at, number in (
        Reading.objects.filter(share__in=shares).order_by("read_at", "pk").values_list("share", "read_at", "text_number")
    ):
        read[share].append((read_at, number))
    return [
        Answer(
            night=share.night,
            shared_at=share.shared_at,
            question=content.question,
            set_name=content.assignment,
            text=content.text,
            html=replies.html(content),
            replies=under[share.pk],
            readings=[(read_at, number < share.text_number) for read_at, number in read[share.pk]],
        )
        for share in shares
        if (content := share.content)
    ]


def _assigned(counselor: User, connection: Connection, now: dt.datetime) -> list[Assigned]:
    asked = defaultdict[uuid.UUID | None, list[tuple[str, str]]](list)
    steps = AssignedStep.objects.filter(connection=connection, assignment__isnull=False)
    for step in progress.listed(steps, connection, now).order_by("position", "pk"):
        asked[step.assignment_id].append((questions.of_step(step).text, step.content.note))
    rows = Assignment.objects.of_counselor(counselor).filter(connection=connection).order_by("assigned_at", "pk")
    given = []
    for row in rows:
        row.connection = connection
        content = row.content
        given.append(
            Assigned(
                name=content.name,
                introduction=content.introduction,
                note=content.note,
                assigned_at=row.assigned_at,
                starts_on=row.start_for_counselor,
                ends_on=row.ends_on,
                ended_at=row.ended_at,
                questions=asked[row.pk],
            )
        )
    return given
