"""Inviting cannot be used to write to strangers, and one invitation opens one account on a closed site."""

import datetime as dt
from http import HTTPStatus
from typing import Any
from unittest import mock

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import leaving
from accounts.adapter import AccountAdapter
from accounts.models import User
from common.ids import new_id
from counselor import invitations, workspace
from counselor.models import Invitation, MailDay, Workspace
from tests.factories import PASSWORD, make_connection, make_counselor, make_invitation, make_user
from tests.helpers import DAY, EVENING, confirm, main_text, refusal, run, signed_in
from tests.sharing import evening as evening

pytestmark = pytest.mark.django_db
LOCMEM = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
INVITATIONS = "/accounts/invitations/"


@pytest.fixture
def counselor() -> User:
    return make_counselor()


@pytest.fixture
def mailing(settings: Settings) -> None:
    settings.MAILER, settings.MAILERS = LOCMEM, {"default": LOCMEM}


@pytest.fixture
def closed_site(settings: Settings) -> None:
    settings.SIGNUP_OPEN = False


@pytest.fixture
def verified_site(settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


def address_of(invitation: Invitation) -> str:
    return reverse("counselor:invitation", args=[invitation.content.token])


def invite(counselor: User, email: str = "", name: str = "Tuesdays") -> Any:
    return signed_in(counselor).post(INVITATIONS, {"id": new_id(), "name": name, "email": email})


def sign_up(invitation: Invitation, email: str, client: Client | None = None) -> Any:
    fields = {"email": email, "password1": PASSWORD, "next": address_of(invitation)}
    return (client or Client()).post("/accounts/signup/", fields)


def accounts() -> set[str]:
    return set(User.objects.filter(email__endswith="@invited.example").values_list("email", flat=True))


# --- What a mail to a stranger says.


@pytest.mark.parametrize("field", ["name", "practice"])
@pytest.mark.parametrize("text", ["Win at example.com", "https://example.org", "call 0900 555 01 99", "me@example.org"])
def test_a_workspace_has_a_name_that_is_a_name(field: str, text: str) -> None:
    person = make_user()
    fields = {"name": "Ines Holm", "practice": "", "line": "I listen.", field: text}

    response = signed_in(person).post("/accounts/workspace/", fields)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "can’t include a web or email address" in response.content.decode()
    assert text in response.content.decode()
    assert not Workspace.objects.exists()


def test_a_name_stands_on_one_line_of_its_own_quoted_after_what_the_site_says(counselor: User, mailing: None) -> None:
    signed_in(counselor).post("/accounts/workspace/", {"name": "Ines\r\n\r\nYour bank\u202e\u200b writes", "practice": "", "line": ""})

    invite(counselor, "stranger@example.org")

    [message] = mail.outbox
    lines = str(message.body).splitlines()
    assert lines.index("“Ines Your bank writes”") > lines.index(next(line for line in lines if "Nightlight, a private journal" in line))
    assert "Ines" not in message.subject


# --- How many mails.


def test_the_whole_site_mails_so_many_a_day_and_says_from_when_on_again(mailing: None, settings: Settings, evening: Any) -> None:
    settings.INVITATION_MAILS = 3
    for number in range(3):
        assert invite(make_counselor(email=f"{number}@example.org"), f"to-{number}@example.org").status_code == HTTPStatus.FOUND
    late = make_counselor(email="late@example.org")

    refused = invite(late, "one-more@example.org", "The family on Tuesdays")

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "until Monday, 2 March at 00:00" in main_text(refused)
    for typed in ("one-more@example.org", "The family on Tuesdays"):
        assert typed in refused.content.decode()
    assert len(mail.outbox) == 3
    assert not Invitation.objects.of_counselor(late).exists()

    assert invite(late).status_code == HTTPStatus.FOUND  # a link to hand over
    with time_machine.travel(EVENING.replace(day=2, hour=0, minute=1), tick=False):
        assert invite(late, "one-more@example.org").status_code == HTTPStatus.FOUND
    assert len(mail.outbox) == 4
    assert [day.day for day in MailDay.objects.all()] == [dt.date(2026, 3, 2)]


def test_an_account_that_is_deleted_and_made_anew_counts_on(mailing: None, settings: Settings) -> None:
    settings.INVITATION_MAILS = 2
    for number in range(4):
        counselor = make_counselor()
        invite(counselor, f"to-{number}@example.org")
        leaving.delete(counselor)

    assert len(mail.outbox) == 2


def test_sent_twice_is_counted_once(counselor: User, mailing: None) -> None:
    fields = {"id": new_id(), "name": "Tuesdays", "email": "mara@example.org"}
    for _twice in range(2):
        signed_in(counselor).post(INVITATIONS, fields)

    assert MailDay.objects.get().invitations == 1


def test_another_spelling_of_an_address_is_the_same_invitation(counselor: User, mailing: None) -> None:
    pk = new_id()
    for spelling in ("mara@münchen.de", "Mara@xn--mnchen-3ya.DE"):
        signed_in(counselor).post(INVITATIONS, {"id": pk, "name": "Tuesdays", "email": spelling})

    assert len(mail.outbox) == 1


def test_a_counselor_is_told_from_when_on_more_can_be_made(counselor: User, evening: Any) -> None:
    for number in range(invitations.PER_DAY):
        make_invitation(counselor, now=EVENING - DAY + dt.timedelta(hours=1, minutes=number))

    refused = invite(counselor)

    assert "from Sunday, 1 March at 22:04 on" in main_text(refused)
    assert "Tuesdays" in refused.content.decode()


# --- Approval.


def test_counselors_wait_where_the_operator_approves_them(settings: Settings) -> None:
    settings.COUNSELORS_APPROVED = True
    counselor = make_counselor()
    client = signed_in(counselor)

    for path in ("/accounts/workspace/", "/today/", INVITATIONS):
        assert "hasn’t approved your workspace" in main_text(client.get(path)), path
    assert client.get("/prompts/sets/new/").status_code == HTTPStatus.OK
    refused = invite(counselor, name="The family on Tuesdays")
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "The family on Tuesdays" in refused.content.decode()
    with pytest.raises(invitations.CannotInvite):
        make_invitation(counselor)

    assert workspace.approve(Workspace.objects.all(), timezone.now()) == 1
    assert workspace.approve(Workspace.objects.all(), timezone.now()) == 0
    for path in ("/accounts/workspace/", "/today/", INVITATIONS):
        assert "hasn’t approved your workspace" not in main_text(client.get(path)), path
    assert invite(counselor).status_code == HTTPStatus.FOUND
    counselor.refresh_from_db()
    assert counselor.unread_since is not None


def test_who_opened_a_workspace_on_an_open_site_goes_on_when_it_is_closed(counselor: User, settings: Settings) -> None:
    settings.COUNSELORS_APPROVED = True

    assert invite(counselor).status_code == HTTPStatus.FOUND


def test_nobody_approves_themselves(settings: Settings) -> None:
    settings.COUNSELORS_APPROVED = True
    counselor = make_counselor()

    fields = {"name": "Ines", "practice": "", "line": "", "approved_at": "2026-01-01", "approved_at_0": "2026-01-01"}
    signed_in(counselor).post("/accounts/workspace/", fields)
    signed_in(counselor).post(reverse("admin:counselor_workspace_changelist"), {"action": "approve"})

    assert not Workspace.objects.get().is_approved


def test_the_operator_approves_on_the_admin_page_which_shows_nothing_sealed(settings: Settings) -> None:
    settings.COUNSELORS_APPROVED = True
    client = signed_in(User.objects.create_superuser("operator@example.org"))
    person = make_user()
    workspace.open_workspace(person, name="Ines Holm", practice="", line="The walrus sang.", now=timezone.now())
    row = Workspace.objects.get()
    changelist = reverse("admin:counselor_workspace_changelist")

    assert "Ines Holm" in client.get(changelist, {"approved_at__isempty": "1"}).content.decode()
    page = client.get(reverse("admin:counselor_workspace_change", args=[row.pk])).content.decode()
    assert "walrus" not in page
    assert client.get(reverse("admin:counselor_workspace_add")).status_code == HTTPStatus.FORBIDDEN
    client.post(changelist, {"action": "approve", "_selected_action": [row.pk]})

    row.refresh_from_db()
    assert row.is_approved


def test_the_operator_closes_a_workspace_as_its_counselor_would(counselor: User) -> None:
    client = signed_in(User.objects.create_superuser("operator@example.org"))
    connections = [make_connection(counselor, make_user())]
    other = make_counselor(email="other@example.org")
    connections.append(make_connection(other, User.objects.get(email="parent@example.org")))

    client.post(reverse("admin:counselor_workspace_delete", args=[counselor.workspace.pk]), {"post": "yes"})
    selected = {"action": "delete_selected", "_selected_action": [other.workspace.pk], "post": "yes"}
    client.post(reverse("admin:counselor_workspace_changelist"), selected)

    for connection in connections:
        connection.refresh_from_db()
        assert connection.ended_by == "closed"
    assert not Workspace.objects.exists()
    assert not User.objects.filter(is_counselor=True).exists()


def test_the_operator_approves_with_a_command(settings: Settings) -> None:
    settings.COUNSELORS_APPROVED = True
    assert run("approve_workspaces") == "No workspaces are waiting for approval.\n"
    make_counselor(email="mara@xn--mnchen-3ya.de")
    make_counselor(email="second@example.org", practice="")

    waiting = run("approve_workspaces").splitlines()
    assert [line.rpartition(",")[0] for line in waiting] == [
        "mara@xn--mnchen-3ya.de: Ines Holm, Lindgatan",
        "second@example.org: Ines Holm",
    ]
    assert "nobody@example.org" in refusal("approve_workspaces", "Mara@münchen.de", "nobody@example.org")
    assert not Workspace.objects.exclude(approved_at=None).exists()
    assert run("approve_workspaces", "Mara@münchen.de") == "Approved: 1.\n"
    assert [line.partition(":")[0] for line in run("approve_workspaces").splitlines()] == ["second@example.org"]


# --- One invitation opens one account on a closed site.


def test_opens_one_account(counselor: User, closed_site: None) -> None:
    invitation = make_invitation(counselor)

    sign_up(invitation, "first@invited.example")
    refused = sign_up(invitation, "second@invited.example")

    assert accounts() == {"first@invited.example"}
    assert "password1" not in refused.content.decode()
    page = Client().get(address_of(invitation)).content.decode()
    assert "/accounts/signup/" not in page
    assert "/accounts/login/" in page
    assert "Someone already created an account with this invitation" in page


@pytest.mark.parametrize("with_mail", [False, True])
def test_opens_one_account_when_two_sign_up_at_once(counselor: User, closed_site: None, with_mail: bool, settings: Settings) -> None:
    if with_mail:
        settings.ACCOUNT_EMAIL_VERIFICATION, settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = "mandatory", True
    invitation = make_invitation(counselor)
    original, calls = AccountAdapter.save_user, []

    def meanwhile(self: AccountAdapter, *args: Any, **kwargs: Any) -> User:
        calls.append(args)
        if len(calls) == 1:  # the other session signs up between this one's check and its account
            sign_up(invitation, "second@invited.example")
            EmailAddress.objects.filter(email="second@invited.example").update(verified=True)
        return original(self, *args, **kwargs)

    with mock.patch.object(AccountAdapter, "save_user", meanwhile):
        refused = sign_up(invitation, "first@invited.example")

    assert len(calls) == 2
    assert accounts() == {"second@invited.example"}
    assert refused.status_code == HTTPStatus.OK
    assert "password1" not in refused.content.decode()


def test_a_mistyped_address_does_not_use_it_up(counselor: User, closed_site: None, verified_site: None) -> None:
    invitation = make_invitation(counselor)

    sign_up(invitation, "mistyped@invited.example")
    sign_up(invitation, "right@invited.example")
    assert accounts() == {"right@invited.example"}

    EmailAddress.objects.update(verified=True)
    sign_up(invitation, "third@invited.example")
    assert accounts() == {"right@invited.example"}


def test_an_address_that_has_an_account_does_not_use_it_up(counselor: User, closed_site: None, verified_site: None) -> None:
    invitation = make_invitation(counselor)
    make_user(email="there@example.org")

    sign_up(invitation, "there@example.org")

    invitation.refresh_from_db()
    assert invitation.account_made_at is None
    sign_up(invitation, "new@invited.example")
    assert accounts() == {"new@invited.example"}


def test_stays_used_when_its_account_is_deleted(counselor: User, closed_site: None) -> None:
    invitation = make_invitation(counselor)
    sign_up(invitation, "first@invited.example")
    leaving.delete(User.objects.get(email="first@invited.example"))

    sign_up(invitation, "second@invited.example")

    assert accounts() == set()


def test_on_an_open_site_it_is_not_used_up(counselor: User) -> None:
    invitation = make_invitation(counselor)

    for number in range(2):
        sign_up(invitation, f"{number}@invited.example")

    assert len(accounts()) == 2
    invitation.refresh_from_db()
    assert invitation.account_made_at is None


# --- Closing a workspace meanwhile.


def test_no_invitation_is_left_without_a_workspace(counselor: User, mailing: None) -> None:
    original = invitations.invite

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        workspace.close_workspace(User.objects.get(pk=counselor.pk), timezone.now())
        return original(*args, **kwargs)

    with mock.patch("counselor.invitations.invite", meanwhile):
        response = invite(counselor, "mara@example.org")

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "was closed" in main_text(response)
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_an_invitation_from_before_whose_workspace_is_gone_reads_as_withdrawn(counselor: User) -> None:
    invitation = make_invitation(counselor)
    Workspace.objects.all().delete()

    for client in (Client(), signed_in(make_user())):
        response = client.get(address_of(invitation))
        assert response.status_code == HTTPStatus.GONE
        assert "was withdrawn" in main_text(response)


def test_a_page_sent_after_closing_does_not_open_a_workspace_again(counselor: User) -> None:
    client = confirm(signed_in(counselor))
    fields = {"workspace": counselor.workspace.pk, "name": "Ines H.", "practice": "", "line": "I listen."}
    client.post("/accounts/workspace/close/", {"word": "close"})

    response = client.post("/accounts/workspace/", fields)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "closed in the meantime" in main_text(response)
    assert "Ines H." in response.content.decode()
    assert not Workspace.objects.exists()
    # The page that says so opens a new one.
    client.post("/accounts/workspace/", {**fields, "workspace": ""})
    assert Workspace.objects.get().name == "Ines H."


def test_a_page_of_a_workspace_that_was_closed_and_opened_anew_changes_nothing(counselor: User) -> None:
    former = counselor.workspace.pk
    workspace.close_workspace(counselor, timezone.now())
    workspace.open_workspace(counselor, name="Ines", practice="", line="", now=timezone.now())

    response = signed_in(counselor).post("/accounts/workspace/", {"workspace": former, "name": "Old", "practice": "", "line": ""})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert Workspace.objects.get().name == "Ines"
