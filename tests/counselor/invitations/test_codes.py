"""Short codes: shown to a counselor, typed by somebody in the room, and of no use to anybody who guesses."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.keys.crypto import CODE_SIGNS
from accounts.models import User
from config.limits import RATE_LIMITS
from counselor import invitations
from counselor.invitations.codes import CODE_LASTS
from counselor.models import Invitation
from tests.factories import make_counselor, make_invitation, make_user
from tests.helpers import MINUTE, main_text, signed_in

pytestmark = pytest.mark.django_db
CODE_PAGE = "/accounts/invitations/code/"
REFUSED = "doesn’t work now"


@pytest.fixture
def counselor() -> User:
    return make_counselor()


def show_code(invitation: Invitation) -> str:
    now = timezone.now()
    invitations.show_code(invitation.counselor, invitation.pk, now)
    invitation.refresh_from_db()
    return invitations.running_code(invitation, now)


def enter(code: str, client: Client | None = None) -> Any:
    return (client or Client()).post(CODE_PAGE, {"code": code})


def test_a_code_has_eight_signs_in_two_groups_and_none_that_looks_like_another(counselor: User) -> None:
    code = show_code(make_invitation(counselor))

    assert [len(group) for group in code.split("-")] == [4, 4]
    assert not set(code.replace("-", "")) & set("01258ABEILOSUZ")
    assert len(CODE_SIGNS) ** 8 > 50_000_000_000


def test_pressed_again_while_it_runs_it_is_the_same_one_and_then_another(counselor: User) -> None:
    invitation = make_invitation(counselor)
    client, page = signed_in(counselor), reverse("counselor:own_invitation", args=[invitation.pk])
    for _twice in range(2):
        assert client.post(f"{page}code/").headers["Location"] == f"{page}#code"
    shown = show_code(invitation)

    assert shown in main_text(client.get(page))
    with time_machine.travel(timezone.now() + CODE_LASTS + MINUTE):
        assert shown not in main_text(client.get(page))
        assert "Show a code" in main_text(client.get(page))
        assert show_code(invitation) != shown


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{0} {1}", "{0}{1}", "{0} - {1}"])
def test_leads_to_the_invitation_however_it_is_typed(counselor: User, typed: str) -> None:
    invitation = make_invitation(counselor)
    code = show_code(invitation)
    first, second = code.lower().split("-")
    typed = typed.format(first, second) if "{1}" in typed else typed.format(code)

    for _twice in range(2):
        assert enter(typed).headers["Location"] == reverse("counselor:invitation", args=[invitation.content.token])


def test_a_wrong_a_used_and_an_expired_one_read_alike(counselor: User) -> None:
    used, withdrawn, expired = (make_invitation(counselor) for _three in range(3))
    codes = {name: show_code(row) for name, row in (("used", used), ("withdrawn", withdrawn), ("expired", expired))}
    invitations.accept(make_user(), used, parent_name="Mara", sees_answered=False, now=timezone.now())
    invitations.withdraw(counselor, withdrawn.pk, timezone.now())

    refusals = {main_text(enter(code)) for code in (codes["used"], codes["withdrawn"], "CDFG-HJKM", "no code", "ÄÖÜß" * 2)}
    with time_machine.travel(timezone.now() + CODE_LASTS + dt.timedelta(seconds=1)):
        refusals.add(main_text(enter(codes["expired"])))

    assert len(refusals) == 1
    assert REFUSED in refusals.pop()


def test_no_code_is_stored_in_the_clear_nor_one_that_can_be_tried_without_the_key(counselor: User) -> None:
    code = show_code(make_invitation(counselor)).replace("-", "")

    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM counselor_invitation")
        row = b" ".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in cursor.fetchone())
    assert code.encode() not in row


def test_only_of_an_open_invitation_of_ones_own(counselor: User) -> None:
    theirs, withdrawn = make_invitation(make_counselor(email="other@example.org")), make_invitation(counselor)
    invitations.withdraw(counselor, withdrawn.pk, timezone.now())
    client = signed_in(counselor)

    assert client.post(f"/accounts/invitations/{theirs.pk}/code/").status_code == HTTPStatus.NOT_FOUND
    assert client.post(f"/accounts/invitations/{withdrawn.pk}/code/").status_code == HTTPStatus.FOUND
    assert not Invitation.objects.exclude(code_digest="").exists()


def test_guesses_are_limited_and_right_ones_are_none(counselor: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = RATE_LIMITS
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    code, stranger, waiting_room = (
        show_code(make_invitation(counselor)),
        Client(REMOTE_ADDR="203.0.113.9"),
        Client(REMOTE_ADDR="198.51.100.7"),
    )

    for _press in range(12):
        assert enter(code, waiting_room).status_code == HTTPStatus.FOUND
    for _guess in range(10):
        assert REFUSED in main_text(enter("CDFG-HJKM", stranger))

    assert "too many attempts" in main_text(enter(code, stranger))
    assert enter(code, waiting_room).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("path", ["/accounts/login/", "/", CODE_PAGE])
def test_the_pages_at_the_door_lead_to_where_it_is_typed(path: str) -> None:
    page = Client().get(path)

    assert page.status_code == HTTPStatus.OK
    assert path == CODE_PAGE or f'href="{CODE_PAGE}"' in page.content.decode()
