"""Say what is the matter with this installation, and what to do."""

import json
from argparse import ArgumentParser
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from operations import doctor
from operations.doctor import State


class Command(BaseCommand):
    help = "Check keys, clock, time, worker, mail, disk, backups, migrations and proxy, and say what to do. Changes nothing; exits with 1 if something’s wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs: a list of {about, state, said, advice}")

    def handle(self, *args: object, **options: object) -> None:
        found = list(doctor.findings())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in found], indent=2))
        else:
            for each in found:
                self.stdout.write(f"{each.state.value:8} {each.about}: {each.said}")
                if each.advice:
                    self.stdout.write(f"         {each.advice}")
        if faults := sum(each.state == State.FAULT for each in found):
            raise CommandError(f"{faults} thing{'' if faults == 1 else 's'} to fix." if not options["json"] else "")
