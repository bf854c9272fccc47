"""What a counselor can assign: their own sets, those that colleagues share, and the library's sets and paths."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q

from accounts.keys import keyring
from accounts.models import User
from common.ids import new_id
from counselor import practices, ready_made
from counselor.ready_made import ReadyMade
from counselor.sets import steps_of
from prompts.models import PromptSet, SetContent, colleagues_source


@dataclass(frozen=True, slots=True)
class Offer:
    """A set of the counselor's own, of a colleague's, or of the library. `reference` names it in forms."""

    reference: str
    name: str
    of_library: ReadyMade | None = None
    own: SetContent | None = None
    of_colleague: PromptSet | None = None

    @property
    def kind(self) -> str:
        """ "own", "colleague", "library" or "path"."""
        return self.of_library.kind if self.of_library else "colleague" if self.of_colleague else "own"

    @property
    def assignments(self) -> Q:
        """Filter for assignments of it, in whatever language it was."""
        if self.of_library:
            return Q(set__source__startswith=f"{self.reference}:")
        return Q(set__source=self.reference) if self.of_colleague else Q(set=self.reference)

    @property
    def content(self) -> SetContent:
        """What it asks now."""
        if self.of_library:
            return self.of_library.content(new_id())
        return self.of_colleague.content if self.of_colleague else self.own or SetContent(name="")

    @property
    def asks(self) -> bool:
        """Whether it asks anything."""
        return any(step.asks() for step in steps_of(self.content))

    def to_assign(self, counselor: User, now: dt.datetime) -> PromptSet:
        """The counselor's set that is assigned: their own, or a copy that follows the library or the colleague's set."""
        if self.of_library:
            return ready_made.copy_to_assign(counselor, self.of_library, now)
        if self.of_colleague:
            return practices.copy_to_assign(counselor, self.of_colleague, now)
        return PromptSet.objects.by(counselor).own().get(pk=self.reference)


def _of_own(pk: uuid.UUID, content: SetContent) -> Offer:
    return Offer(str(pk), content.name, own=content)


def offers(counselor: User) -> dict[str, Offer]:
    """All that the counselor can assign, by reference: their own sets first, the latest on top. Three queries at most, one of them for keys."""
    own = PromptSet.objects.by(counselor).own().opened(_of_own, "id", "content", owner=counselor.pk)
    of_library = [*ready_made.sets().values(), *ready_made.published_paths().values()]
    shared = list(practices.shared_sets(counselor))
    keyring.prefetch(row.author_id for row in shared)
    of_colleagues = (Offer(colleagues_source(row.pk), row.content.name, of_colleague=row) for row in shared)
    every = [*own, *of_colleagues, *(Offer(one.reference, one.text.name, one) for one in of_library)]
    return {offer.reference: offer for offer in every}
