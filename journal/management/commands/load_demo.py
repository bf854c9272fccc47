"""Load the demo family of journal/demo: invented people with a year of nights."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import keyring
from accounts.models import Choices, User, new_id
from journal import evening, history, saving
from journal.management import demo_care
from journal.models import Entry, Mode, Night

DEMO = Path(__file__).parents[2] / "demo"
PASSWORD = "lamp-on-the-bedside-table"  # noqa: S105  printed at every start, and made for nothing but this
COUNSELOR = {"email": "ines@example.org", "name": "Ines", "time_zone": "Europe/Stockholm"}


class Command(BaseCommand):
    help = "Load the demo family: two parents with a year of nights, and their counselor. People who are there stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        families = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(DEMO.glob("*.toml"))]
        strangers = User.objects.exclude(email__in=[*(family["person"]["email"] for family in families), COUNSELOR["email"]])
        if strangers.exists():
            raise CommandError("there are people in this database already: the demo family moves into an empty one only.")
        with keyring.held():
            for family in families:
                with transaction.atomic():
                    self.load(family)
            with transaction.atomic():
                self.person(COUNSELOR)
                demo_care.load()
        self.stdout.write("Sign in as one of the demo family:")
        for email, says in [("mara@example.org", "parent"), ("tomas@example.org", "parent"), (COUNSELOR["email"], "counselor")]:
            self.stdout.write(f"  {email:<20} {PASSWORD}   ({says})")

    def person(self, told: dict[str, Any]) -> User | None:
        """The person, or None where they have moved in before."""
        if User.objects.filter(email=told["email"]).exists():
            return None
        choices = Choices(ages=tuple(told.pop("ages", ())), themes=tuple(told.pop("themes", ())))
        person = User.objects.create_user(password=PASSWORD, **told)
        person.sealed_choices = choices
        person.save(update_fields=["sealed_choices"])
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def load(self, family: dict[str, Any]) -> None:
        person = self.person(family["person"])
        if person is None:
            return
        tonight = person.tonight(timezone.now())
        for told in sorted(family["night"], key=lambda night: -night["ago"]):
            night = tonight - dt.timedelta(days=told["ago"])
            if told.get("not_tonight"):
                evening.close(person, night, Night.Closed.NOT_TONIGHT)
            else:
                self.write(person, night, told)

    def write(self, person: User, night: dt.date, told: dict[str, Any]) -> None:
        time = dt.time.fromisoformat(told["at"])
        date = night + dt.timedelta(days=1) if time.hour < person.night_ends_at else night
        now = dt.datetime.combine(date, time, tzinfo=person.zone)
        draft = saving.Draft(
            entry_id=new_id(),
            page=new_id(),
            seq=1,
            base=0,
            kind=Entry.Kind.NIGHT,
            night=night,
            text=told["text"].strip(),
            feeling=told.get("feeling", ""),
            prompt=told.get("prompt"),
            mode=Mode.QUESTION if told.get("prompt") else Mode.JUST_WRITE,
        )
        outcome = saving.save(person, draft, now)
        if isinstance(outcome, saving.Saved):
            history.keep_done(person, outcome.entry, now)
            evening.close(person, night, Night.Closed.DONE)
