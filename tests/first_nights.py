"""Walks twenty new accounts through twenty nights each, over the pages of the site, and prints what each was asked: `make first-nights`.

To be read by a person who changes what the first nights ask. The database is one for tests, made for this run and thrown away.
"""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django
from django.core.management import call_command
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

NIGHTS = 20
FIRST_EVENING = dt.datetime(2026, 3, 1, 21, 4, tzinfo=dt.UTC)

# What somebody does with a night's page.
WRITES, SWAPS, BACK, CLOSES, FACTS, LOOKS = "writes", "swaps twice", "swaps and goes back", "not tonight", "just the facts", "only looks"


@dataclass(frozen=True, slots=True)
class Account:
    """`habits` are gone through again and again. `away` nights lie before the night `away_after`. `path_nights`: as long the path
    that the reason leads to is walked, from the third night on. `themes` are chosen by hand after the third night.
    """

    ages: Sequence[str] = ()
    reason: str = ""
    habits: Sequence[str] = (WRITES,)
    away: int = 0
    away_after: int = 5
    path_nights: int = 0
    themes: Sequence[str] = ()


ACCOUNTS = [
    Account(),
    Account(ages=["baby"], reason="quiet-minutes"),
    Account(ages=["small"], reason="keep-these-years"),
    Account(ages=["school"], reason="hard-on-myself"),
    Account(ages=["teen"], reason="a-way-back"),
    Account(ages=["grown"], reason="keep-these-years"),
    Account(ages=["baby", "small"], reason="not-all-there"),
    Account(ages=["small", "school"], reason="quiet-minutes", habits=[WRITES, SWAPS]),
    Account(ages=["school", "teen"], reason="hard-on-myself", habits=[SWAPS]),
    Account(ages=["teen", "grown"], habits=[BACK, WRITES, CLOSES]),
    Account(habits=[CLOSES]),
    Account(ages=["baby"], habits=[FACTS, WRITES]),
    Account(ages=["small"], habits=[LOOKS, WRITES]),
    Account(reason="keep-these-years", away=31),
    Account(ages=["school"], away=31, away_after=2, habits=[SWAPS, CLOSES]),
    Account(ages=["teen"], reason="a-way-back", path_nights=4),
    Account(ages=["small"], reason="not-all-there", path_nights=9, habits=[WRITES, CLOSES]),
    Account(themes=["grace"]),
    Account(ages=["grown"], themes=["my-own-parents", "repair"], habits=[SWAPS, SWAPS, WRITES]),
    Account(ages=["baby", "small", "school", "teen", "grown"], reason="quiet-minutes"),
]


def walk(number: int, account: Account) -> None:
    """Sign up, answer Welcome, and spend the nights; each prints a line."""
    import time_machine
    from django.test import Client

    from accounts.models import User
    from tests.factories import PASSWORD
    from tests.helpers import signed_in

    email = f"parent-{number}@example.org"
    print(f"\n{number:>2}. ages: {', '.join(account.ages) or 'none'}; reason: {account.reason or 'none'}; {', '.join(account.habits)}")
    moment = FIRST_EVENING
    for night in range(1, NIGHTS + 1):
        if account.away and night == account.away_after + 1:
            print(f"    (away for {account.away} nights)")
            moment += dt.timedelta(days=account.away)
        with time_machine.travel(moment, tick=False):
            if night == 1:
                Client().post("/accounts/signup/", {"email": email, "password1": PASSWORD})
                signed_in(User.objects.get(email=email)).post("/accounts/welcome/", {"ages": account.ages, "reason": account.reason})
            client = signed_in(User.objects.get(email=email))
            _change(client, account, night)
            _spend(client, night, account.habits[(night - 1) % len(account.habits)])
        moment += dt.timedelta(days=1)


def _change(client: Any, account: Account, night: int) -> None:
    """What is decided outside of Tonight before this night."""
    from prompts.library import welcome

    reason = welcome.read().reason(account.reason)
    if account.path_nights and reason and night in {3, 3 + account.path_nights}:
        action = "begin" if night == 3 else "leave"
        client.post(f"/prompts/paths/{reason.path}/walk/", {"action": action})
        print(f"    ({action}s “{reason.path}”)")
    if account.themes and night == 4:
        client.post("/prompts/choices/", {"themes": account.themes, "ages": account.ages})
        print(f"    (chooses {', '.join(account.themes)})")


def _spend(client: Any, night: int, habit: str) -> None:
    for turn in {SWAPS: [1, 2], BACK: [1, 0]}.get(habit, []):
        _print(client, night, habit)
        _send(client, f"turn:{turn}")
    _print(client, night, habit)
    if habit == FACTS:
        _send(client, "mode:just_facts")
    if habit == CLOSES:
        _send(client, "close:not_tonight")
    elif habit != LOOKS:
        _send(client, "close:done", text="We read two chapters.")


def _send(client: Any, action: str, text: str = "") -> None:
    from tests.helpers import form_fields, read

    fields = form_fields(read(client, "/tonight/"), "#writing")
    response = client.post("/tonight/", {**fields, "text": text or fields["text"], "action": action})
    assert response.status_code == 302, response


def _print(client: Any, night: int, habit: str) -> None:
    """A line about what the page asks: kind, words, and the lines that belong to the first evenings."""
    from prompts import questions
    from tests.helpers import read

    page = read(client, "/tonight/")
    slug = page.select("#writing [name=prompt]")[0].get("value")
    asked = questions.prompt(str(slug))
    kind = f"{asked.theme} · {asked.depth}{' · TENDER' if asked.tender else ''}" if asked else "nothing"
    lines = [" ".join(line.get_text().split()) for line in page.select(".welcome-line, .hint, .step")]
    print(f"    {night:>2}  {kind:<28} {page.select('h1')[0].get_text()}  [{habit}]{''.join(f'  ‹{line}›' for line in lines)}")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["NIGHTLIGHT_TEST_RUN"] = f"first-nights-{os.getpid()}"
    django.setup()
    import logging

    logging.disable(logging.INFO)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("load_prompts", verbosity=0)
        for number, account in enumerate(ACCOUNTS, 1):
            walk(number, account)
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
