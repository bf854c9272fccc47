"""Leaving: everything that is somebody's goes, in every table and file, and nothing of anybody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import CASCADE, ForeignKey, Model, Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts import leaving
from accounts.keys import keyring
from accounts.models import Connection, KeySlot, User
from accounts.sessions import SessionStore
from counselor.models import (
    ClientLabel,
    ClientLabelContent,
    Practice,
    PracticeInvitation,
    PracticeInvitationContent,
    PracticeSet,
)
from journal import repairs
from journal.exchange import exporting
from journal.exchange.choosing import Choice
from journal.exchange.importing import uploads
from journal.finding.index import building
from journal.history import revisions
from journal.models import (
    EarlierSupport,
    EarlierSupportContent,
    Entry,
    FilePart,
    Job,
    MessagePlan,
    Origin,
    OriginContent,
    PushAddress,
    PushSubscription,
    RecordCopy,
    ReplyDraft,
    ReplyDraftContent,
)
from journal.nights import walks
from prompts.models import KeptAssignment, Mark, Prompt
from tests.factories import make_entry, make_own_question, make_user
from tests.helpers import everything_stored, main_text, only_element, parsed, sealed_bytes, signed_in
from tests.system.test_access import People, make_brought, make_people

# Tables that no account has rows of its own in, or whose rows say nothing of whose they are.
NOBODYS = {
    *("auth.Permission", "auth.Group", "auth.Group_permissions", "contenttypes.ContentType"),
    *("prompts.Theme", "prompts.Prompt", "operations.ScheduledTask", "counselor.MailDay", "journal.PushKey"),
    "counselor.Practice",
}
# Where nothing of theirs may be, when a person of either kind leaves: every other table held something, and has lost it.
UNTOUCHED = {
    "owner": {
        *("counselor.Workspace", "counselor.ClientGroup", "counselor.Invitation", "prompts.PromptSet"),
        *("counselor.Membership", "counselor.PracticeInvitation", "counselor.PracticeSet"),
    },
    # A parent keeps the record of who read what, and the questions that were given.
    "connected": {
        *("accounts.Connection", "prompts.Assignment", "prompts.AssignedStep", "prompts.KeptAssignment"),
        *("journal.Share", "journal.Reading", "journal.Reply", "journal.RecordCopy", "accounts.HandOver"),
    },
}
LEAVERS = pytest.mark.parametrize("leaver", UNTOUCHED)


def models() -> Iterator[type[Model]]:
    return (model for model in apps.get_models(include_auto_created=True) if model._meta.label not in NOBODYS)


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in models()}


def make_more(person: User) -> None:
    """What `make_people` does not make of everybody: a row in each table that anybody can have one in."""
    address = EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    EmailConfirmation.objects.create(email_address=address, key=str(person.pk))  # allauth's, for links: we confirm by codes
    Authenticator.objects.create(user=person, type="recovery_codes", data={})
    person.groups.add(Group.objects.get_or_create(name="Everybody")[0])
    person.user_permissions.add(Permission.objects.all()[0])
    LogEntry.objects.log_actions(person.pk, [make_user(email=f"changed-by-{person.pk}@example.org")], CHANGE)
    signed_in(person)
    with keyring.cached():
        uploads.whole(person, "journal.json", b"{}" * 400_000)
    Origin.objects.create(entry=person.entries.all()[0], author=person, content=OriginContent("jrnl", "1"))
    Mark.objects.create(parent=person, prompt=Prompt.objects.all()[0], kind=Mark.Kind.LATER, marked_at=timezone.now())
    EarlierSupport.objects.create(author=person, content=EarlierSupportContent({"id": "x"}))
    MessagePlan.objects.create(person=person)
    PushSubscription.objects.create(person=person, made_at=timezone.now(), address=PushAddress("https://push.example.org/1", "", ""))
    exporting.start(person, Choice())
    building.start_anew(person)
    with keyring.cached():
        while building.advance(person):
            pass


def make_journal_of(counselor: User) -> None:
    """The journal that a counselor keeps of their own, as `make_people` makes one of the owner."""
    now = timezone.now()
    make_own_question(counselor, "The counselor’s own question?", now=now)
    walks.begin(counselor, "mending", counselor.tonight(now))
    entry = make_entry(counselor, text="The counselor’s own evening.")
    revisions.keep_done(counselor, entry, entry.saved_at)
    repairs.keep_open(counselor, make_entry(counselor, text="The counselor’s own evening.", kind=Entry.Kind.FREE).pk, now)
    make_brought(counselor, entry)


def make_practice_of(people: People) -> None:
    """A practice of the connected counselor's, and what they keep about the owner of the journal."""
    now, counselor, connection = timezone.now(), people.connected, people.present.connection
    practice = Practice.objects.get()
    PracticeInvitation.objects.create(
        practice=practice,
        inviter=counselor,
        digest="d",
        content=PracticeInvitationContent(token="t", name="Tomas"),
        made_at=now,
        expires_at=now,
    )
    PracticeSet.objects.create(practice=practice, set=people.set, shared_at=now)
    ClientLabel.objects.create(connection=connection, counselor=counselor, content=ClientLabelContent("of Mondays"), written_at=now)
    RecordCopy.objects.create(connection=connection, form=RecordCopy.Form.PAPER, made_at=now)
    for author in (people.owner, counselor):
        ReplyDraft.objects.create(share=people.present.share, author=author, content=ReplyDraftContent("Begun"), written_at=now)


def make_all(leaver: str) -> tuple[People, User]:
    people = make_people()
    make_journal_of(people.connected)
    make_practice_of(people)
    person: User = getattr(people, leaver)
    person.email = "who-leaves@example.org"  # that no other address ends with
    person.save()
    for each in (people.owner, people.connected):
        make_more(each)
    LogEntry.objects.log_actions(people.staff.pk, [person], CHANGE)
    return people, person


@pytest.mark.django_db
@LEAVERS
def test_every_row_of_theirs_goes_and_no_other(leaver: str) -> None:
    people, person = make_all(leaver)
    before = counts()
    assert [label for label, count in before.items() if not count] == [], "a table without a row is not tested"
    kept = {model: set(model._default_manager.values_list("pk", flat=True)) - rows_of(model, person) for model in models()}

    leaving.delete(User.objects.get(pk=person.pk))

    after = counts()
    assert {label for label, count in before.items() if count <= after[label]} == UNTOUCHED[leaver]
    for model, pks in kept.items():
        present = set(model._default_manager.values_list("pk", flat=True))
        assert present == pks or (model is KeptAssignment and present > pks), model  # a parent’s copies are made when it ends
    assert person.email.encode() not in everything_stored()
    assert_readable(people, leaver)


def assert_readable(people: People, leaver: str) -> None:
    """What the other side wrote opens, and so do the pages that tell of who has left."""
    other = people.connected if leaver == "owner" else people.owner
    share, group, own_set = people.present.share.pk, people.group.pk, people.set.pk
    pages = {
        "owner": {
            "/today/": "Your first steps",
            f"/accounts/groups/{group}/": "group",
            f"/prompts/sets/{own_set}/": "question again?",
            "/accounts/invitations/": "The counselor’s friend",
        },
        "connected": {"/accounts/care/": "they ended it on", f"/journal/shared/{share}/": "read"},
    }
    browser = signed_in(User.objects.get(pk=other.pk))
    for page, words in pages[leaver].items():
        assert words in str(only_element(parsed(browser.get(page)), "main")), page
    for entry in Entry.objects.by(other):
        assert entry.content.text in main_text(browser.get(f"/journal/{entry.pk}/"))


def rows_of(model: type[Model], person: User) -> set[object]:
    """The rows that are this person's or end with one of their connections: by what refers to whom, and whose task or session it is."""
    if model is Session:
        keys = set(Session.objects.values_list("pk", flat=True))
        return {key for key in keys if SessionStore(key).load().get(SESSION_KEY) == str(person.pk)}
    if model is DBTaskResult:
        jobs = {str(pk) for pk in Job.objects.by(person).values_list("pk", flat=True)}
        return {row.pk for row in DBTaskResult.objects.all() if set(row.args_kwargs["args"]) & jobs}
    if model is KeySlot:
        mine = Connection.objects.filter(Q(parent=person) | Q(counselor=person), ended_at=None).values("pk")
        return set(KeySlot.objects.filter(Q(owner=person.pk) | Q(connection__in=mine)).values_list("pk", flat=True))
    if model is User:
        return {person.pk}
    found: set[object] = set()
    for path in paths_to_person(model):
        found |= set(model._default_manager.filter(**{path: person.pk}).values_list("pk", flat=True))
    return found


def paths_to_person(model: type[Model], depth: int = 3) -> Iterator[str]:
    """The relations by which a row of this model goes with a person, as lookups."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or field.remote_field.on_delete is not CASCADE:
            continue
        if field.related_model is User:
            yield field.name
        elif depth:
            yield from (f"{field.name}__{path}" for path in paths_to_person(field.related_model, depth - 1))


@LEAVERS
@pytest.mark.usefixtures("own_file")
def test_no_file_holds_anything_of_theirs_afterwards(leaver: str, tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    _people, person = make_all(leaver)
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    keys = [bytes(wrapped) for wrapped in KeySlot.objects.filter(owner=person.pk).values_list("wrapped", flat=True)]
    parts = [bytes(sealed_bytes(part, "data"))[:64] for part in FilePart.objects.filter(owner=person)]
    before = files_in(tmp_path)
    assert all(any(secret in held for held in before.values()) for secret in [*keys, *parts, person.email.encode()])

    leaving.delete(User.objects.get(pk=person.pk))

    after = files_in(tmp_path)
    assert set(after) <= set(before) | {"nightlight.sqlite3-wal", "nightlight.sqlite3-shm"}
    assert after.get("nightlight.sqlite3-wal", b"") == b""
    assert not [name for name, held in after.items() if any(secret in held for secret in [*keys, *parts, person.email.encode()])]


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
