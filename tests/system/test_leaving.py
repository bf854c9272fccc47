"""Leaving: everything that is somebody's goes, in every table and file, and nothing of anybody else's."""

from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import CASCADE, Model
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import leaving
from accounts.keys import keyring
from accounts.models import Connection, KeySlot, User
from journal.exchange import exporting
from journal.exchange.choosing import Choice
from journal.exchange.importing import uploads
from journal.finding.index import building
from journal.messages.push import subscriptions
from journal.models import EarlierSupport, EarlierSupportContent, Origin, OriginContent
from prompts.models import Mark, Prompt
from tests.factories import make_user
from tests.helpers import signed_in
from tests.journal.messages.push.browser import Browser
from tests.system.test_access import make_people

# Tables that no account has rows of its own in, or whose rows say nothing of whose they are.
NOBODYS = {
    "auth.Permission",
    "auth.Group",
    "contenttypes.ContentType",
    "prompts.Theme",
    "prompts.Prompt",
    "operations.ScheduledTask",
    "journal.PushKey",
}
# What is of counselors, operators and invited people alone: `make_people` makes it for others, and parents have none.
OF_OTHERS = {
    "admin.LogEntry",
    "accounts.Invitation",
    "counselor.Workspace",
    "counselor.ClientGroup",
    "counselor.Invitation",
    "prompts.PromptSet",
    "counselor.MailDay",
    "account.EmailConfirmation",  # allauth's, for links: addresses are confirmed by codes here
}


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.label not in NOBODYS}


def make_more(owner: User) -> None:
    """What `make_people` does not make of a parent."""
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    Authenticator.objects.create(user=owner, type="recovery_codes", data={})
    signed_in(owner)
    with keyring.cached():
        uploads.whole(owner, "journal.json", b"{}" * 400_000)
    Origin.objects.create(entry=owner.entries.all()[0], author=owner, content=OriginContent("jrnl", "1"))
    Mark.objects.create(parent=owner, prompt=Prompt.objects.all()[0], kind=Mark.Kind.LATER, marked_at=timezone.now())
    EarlierSupport.objects.create(author=owner, content=EarlierSupportContent({"id": "x"}))
    exporting.start(owner, Choice())
    with keyring.cached():
        subscriptions.add(owner, Browser().address, timezone.now())
    building.start_anew(owner)
    with keyring.cached():
        while building.advance(owner):
            pass


@pytest.mark.django_db
def test_every_row_of_theirs_goes_and_no_other() -> None:
    people = make_people()
    owner = people.owner
    make_more(owner)
    before = counts()
    others = {model: others_rows(model, owner) for model in apps.get_models() if names_people(model)}

    leaving.delete(User.objects.get(pk=owner.pk))

    after = counts()
    untouched = {label for label, count in before.items() if count == after[label]}
    assert untouched == {label for label in OF_OTHERS if label in before}, "every other table held something of theirs, and lost it"
    assert not owned_by(owner)
    for model, kept in others.items():
        assert set(model._default_manager.values_list("pk", flat=True)) == kept, model
    assert not KeySlot.objects.filter(owner=owner.pk).exists()
    assert not DBTaskResult.objects.exists(), "what waited to be done for them is not in the queue any more"
    assert not Session.objects.exists()


def names_people(model: type[Model]) -> bool:
    return any(field.related_model is User for field in model._meta.concrete_fields)


def rows_of(model: type[Model], owner: User) -> set[object]:
    """The rows that name this parent, or one of their connections: a counselor's notes on a client go with the connection."""
    found: set[object] = set()
    for field in model._meta.concrete_fields:
        if field.related_model is User:
            found |= set(model._default_manager.filter(**{field.name: owner.pk}).values_list("pk", flat=True))
        elif field.related_model is Connection and field.remote_field and field.remote_field.on_delete is CASCADE:
            found |= set(model._default_manager.filter(**{f"{field.name}__parent": owner.pk}).values_list("pk", flat=True))
    return found


def others_rows(model: type[Model], owner: User) -> set[object]:
    return set(model._default_manager.values_list("pk", flat=True)) - rows_of(model, owner)


def owned_by(owner: User) -> list[str]:
    return [model._meta.label for model in apps.get_models() if rows_of(model, owner)]


@pytest.mark.usefixtures("own_file")
def test_the_write_ahead_log_is_empty_afterwards() -> None:
    owner = make_user()
    with keyring.cached():
        uploads.whole(owner, "journal.json", b"{}" * 400_000)
    leaving.delete(owner)
    if connection.vendor == "sqlite":
        log = Path(f"{connection.settings_dict['NAME']}-wal")
        assert not log.exists() or log.stat().st_size == 0
