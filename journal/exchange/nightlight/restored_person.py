"""What of an export belongs to the person, taken in: settings, children, questions, marks, paths and nights."""

import datetime as dt
import uuid
from collections.abc import Sequence
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import people
from accounts.models import Child, Children, Preferences, User
from accounts.models.children import MOST, MOST_KEPT, NAME_LIMIT
from common.text import fold
from journal.exchange.nightlight.checked import Row
from journal.exchange.nightlight.identity import Identities
from journal.exchange.nightlight.person import SETTINGS
from journal.messages import letters, plans
from journal.models import SUNDAY, Entry, MessagePlan, Mode, Night
from prompts.models import Mark, OwnQuestion, Prompt, Walk
from prompts.models.own_question import QUESTION_LIMIT, OwnQuestionContent

EARLIEST_BIRTH = 1900


def is_empty(owner: User) -> bool:
    """Whether nothing was written in the account yet: then settings come along, too."""
    rows = (Entry.objects.by(owner), Night.objects.by(owner), OwnQuestion.objects.by(owner))
    return not any(found.exists() for found in rows)


def person(owner: User, row: Row, identities: Identities, *, is_new: bool) -> None:
    _children(owner, row, identities)
    if is_new:
        joined_at = row.moment("joined_at")
        if joined_at is not None and joined_at < owner.date_joined:  # whoever moves here is no newcomer
            owner.date_joined = joined_at
            owner.save(update_fields=["date_joined"])
        _settings(owner, row)
        _preferences(owner, row)
        _messages(owner, row)


def _settings(owner: User, row: Row) -> None:
    found = row.row("settings")
    changed = []
    for name in SETTINGS if found else ():
        field = owner._meta.get_field(name)
        value = found.as_it_is().get(name) if found else None
        if type(value) is not type(getattr(owner, name)):
            continue
        try:
            setattr(owner, name, field.clean(value, owner))  # type: ignore[union-attr]  # columns alone are named there
        except ValidationError:
            continue
        changed.append(name)
    if changed:
        owner.save(update_fields=changed)


def _preferences(owner: User, row: Row) -> None:
    found = row.row("preferences")
    if found is None:
        return
    changed = Preferences(
        themes=found.texts("themes", 100, 60),
        ages=found.texts("ages", 10, 10),
        facets=found.texts("facets", 40, 40),
        follow_ups=found.flag("follow_ups", default=True),
        kept_first=found.flag("kept_first"),
        start=found.texts("start", 40, 60),
        reason=found.text("reason", 60),
        welcomed=found.flag("welcomed"),
        memories=found.flag("memories", default=True),
        hard_nights=found.flag("hard_nights"),
        hard_dates=tuple(each for each in found.texts("hard_dates", 100, 10) if _is_day(each)),
    )
    owner.change_preferences(lambda _before: changed)


def _messages(owner: User, row: Row) -> None:
    """What they asked to be sent, where they have not asked for anything here."""
    found = row.row("messages")
    if found is None or MessagePlan.objects.filter(person=owner).exists():
        return
    plan = MessagePlan(person=owner)
    with suppress(ValueError):
        plan.time = dt.time.fromisoformat(found.text("time", 5)).replace(tzinfo=None)
    plan.weekdays = sum(1 << day for day in set(found.numbers("weekdays", 7)) if 0 <= day <= SUNDAY)
    plan.by_mail, plan.says_nothing, plan.letters = found.flag("by_mail"), found.flag("says_nothing"), found.flag("letters")
    plan.letter_day = found.number("letter_day", default=SUNDAY, most=SUNDAY)
    plan.letter_number = letters.known(found.number("letter_number", default=1))
    plan.save()
    plans.replan(owner, timezone.now())


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _children(owner: User, row: Row, identities: Identities) -> None:
    """Those that are not on the list yet, at its end. Where it is full for the present ones, as former ones.

    One of the same name is the same child.
    """
    found = [child for each in row.rows("children", MOST_KEPT) if (child := _child(each)) is not None]

    def merged(before: Children) -> Children:
        rows = list(before.all)
        for child in found:
            taken = {fold(each.name) for each in rows}
            if any(each.id == child.id for each in rows) or fold(child.name) in taken or len(rows) >= MOST_KEPT:
                continue
            is_former = child.is_former or sum(not each.is_former for each in rows) >= MOST
            rows.append(child._replace(is_former=is_former))
        return Children(tuple(rows))

    if found:
        people.change_children(owner, merged)
    named = {fold(child.name): child.id for child in owner.children.all}
    identities.children = {child.id: named[fold(child.name)] for child in found if fold(child.name) in named}


def _child(row: Row) -> Child | None:
    key, name = row.key("id"), row.text("name", NAME_LIMIT).strip()
    if key is None or not name:
        return None
    born = row.number("born")
    return Child(key.hex, name, born if EARLIEST_BIRTH <= born <= timezone.now().year + 1 else None, row.flag("is_former"))


def known_prompts(slugs: set[str]) -> set[str]:
    return set(Prompt.objects.filter(pk__in=slugs).values_list("pk", flat=True))


def own_questions(owner: User, some: Sequence[Row], identities: Identities) -> int:
    keyed = {key: row for row in some if (key := row.key("id")) is not None and row.text("question", QUESTION_LIMIT).strip()}
    here = identities.settle(OwnQuestion, "author", keyed)
    new = [
        OwnQuestion(
            id=identities.of(key),
            author=owner,
            content=OwnQuestionContent(row.text("question", QUESTION_LIMIT)),
            by_turn=row.flag("by_turn", default=True),
            written_at=row.moment("written_at") or timezone.now(),
        )
        for key, row in keyed.items()
        if key not in here
    ]
    OwnQuestion.objects.bulk_create(new)
    if new:
        owner.remember("has_own_questions")
    return len(new)


def marks(owner: User, some: Sequence[Row]) -> int:
    known = known_prompts({row.text("prompt", 100) for row in some})
    had = set(Mark.objects.filter(parent=owner).values_list("prompt", flat=True))
    new = {
        slug: Mark(parent=owner, prompt_id=slug, kind=kind, marked_at=row.moment("marked_at") or timezone.now())
        for row in some
        if (slug := row.text("prompt", 100)) in known - had and (kind := row.choice("kind", Mark.Kind))
    }
    Mark.objects.bulk_create(new.values())
    return len(new)


def walks(owner: User, some: Sequence[Row]) -> int:
    """A path that is under way stays the one that is: of those that come in, none is besides it."""
    had = set(Walk.objects.by(owner).values_list("path", flat=True))
    is_under_way = Walk.objects.by(owner).under_way().exists()
    new: dict[str, Walk] = {}
    for row in some:
        path, started = row.text("path", 50), row.day("started")
        if not path or started is None or path in had or path in new:
            continue
        paused = row.flag("paused") or is_under_way
        is_under_way = is_under_way or not paused
        new[path] = Walk(walker=owner, path=path, started=started, paused=paused, skipped=list(row.texts("skipped", 100, 100)))
    Walk.objects.bulk_create(new.values())
    if new:
        owner.remember("has_walks")
    return len(new)


def nights(owner: User, some: Sequence[Row], identities: Identities) -> int:
    dated = {night: row for row in some if (night := row.day("night")) is not None}
    had = set(Night.objects.by(owner).filter(night__in=dated).values_list("night", flat=True))
    known = known_prompts({row.text(name, 100) for row in dated.values() for name in ("prompt", "furthest")})
    keys = {identities.of(key) for row in dated.values() for name in ("own", "furthest_own") if (key := row.key(name))}
    own = set(OwnQuestion.objects.by(owner).filter(pk__in=keys).values_list("pk", flat=True))

    def prompt(row: Row, name: str) -> str | None:
        return slug if (slug := row.text(name, 100)) in known else None

    def question(row: Row, name: str) -> uuid.UUID | None:
        key = row.key(name)
        return identities.of(key) if key is not None and identities.of(key) in own else None

    new = [
        Night(
            author=owner,
            night=night,
            mode=row.choice("mode", Mode, Mode.QUESTION),
            closed=row.choice("closed", Night.Closed),
            prompt_id=prompt(row, "prompt"),
            own_id=question(row, "own"),
            turn=row.number("turn", most=32767),
            furthest_id=prompt(row, "furthest"),
            furthest_own_id=question(row, "furthest_own"),
            furthest_turn=row.number("furthest_turn", most=32767),
        )
        for night, row in dated.items()
        if night not in had
    ]
    Night.objects.bulk_create(new)
    return len(new)
