"""A record as a ZIP: Markdown for people, JSON for programs."""

import datetime as dt
import json
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from common import dates
from counselor.sessions.records import Answer, Assigned, Record
from journal.exchange.zipped import Zip
from journal.models.share import RecordCopy

FORMAT, SCHEMA = "nightlight-client-record", 1


class _Pieces:
    """What was written and not handed on yet."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._pending.append(data)

    def taken(self) -> bytes:
        data = b"".join(self._pending)
        self._pending.clear()
        return data


def zipped(record: Record, name: str, now: dt.datetime) -> Iterator[bytes]:
    """The ZIP, in pieces. `name` is what the client is called; it stands in the files, and not in their names."""
    files = {
        "record.md": _record(record, name, now),
        "answers.md": "\n\n".join(["# " + _("Answers"), *(_answer(answer, name) for answer in record.answers)]),
        "assignments.md": "\n\n".join(["# " + _("Assignments"), *map(_assigned, record.assigned)]),
        "notes.md": "\n\n".join(["# " + _("My notes"), *(f"## {_day(note.dated)}\n\n{note.text}" for note in record.notes)]),
        "reading-log.md": _reading_log(record),
        "record.json": json.dumps(_values(record, name, now), ensure_ascii=False, indent=1),
    }
    pieces = _Pieces()
    with Zip(pieces, timezone.localtime(now)) as archive:
        for file, text in files.items():
            archive.add(file, f"{text.rstrip()}\n".encode())
            yield pieces.taken()
    yield pieces.taken()


def _you() -> str:
    return _("You")


def _day(day: dt.date) -> str:
    return dates.evening_always(day)


def _record(record: Record, name: str, now: dt.datetime) -> str:
    return "\n\n".join(
        [
            "# " + _("Client record"),
            _("Client: %(name)s") % {"name": name},
            _("Connected since %(day)s") % {"day": _day(timezone.localdate(record.began_at))},
            _("Made on %(when)s") % {"when": dates.moment(now)},
            _("These are the copies your client shared with you, as they are now. What they took back isn’t here."),
            "- answers.md\n- assignments.md\n- notes.md\n- reading-log.md\n- record.json",
        ]
    )


def _answer(answer: Answer, name: str) -> str:
    parts = [f"## {_day(answer.night)}"]
    if answer.set_name:
        parts.append(f"*{answer.set_name}*")
    if answer.question:
        parts.append(f"**{answer.question}**")
    parts.append(answer.text)
    parts += [f"### {_you() if reply.is_mine else name} · {dates.moment(reply.at)}\n\n{reply.text}" for reply in answer.replies]
    return "\n\n".join(parts)


def _assigned(given: Assigned) -> str:
    parts = [f"## {given.name}", _("Assigned on %(when)s") % {"when": dates.moment(given.assigned_at)}]
    parts += [_("Starts on %(day)s") % {"day": _day(given.starts_on)}] if given.starts_on else []
    parts += [_("Ends on %(day)s") % {"day": _day(given.ends_on)}] if given.ends_on else []
    parts += [text for text in (given.introduction, given.note) if text]
    parts.append("\n".join(f"{number}. {question}" for number, (question, _note) in enumerate(given.questions, start=1)))
    return "\n\n".join(parts)


def _reading_log(record: Record) -> str:
    earlier = " · " + _("an earlier version")
    lines = [
        f"- {_day(answer.night)}: {dates.moment(at)}{earlier if is_earlier else ''}"
        for answer in record.answers
        for at, is_earlier in answer.readings
    ]
    copies = [f"- {dates.moment(at)}: {RecordCopy.Form(form).label}" for at, form in record.copies]
    return "\n\n".join(["# " + _("Reading log"), "\n".join(lines), "## " + _("Copies of this record"), "\n".join(copies)])


def _values(record: Record, name: str, now: dt.datetime) -> dict[str, object]:
    return {
        "format": FORMAT,
        "schema": SCHEMA,
        "made_at": now.isoformat(),
        "client": name,
        "began_at": record.began_at.isoformat(),
        "ended_at": record.ended_at.isoformat() if record.ended_at else None,
        "answers": [
            {
                "night": answer.night.isoformat(),
                "shared_at": answer.shared_at.isoformat(),
                "question": answer.question,
                "set": answer.set_name,
                "text": answer.text,
                "replies": [
                    {"by": "me" if reply.is_mine else "client", "at": reply.at.isoformat(), "text": reply.text} for reply in answer.replies
                ],
                "readings": [{"at": at.isoformat(), "earlier_text": is_earlier} for at, is_earlier in answer.readings],
            }
            for answer in record.answers
        ],
        "assignments": [
            {
                "name": given.name,
                "introduction": given.introduction,
                "note": given.note,
                "assigned_at": given.assigned_at.isoformat(),
                "starts_on": given.starts_on.isoformat() if given.starts_on else None,
                "ends_on": given.ends_on.isoformat() if given.ends_on else None,
                "ended_at": given.ended_at.isoformat() if given.ended_at else None,
                "questions": [{"question": question, "note": note} for question, note in given.questions],
            }
            for given in record.assigned
        ],
        "notes": [{"dated": note.dated.isoformat(), "text": note.text} for note in record.notes],
        "copies": [{"at": at.isoformat(), "form": form} for at, form in record.copies],
    }
