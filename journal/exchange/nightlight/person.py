"""What an export holds of a person besides their pages."""

from collections.abc import Iterator

from accounts.models import User
from common.values import Values
from journal.exchange.nightlight.values import day, key, moment
from journal.messages import plans
from journal.models import Import, MessagePlan, Night
from prompts.models import Mark, OwnQuestion, Walk

# Settings as their columns are called.
SETTINGS = (
    "name",
    "language",
    "time_zone",
    "clock",
    "night_ends_at",
    "appearance",
    "shows_leave",
    "knows_leave",
    "locks_after",
    "locks_own_devices",
    "mails_notifications",
)
PREFERENCES = (
    "themes",
    "ages",
    "facets",
    "follow_ups",
    "kept_first",
    "start",
    "reason",
    "welcomed",
    "memories",
    "hard_nights",
    "hard_dates",
)


def person(owner: User) -> Values:
    return {
        "email": owner.email,
        "joined_at": moment(owner.date_joined),
        "settings": {name: getattr(owner, name) for name in SETTINGS},
        "preferences": {name: getattr(owner.preferences, name) for name in PREFERENCES},
        "children": [child._asdict() for child in owner.children.all],
        "messages": _messages(plans.of(owner)),
    }


def _messages(plan: MessagePlan) -> Values:
    """What the person asked to be sent, and when. On which devices is theirs to say anew."""
    return {
        "time": plan.time.isoformat("minutes"),
        "weekdays": sorted(plan.days),
        "by_mail": plan.by_mail,
        "says_nothing": plan.says_nothing,
        "letters": plan.letters,
        "letter_day": plan.letter_day,
        "letter_number": plan.letter_number,
    }


def own_questions(owner: User) -> Iterator[Values]:
    for own in OwnQuestion.objects.by(owner).order_by("written_at", "pk").iterator(500):
        yield {"id": key(own.pk), "question": own.content.question, "by_turn": own.by_turn, "written_at": moment(own.written_at)}


def marks(owner: User) -> Iterator[Values]:
    for mark in Mark.objects.filter(parent=owner).order_by("marked_at", "prompt").iterator(500):
        yield {"prompt": mark.prompt_id, "kind": mark.kind, "marked_at": moment(mark.marked_at)}


def walks(owner: User) -> Iterator[Values]:
    for walk in Walk.objects.by(owner).order_by("path"):
        yield {"path": walk.path, "started": day(walk.started), "paused": walk.paused, "skipped": walk.skipped}


def nights(owner: User) -> Iterator[Values]:
    """What was done with the pages of nights, apart from writing on them. A step of a counselor's set is named in `support`."""
    rows = (
        Night.objects.by(owner)
        .order_by("night")
        .values_list("night", "mode", "closed", "prompt", "own", "turn", "furthest", "furthest_own", "furthest_turn")
    )
    for night, mode, closed, prompt, own, turn, furthest, furthest_own, furthest_turn in rows.iterator(500):
        yield {
            "night": day(night),
            "mode": mode,
            "closed": closed,
            "prompt": prompt,
            "own": key(own),
            "turn": turn,
            "furthest": furthest,
            "furthest_own": key(furthest_own),
            "furthest_turn": furthest_turn,
        }


def imports(owner: User) -> Iterator[Values]:
    for each in Import.objects.filter(author=owner).order_by("created_at", "pk"):
        yield {
            "id": key(each.pk),
            "source": each.source,
            "created_at": moment(each.created_at),
            "taken_back_at": moment(each.taken_back_at),
            "summary": each.summary.values,
        }
