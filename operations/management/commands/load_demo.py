"""Load the demo family of operations/demo: invented people with a year of nights. Idempotent."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.keys import keyring
from accounts.models import User
from operations.demo import counselor, family
from operations.locking import folder_lock

FAMILIES = Path(family.__file__).parent / "families"
COUNSELOR = {"email": "ines@example.org", "name": "Ines", "time_zone": "Europe/Stockholm"}


class Command(BaseCommand):
    help = "Load the demo family: two parents with a year of nights, and their counselor. Existing people don’t change."

    def handle(self, *args: object, **options: object) -> None:
        with folder_lock(settings.DATA_DIR, wait=True):
            self.load()

    def load(self) -> None:
        families = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FAMILIES.glob("*.toml"))]
        demo_people = [*(values["person"]["email"] for values in families), COUNSELOR["email"]]
        if User.objects.people().exclude(email__in=demo_people).exists():
            raise CommandError("this database already has people: the demo family needs an empty one.")
        with keyring.cached():
            for values in families:
                with transaction.atomic():
                    family.load(values)
            with transaction.atomic():
                family.create_person(dict(COUNSELOR))
                counselor.load()
        self.stdout.write("Sign in as one of the demo family:")
        for email, role in [("mara@example.org", "parent"), ("tomas@example.org", "parent"), (COUNSELOR["email"], "counselor")]:
            self.stdout.write(f"  {email:<20} {family.PASSWORD}   ({role})")
