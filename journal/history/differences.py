"""What changed between two kept texts, as components/comparison.html shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Children
from common.rendering.isolation import listed
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


def between(before: RevisionContent, after: RevisionContent, children: Children) -> Differences:
    """How `after` differs from `before`. `children` are their author's, whom they may be about."""
    fields = [
        FieldChange(_("Question"), before.question, after.question),
        FieldChange(_("How it felt"), _label(before.feeling), _label(after.feeling)),
        FieldChange(_("Who it’s about"), listed(children.names(before.children)), listed(children.names(after.children))),
    ]
    return Differences(fold(compare(before.text, after.text)), [field for field in fields if field.before != field.after])


def _label(feeling: str) -> str:
    return str(Feeling(feeling).label) if feeling else ""
