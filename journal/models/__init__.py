"""What is written: nights, entries, their revisions, and what is shared of them."""

from journal.models.choices import Feeling, Mode, RepairState, Size
from journal.models.earlier import EarlierSupport, EarlierSupportContent
from journal.models.entry import TEXT_LIMIT, TRASH_DAYS, Entry, EntryContent, EntryQuerySet, EntrySummary
from journal.models.file import FileAbout, FilePart, SealedFile
from journal.models.imports import Attachment, Import, ImportSummary, Origin, OriginContent
from journal.models.job import Job, JobReport, JobRequest
from journal.models.message import EVERY_DAY, SUNDAY, MessagePlan, PushAddress, PushKey, PushSubscription
from journal.models.night import Night
from journal.models.repair import Repair, RepairContent
from journal.models.revision import Revision, RevisionContent
from journal.models.search_index import SearchIndex
from journal.models.share import (
    Reading,
    RecordCopy,
    Reply,
    ReplyContent,
    ReplyDraft,
    ReplyDraftContent,
    Share,
    ShareContent,
    ShareQuerySet,
)

__all__ = [
    "EVERY_DAY",
    "SUNDAY",
    "TEXT_LIMIT",
    "TRASH_DAYS",
    "Attachment",
    "EarlierSupport",
    "EarlierSupportContent",
    "Entry",
    "EntryContent",
    "EntryQuerySet",
    "EntrySummary",
    "Feeling",
    "FileAbout",
    "FilePart",
    "Import",
    "ImportSummary",
    "Job",
    "JobReport",
    "JobRequest",
    "MessagePlan",
    "Mode",
    "Night",
    "Origin",
    "OriginContent",
    "PushAddress",
    "PushKey",
    "PushSubscription",
    "Reading",
    "RecordCopy",
    "Repair",
    "RepairContent",
    "RepairState",
    "Reply",
    "ReplyContent",
    "ReplyDraft",
    "ReplyDraftContent",
    "Revision",
    "RevisionContent",
    "SealedFile",
    "SearchIndex",
    "Share",
    "ShareContent",
    "ShareQuerySet",
    "Size",
]
