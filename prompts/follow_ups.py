"""The choice of a follow-up: a question that comes back, two to four weeks later, to one that a parent was asked.

It builds on the first one by its slug alone: nothing that was written is looked at. Like `prompts.tonight` this is a pure function
of the night and the records. A person has a night for follow-ups every eighth night, so there is at most one a week, on changing
days of it; one that was shown and ignored can come once more on the next such night, while its time is not over.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from prompts import tonight
from prompts.questions import Question
from prompts.tonight import Asked

EVERY = 8  # nights from one night for follow-ups to the next
FIRST_AFTER, LAST_AFTER = 14, 28  # nights after the question that is followed


def due(
    night: dt.date,
    *,
    person: uuid.UUID,
    library: Sequence[Question],
    themes: Collection[str] = (),
    ages: Collection[str] = (),
    facets: Collection[str] = (),
    asked: Sequence[Asked] = (),
    excluded: frozenset[str] = frozenset(),
) -> Question | None:
    """The follow-up for this night; None on most nights. Of several, the one whose first question is the longest ago.

    The arguments are those of `tonight.choose`. A parent who has put the first question or the second away is not asked.
    """
    if (night.toordinal() + person.int) % EVERY:
        return None
    last_asked: dict[str, dt.date] = {}
    for record in asked:
        if record.night < night:
            last_asked[record.slug] = max(record.night, last_asked.get(record.slug, record.night))
    candidates = []
    for question in library:
        first = last_asked.get(question.follows)
        if first is None or not FIRST_AFTER <= (night - first).days <= LAST_AFTER:
            continue
        is_new = last_asked.get(question.slug, dt.date.min) < first
        if is_new and excluded.isdisjoint((question.slug, question.follows)) and tonight.is_for(question, themes, ages, facets):
            candidates.append((first, question.slug, question))
    return min(candidates, key=lambda candidate: candidate[:2])[2] if candidates else None
