"""What lies between two kept texts, as components/comparison.html shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from journal.comparing import Stretch, compare, fold
from journal.models import Entry, Feeling, RevisionContent


@dataclass(frozen=True, slots=True)
class Changed:
    """Something beside the text that is one thing on the earlier page and another on the later."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What was changed between an earlier and a later page. `stretches` is empty where the words are the same."""

    stretches: list[Stretch]
    beside: list[Changed]


def present(entry: Entry) -> RevisionContent:
    """What a revision made of the entry now would hold."""
    glance = entry.glance
    return RevisionContent(text=entry.content.text, question=glance.question, feeling=glance.feeling)


def between(before: RevisionContent, after: RevisionContent) -> Differences:
    beside = [
        Changed(_("Question"), before.question, after.question),
        Changed(_("How it felt"), _word_for(before.feeling), _word_for(after.feeling)),
    ]
    return Differences(fold(compare(before.text, after.text)), [each for each in beside if each.before != each.after])


def _word_for(feeling: str) -> str:
    return str(Feeling(feeling).label) if feeling else ""
