"""What changed between two kept texts, as components/comparison.html shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from journal.diff.compare import compare
from journal.diff.folding import Section, fold
from journal.models import Feeling, RevisionContent


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field other than the text that changed, by its translated name."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Differences:
    """`sections` is empty where the texts are the same."""

    sections: list[Section]
    fields: list[FieldChange]


def between(before: RevisionContent, after: RevisionContent) -> Differences:
    """How `after` differs from `before`."""
    fields = [
        FieldChange(_("Question"), before.question, after.question),
        FieldChange(_("How it felt"), _label(before.feeling), _label(after.feeling)),
    ]
    return Differences(fold(compare(before.text, after.text)), [field for field in fields if field.before != field.after])


def _label(feeling: str) -> str:
    return str(Feeling(feeling).label) if feeling else ""
