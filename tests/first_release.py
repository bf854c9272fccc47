"""The database of the first release: tests/data/first_release.tar.gz, an archive that `python -m tests.first_release` made, once.

It is sealed with the key of the tests, and holds none. Of everything that can be sealed there is something in it, and
tests/data/first_release.json says what: the archive is never made anew, only opened by the versions that come after.
"""

import dataclasses
import datetime as dt
import gzip
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

DATA = Path(__file__).parent / "data"
ARCHIVE, CONTENT = DATA / "first_release.tar.gz", DATA / "first_release.json"
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # the one of tests/settings.py
MADE_AT = dt.datetime(2026, 3, 1, 21, 4, tzinfo=dt.UTC)

type Payload = dict[str, object]


def opened() -> dict[str, list[Payload]]:
    """All that is sealed in this database, by label. Raises a `KeyringError` where something does not open."""
    from allauth.mfa.models import Authenticator

    from accounts.keys import keyring
    from accounts.keys.installation import SECRET_LABEL, decrypt_secret
    from accounts.keys.sealing import SealedField

    content: defaultdict[str, list[Payload]] = defaultdict(list)
    with keyring.cached():
        for model in apps.get_models():
            for field in [field for field in model._meta.get_fields() if isinstance(field, SealedField)]:
                for row in model._default_manager.exclude(**{f"{field.name}__isnull": True}).order_by("pk"):
                    content[field.label].append(dataclasses.asdict(getattr(row, field.name)))
        for authenticator in Authenticator.objects.order_by("pk"):
            content[SECRET_LABEL].append({"secret": decrypt_secret(authenticator.data["secret"])})
    return dict(content)


def make(folder: Path) -> None:
    """A counselor and a parent who have used everything there is, in an empty data folder; then the archive, and what is in it."""
    import time_machine

    with time_machine.travel(MADE_AT, tick=False):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        _write_everything()
        call_command("backup", "--to", str(folder / "first_release.tar"))
    ARCHIVE.write_bytes(gzip.compress((folder / "first_release.tar").read_bytes(), mtime=0))
    CONTENT.write_text(json.dumps(opened(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_everything() -> None:
    from allauth.account.models import EmailAddress
    from allauth.mfa.totp.internal.auth import TOTP

    from accounts.keys import keyring
    from accounts.models.user import Preferences
    from common.ids import new_id
    from counselor import groups
    from journal.entries import trash
    from journal.entries.submission import Finish, submit
    from journal.models import Entry, Mode
    from journal.nights import walks
    from journal.sharing import readings, replies, shares
    from prompts import marks
    from prompts.models import AssignedStep, Mark
    from tests import factories

    now = timezone.now()
    keyring.make_data_key(None)
    counselor = factories.make_counselor(email="ines@example.org")
    parent = factories.make_user(email="mara@example.org", name="Mara", time_zone="Europe/Stockholm", language="es")
    EmailAddress.objects.create(user=parent, email=parent.email, verified=True, primary=True)
    TOTP.activate(parent, "JBSWY3DPEHPK3PXP")
    parent.sealed_preferences = Preferences(themes=("repair",), ages=("teen",), kept_first=True, start=("mending",))
    parent.save()
    factories.make_path_prompts("mending")
    walks.begin(parent, "mending", dt.date(2026, 2, 20))
    own = factories.make_own_question(parent, "¿Qué dijo la lluvia?")
    marks.put(parent, "the-air-between-you", Mark.Kind.LATER)

    connection = factories.make_connection(counselor, parent)
    factories.make_invitation(counselor, email="friend@example.org", name="A friend")
    group = groups.create(counselor, new_id(), "Tuesdays")
    groups.change(group, "Tuesdays", [connection.pk])
    factories.make_note(connection)
    prompt_set = factories.make_set(counselor, steps=["prompt:the-air-between-you", "What was left unsaid?"])
    factories.make_assignment(connection, prompt_set, note="Take your time.", shares=True)
    step = AssignedStep.objects.get(position=1)

    page = factories.make_draft(night=dt.date(2026, 2, 27), text="We read **two** chapters, and the lamp fell.", feeling="even")
    submit(parent, page, None, now)
    submit(parent, dataclasses.replace(page, seq=2, text="We read.", prompt=str(own.pk), mode=Mode.QUESTION), Finish(), now)
    submit(parent, dataclasses.replace(page, page=new_id(), text="Written on the other phone."), None, now)  # a conflict
    answer = factories.make_draft(night=dt.date(2026, 2, 28), prompt=f"step-{step.pk}", mode=Mode.QUESTION, text="That I was afraid, too.")
    submit(parent, answer, Finish(), now)
    guide = factories.make_entry(parent, kind=Entry.Kind.FREE, guide="work-ate-the-day", text="**What was today?**\n\nLong.")
    trash.delete(parent, factories.make_entry(parent, kind=Entry.Kind.FREE, text="Put away."), now)

    share = shares.share(parent, connection, guide, now)
    readings.open_share(counselor, share.pk, now)
    replies.reply(counselor, share, new_id(), "Thank you for this.", now)
    replies.see_replies(parent, share, now)
    replies.reply(parent, share, new_id(), "It helped to write it.", now)


if __name__ == "__main__":
    os.environ |= {"NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_KEYS": KEY, "DJANGO_SETTINGS_MODULE": "config.settings"}
    if sys.argv[1:] == ["open"]:  # in the data folder that NIGHTLIGHT_DATA names
        django.setup()
        print(json.dumps(opened()))
    elif ARCHIVE.exists():
        sys.exit("The first release is made once.")
    else:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["NIGHTLIGHT_DATA"] = folder
            django.setup()
            make(Path(folder))
