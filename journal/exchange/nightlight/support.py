"""What an export holds of counselors: what they gave, what was shared with them, what they answered, and when they read it."""

import datetime as dt
import heapq
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping

from accounts.models import Connection, User
from common.values import Values
from journal.exchange.nightlight.values import day, key, moment
from journal.models import EarlierSupport, Entry, Night, Share
from prompts import copies
from prompts.models import AssignedStep, Assignment, StepContent


def support(owner: User) -> Iterator[Values]:
    """One for each counselor the owner ever had, the earliest first; those of an account that was left, as they were brought along."""
    earlier = EarlierSupport.objects.by(owner).opened(lambda content: content.values, "content", owner=owner.pk)
    connections = Connection.objects.filter(parent=owner).order_by("began_at", "pk")
    yield from heapq.merge(sorted(earlier, key=_place), map(_of_connection, connections), key=_place)


def _place(support: Values) -> tuple[dt.datetime, str]:
    """By what they are put in order, on whichever site they are."""
    return dt.datetime.fromisoformat(support["began_at"]), support["id"]


def _of_connection(connection: Connection) -> Values:
    return {
        "id": str(connection.pk),
        "counselor": connection.counselor_name,
        "practice": connection.practice,
        "called_me": connection.parent_name,
        "sees_answered": connection.sees_answered,
        "informed_at": moment(connection.informed_at),
        "began_at": moment(connection.began_at),
        "ended_at": moment(connection.ended_at),
        "ended_by": connection.ended_by,
        "next_session_on": day(connection.next_session_on),
        "record_copies": [{"form": copy.form, "made_at": moment(copy.made_at)} for copy in connection.record_copies.all()],
        "given": list(_given(connection)),
        "shares": list(_shares(connection)),
    }


def _given(connection: Connection) -> Iterator[Values]:
    asked, answered = defaultdict[object, list[str]](list), defaultdict[object, list[str]](list)
    for of, night in Night.objects.filter(assigned__connection=connection).order_by("night").values_list("assigned", "night"):
        asked[of].append(night.isoformat())
    for of, pk in Entry.objects.filter(assigned__connection=connection).order_by("pk").values_list("assigned", "pk"):
        answered[of].append(str(pk))
    steps = defaultdict[object, list[AssignedStep]](list)
    for step in AssignedStep.objects.filter(connection=connection).order_by("position", "pk"):
        steps[step.assignment_id].append(step)
    for given in Assignment.objects.filter(connection=connection).select_related("kept").order_by("assigned_at", "pk"):
        content, kept = copies.content_of(given), copies.steps_of(given)
        yield {
            "name": content.name,
            "introduction": content.introduction,
            "note": content.note,
            "caution": content.caution,
            "cadence": given.cadence,
            "every": given.every,
            "weekdays": given.weekdays,
            "starts_on": day(given.starts_on),
            "ends_on": day(given.ends_on),
            "ends_with_session": given.ends_with_session,
            "begun_by_me": given.begun_by_client,
            "paused": given.paused,
            "shares": given.shares,
            "assigned_at": moment(given.assigned_at),
            "changed_at": moment(given.changed_at),
            "acknowledged_at": moment(given.acknowledged_at),
            "ended_at": moment(given.ended_at),
            "finished_at": moment(given.finished_at),
            "steps": [
                {
                    "id": str(step.pk),
                    "prompt": step.prompt_id,
                    "question": _step_content(step, kept).question,
                    "note": _step_content(step, kept).note,
                    "answered_on": day(step.answered_on),
                    "begun_at": moment(step.begun_at),
                    "done_at": moment(step.done_at),
                    "asked_on": asked[step.pk],
                    "pages": answered[step.pk],
                }
                for step in steps[given.pk]
            ],
        }


def _step_content(step: AssignedStep, kept: Mapping[uuid.UUID, StepContent]) -> StepContent:
    return kept.get(step.pk, step.content)


def _shares(connection: Connection) -> Iterator[Values]:
    shares = Share.objects.filter(connection=connection).order_by("shared_at", "pk").prefetch_related("readings", "replies")
    for share in shares:
        content = share.content
        yield {
            "id": str(share.pk),
            "page": key(share.entry_id),
            "page_version": share.entry_version,
            "night": day(share.night),
            "step": key(share.assigned_id),
            "question": content.question if content else "",
            "text": content.text if content else "",
            "set": content.assignment if content else "",
            "text_number": share.text_number,
            "shared_at": moment(share.shared_at),
            "read_at": moment(share.read_at),
            "taken_back_at": moment(share.taken_back_at),
            "readings": [{"text_number": reading.text_number, "read_at": moment(reading.read_at)} for reading in share.readings.all()],
            "replies": [
                {
                    "from_counselor": reply.from_counselor,
                    "text": text.text if (text := reply.kept or (None if reply.from_counselor else reply.content)) else "",
                    "written_at": moment(reply.written_at),
                    "seen_at": moment(reply.seen_at),
                }
                for reply in share.replies.all()
            ],
        }
