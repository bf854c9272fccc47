"""Loads the parents of the demo family: invented people with a year of nights."""

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Preferences, User
from common.ids import new_id
from journal.entries.saving import Draft
from journal.entries.submission import Finish, submit
from journal.models import Entry, Mode, Night
from journal.nights import night_pages

PASSWORD = "lamp-on-the-bedside-table"  # noqa: S105  public: printed whenever the demo is loaded


def create_person(values: dict[str, Any]) -> User | None:
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


def load(family: dict[str, Any]) -> None:
    """Create the parent of one file of families/, with their nights. Does nothing where the parent exists."""
    person = create_person(family["person"])
    if person is None:
        return
    tonight = person.tonight(timezone.now())
    for values in sorted(family["night"], key=lambda night: -night["ago"]):
        night = tonight - dt.timedelta(days=values["ago"])
        if values.get("not_tonight"):
            night_pages.close(person, night, Night.Closed.NOT_TONIGHT)
        else:
            _write(person, night, values)


def _write(person: User, night: dt.date, values: dict[str, Any]) -> None:
    time = dt.time.fromisoformat(values["at"])
    date = night + dt.timedelta(days=1) if time.hour < person.night_ends_at else night  # the small hours belong to the night before
    draft = Draft(
        entry_id=new_id(),
        page=new_id(),
        seq=1,
        base=0,
        kind=Entry.Kind.NIGHT,
        night=night,
        text=values["text"].strip(),
        feeling=values.get("feeling", ""),
        prompt=values.get("prompt"),
        mode=Mode.QUESTION if values.get("prompt") else Mode.JUST_WRITE,
    )
    submit(person, draft, Finish(), dt.datetime.combine(date, time, tzinfo=person.zone))
