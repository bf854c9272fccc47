"""Loads the parents of the demo family: invented people with a year of nights."""

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Child, Children, Preferences, User
from common.ids import new_id
from journal import repairs
from journal.entries.saving import Draft, Saved
from journal.entries.submission import Finish, submit
from journal.models import Entry, Mode, Night, RepairState
from journal.nights import guide_pages, night_pages
from prompts.library import guides

type Values = dict[str, Any]  # a table of a TOML file

PASSWORD = "lamp-on-the-bedside-table"  # noqa: S105  public: printed whenever the demo is loaded


def create_person(values: Values) -> User | None:
    """Create a person with a verified email address; None where one with this address exists.

    `values` are fields of `User`, and `ages` and `themes`, which are taken out of it.
    """
    if User.objects.filter(email=values["email"]).exists():
        return None
    preferences = Preferences(ages=tuple(values.pop("ages", ())), themes=tuple(values.pop("themes", ())))
    person = User.objects.create_user(password=PASSWORD, **values)
    person.sealed_preferences = preferences
    person.save(update_fields=["sealed_preferences"])
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def load(family: Values) -> None:
    """Create the parent of one file of families/, with their nights. Does nothing where the parent exists."""
    person = create_person(family["person"])
    if person is None:
        return
    tonight = person.tonight(timezone.now())
    children = {values["name"]: _child(values, tonight) for values in family["child"]}
    person.sealed_children = Children(rows=tuple(children.values()))
    person.save(update_fields=["sealed_children"])
    for values in sorted(family["night"], key=lambda night: -night["ago"]):
        night = tonight - dt.timedelta(days=values["ago"])
        if values.get("not_tonight"):
            night_pages.close(person, night, Night.Closed.NOT_TONIGHT)
        else:
            _write(person, night, values, children)
    for values in sorted(family["repair"], key=lambda repair: -repair["ago"]):
        _open_repair(person, tonight, values, children)


def _child(values: Values, tonight: dt.date) -> Child:
    return Child(id=new_id().hex, name=values["name"], born=(tonight - dt.timedelta(days=values["days"])).year)


def _open_repair(person: User, tonight: dt.date, values: Values, children: dict[str, Child]) -> None:
    """Write on the guide of repairs, and say what became of it, where `values` do: so many nights after."""
    night = tonight - dt.timedelta(days=values["ago"])
    guide = guides.read("en")[repairs.GUIDE]
    text = guide_pages.join_answers([part.ask for part in guide.parts], values["answers"])
    entry = _write(person, night, {**values, "text": text, "guide": guide.slug}, children)
    if became := values.get("became"):
        mended = night + dt.timedelta(days=became["after"])
        repairs.settle(person, entry.pk, RepairState(became["state"]), night=mended, words=became["words"])


def _write(person: User, night: dt.date, values: Values, children: dict[str, Child]) -> Entry:
    """Save a page as it was saved on its night: the night's own, or a guide's."""
    time = dt.time.fromisoformat(values["at"])
    date = night + dt.timedelta(days=1) if time.hour < person.night_ends_at else night  # the small hours belong to the night before
    guide = values.get("guide", "")
    draft = Draft(
        entry_id=new_id(),
        page=new_id(),
        seq=1,
        base=0,
        kind=Entry.Kind.FREE if guide else Entry.Kind.NIGHT,
        night=night,
        text=values["text"].strip(),
        feeling=values.get("feeling", ""),
        prompt=values.get("prompt"),
        mode=Mode.QUESTION if values.get("prompt") else Mode.JUST_WRITE,
        guide=guide,
        children=tuple(children[name].id for name in values.get("about", ())),
    )
    outcome = submit(person, draft, Finish(), dt.datetime.combine(date, time, tzinfo=person.zone))
    if not isinstance(outcome, Saved):
        raise RuntimeError(f"the page of {night} was not saved: {outcome!r}")
    return outcome.entry
