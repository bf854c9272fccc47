"""What changed between two kept texts, as components/comparison.html shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from journal.diff.compare import Stretch, compare, fold
from journal.models import Entry, Feeling, RevisionContent


@dataclass(frozen=True, slots=True)
class Changed:
    """Something beside the text, such as the feeling, that changed."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Differences:
    """`stretches` is empty where the words are the same."""

    stretches: list[Stretch]
    beside: list[Changed]


def present(entry: Entry) -> RevisionContent:
    """What a revision of the entry as it is now would hold."""
    summary = entry.summary
    return RevisionContent(text=entry.content.text, question=summary.question, feeling=summary.feeling)


def between(before: RevisionContent, after: RevisionContent) -> Differences:
    beside = [
        Changed(_("Question"), before.question, after.question),
        Changed(_("How it felt"), _label(before.feeling), _label(after.feeling)),
    ]
    return Differences(fold(compare(before.text, after.text)), [changed for changed in beside if changed.before != changed.after])


def _label(feeling: str) -> str:
    return str(Feeling(feeling).label) if feeling else ""
