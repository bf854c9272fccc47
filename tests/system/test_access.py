"""Who gets what at every address: one table, and no address outside it.

Visitors: nobody (not signed in), the owner of what the address names, another parent, staff who is no superuser's
friend of anybody. Counselors have no pages of their own yet; until they do they are other parents.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import User
from journal import history, walking
from journal.models import Entry, Revision
from prompts.models import OwnQuestion, OwnWords
from tests.factories import make_entry, make_path_prompts, make_user

LOGIN = "/accounts/login/"


class Answers(NamedTuple):
    """The status each visitor gets."""

    nobody: int
    owner: int
    stranger: int
    staff: int


def everybody(status: int) -> Answers:
    return Answers(status, status, status, status)


PUBLIC = everybody(200)
SIGNED_IN = Answers(302, 200, 200, 200)  # each sees what is their own
OWN = Answers(302, 200, 404, 404)
ENTRANCE = Answers(200, 302, 302, 302)  # for those who are not in yet
STAFF = Answers(302, 302, 302, 200)

# Address: what a GET answers, what a POST without fields answers.
TABLE: dict[str, tuple[Answers, Answers]] = {
    "": (Answers(200, 302, 302, 302), Answers(405, 405, 405, 405)),
    "privacy/": (PUBLIC, everybody(405)),
    "help/": (PUBLIC, everybody(405)),
    "help/leaving-quickly/": (PUBLIC, Answers(404, 302, 302, 302)),
    "help/shared-device/": (PUBLIC, everybody(405)),
    "leave/": (PUBLIC, everybody(302)),
    "offline/": (PUBLIC, everybody(405)),
    "manifest.webmanifest": (PUBLIC, everybody(405)),
    "service-worker.js": (PUBLIC, everybody(405)),
    "healthz": (PUBLIC, everybody(405)),
    "readyz": (PUBLIC, everybody(405)),
    "tonight/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/": (SIGNED_IN, Answers(302, 405, 405, 405)),
    "journal/new/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/signed-in/": (SIGNED_IN, Answers(302, 405, 405, 405)),
    "journal/drawer/": (SIGNED_IN, Answers(302, 405, 405, 405)),
    "journal/<uuid:pk>/": (OWN, Answers(302, 405, 405, 405)),
    "journal/<uuid:pk>/edit/": (OWN, Answers(302, 422, 404, 404)),
    "journal/<uuid:pk>/history/": (OWN, Answers(302, 405, 405, 405)),
    "journal/<uuid:pk>/history/<uuid:revision>/": (OWN, Answers(302, 405, 405, 405)),
    "journal/<uuid:pk>/history/<uuid:revision>/restore/": (Answers(302, 405, 405, 405), Answers(302, 302, 404, 404)),
    "journal/<uuid:pk>/history/<uuid:revision>/leave/": (Answers(302, 405, 405, 405), Answers(302, 302, 404, 404)),
    "journal/<uuid:pk>/delete/": (OWN, Answers(302, 302, 404, 404)),
    "journal/<uuid:pk>/take-out/": (Answers(302, 405, 405, 405), Answers(302, 302, 404, 404)),
    # The page is not in the drawer, so there is nothing to delete for good; a POST deletes nothing and says nothing.
    "journal/<uuid:pk>/delete-for-good/": (Answers(302, 404, 404, 404), Answers(302, 302, 302, 302)),
    "prompts/": (PUBLIC, everybody(405)),
    "prompts/<slug:slug>/": (PUBLIC, everybody(405)),
    "prompts/<slug:slug>/mark/": (Answers(302, 405, 405, 405), everybody(302)),
    "prompts/marked/<slug:kind>/": (SIGNED_IN, Answers(302, 405, 405, 405)),
    "prompts/kept-first/": (Answers(302, 405, 405, 405), everybody(302)),
    "prompts/own/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "prompts/own/<uuid:pk>/": (OWN, Answers(302, 422, 404, 404)),
    "prompts/own/<uuid:pk>/delete/": (OWN, everybody(302)),  # a stranger's press deletes nothing
    "prompts/where-to-start/": (PUBLIC, everybody(422)),
    "prompts/where-to-start/keep/": (Answers(302, 405, 405, 405), everybody(302)),
    "prompts/paths/": (PUBLIC, everybody(405)),
    "prompts/paths/<slug:slug>/": (PUBLIC, everybody(405)),
    "prompts/paths/<slug:slug>/walk/": (Answers(302, 405, 405, 405), everybody(302)),
    "prompts/paths/<slug:slug>/answers/": (OWN, Answers(302, 405, 405, 405)),
    "prompts/hard-nights/": (PUBLIC, everybody(405)),
    "prompts/hard-nights/<slug:slug>/": (Answers(200, 302, 302, 302), Answers(401, 422, 422, 422)),
    "prompts/choices/": (SIGNED_IN, Answers(302, 302, 302, 302)),
    "accounts/settings/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "accounts/delete/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),  # on to reauthentication
    "accounts/gone/": (PUBLIC, everybody(405)),
    # allauth's own
    "accounts/login/": (ENTRANCE, Answers(200, 302, 302, 302)),
    "accounts/signup/": (ENTRANCE, Answers(200, 302, 302, 302)),
    "accounts/logout/": (Answers(302, 200, 200, 200), everybody(302)),
    "accounts/inactive/": (PUBLIC, everybody(405)),
    "accounts/reauthenticate/": (SIGNED_IN, Answers(302, 200, 200, 200)),
    "accounts/email/": (SIGNED_IN, Answers(302, 302, 302, 302)),
    "accounts/confirm-email/": (everybody(200), everybody(405)),
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": (everybody(200), everybody(404)),
    "accounts/password/change/": (SIGNED_IN, Answers(302, 200, 200, 200)),
    "accounts/password/set/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/password/reset/": (PUBLIC, PUBLIC),
    "accounts/password/reset/confirm/": (everybody(302), everybody(302)),
    "accounts/password/reset/complete/": (everybody(302), everybody(302)),
    "accounts/password/reset/done/": (PUBLIC, everybody(405)),
    "accounts/login/code/": (ENTRANCE, Answers(200, 302, 302, 302)),
    "accounts/login/code/confirm/": (everybody(302), everybody(302)),
    "accounts/2fa/": (SIGNED_IN, Answers(302, 405, 405, 405)),
    "accounts/2fa/authenticate/": (everybody(302), everybody(302)),
    "accounts/2fa/reauthenticate/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/totp/activate/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/totp/deactivate/": (Answers(302, 404, 404, 404), Answers(302, 404, 404, 404)),
    "accounts/2fa/recovery-codes/": (Answers(302, 404, 404, 404), Answers(302, 405, 405, 405)),
    "accounts/2fa/recovery-codes/generate/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/recovery-codes/download/": (Answers(302, 404, 404, 404), Answers(302, 404, 404, 404)),
    "accounts/2fa/webauthn/": (SIGNED_IN, Answers(302, 405, 405, 405)),
    "accounts/2fa/webauthn/add/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/webauthn/reauthenticate/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/webauthn/login/": (everybody(302), everybody(302)),
    "accounts/sessions/": (SIGNED_IN, Answers(302, 302, 302, 302)),
    # Django's admin: people's names and addresses, nothing they wrote
    "admin/": (STAFF, STAFF),
    "admin/login/": (Answers(302, 403, 403, 302), Answers(302, 403, 403, 200)),
    "admin/logout/": (Answers(302, 302, 302, 405), Answers(302, 302, 302, 302)),
    "admin/password_change/": (STAFF, STAFF),
    "admin/password_change/done/": (STAFF, Answers(302, 302, 302, 405)),
    "admin/autocomplete/": (Answers(302, 302, 302, 403), Answers(302, 302, 302, 405)),
    "admin/jsi18n/": (STAFF, Answers(302, 302, 302, 405)),
    "admin/r/<path:content_type_id>/<path:object_id>/": (Answers(302, 302, 302, 404), Answers(302, 302, 302, 404)),
    "admin/accounts/user/": (STAFF, Answers(302, 302, 302, 200)),
    "admin/accounts/user/add/": (Answers(302, 302, 302, 403), Answers(302, 302, 302, 403)),
    "admin/accounts/user/<path:object_id>/history/": (STAFF, STAFF),
    "admin/accounts/user/<path:object_id>/delete/": (STAFF, STAFF),
    "admin/accounts/user/<path:object_id>/change/": (STAFF, everybody(302)),
    "admin/accounts/user/<path:object_id>/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "admin/^(?P<app_label>accounts)/$": (STAFF, STAFF),
    "admin/(?P<url>.*)$": (Answers(302, 302, 302, 404), Answers(302, 302, 302, 404)),
}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_address_is_in_the_table() -> None:
    assert set(routes(get_resolver().url_patterns)) == set(TABLE)


class House(NamedTuple):
    """Everybody, and what the owner has."""

    owner: User
    stranger: User
    staff: User
    entry: Entry
    revision: Revision
    own: OwnQuestion


@pytest.fixture
def house(db: None) -> House:
    make_path_prompts("mending")
    owner = make_user(email="owner@example.org")
    own = OwnQuestion.objects.create(author=owner, words=OwnWords(question="The owner’s question?"), written_at=timezone.now())
    walking.begin(owner, "mending", owner.tonight(timezone.now()))
    entry = make_entry(owner, text="The owner’s evening.")
    history.keep_done(owner, entry, entry.saved_at)
    staff = make_user(email="staff@example.org", is_staff=True, is_superuser=True)
    return House(owner, make_user(email="stranger@example.org"), staff, entry, entry.revisions.get(), own)


SLUGS = {
    "prompts/<slug:slug>/": "the-air-between-you",
    "prompts/<slug:slug>/mark/": "the-air-between-you",
    "prompts/paths/<slug:slug>/": "mending",
    "prompts/paths/<slug:slug>/walk/": "mending",
    "prompts/paths/<slug:slug>/answers/": "mending",
    "prompts/hard-nights/<slug:slug>/": "work-ate-the-day",
}


def address(route: str, house: House) -> str:
    route = route.replace("<slug:slug>", SLUGS.get(route, "")).replace("<slug:kind>", "later")
    if route.startswith("prompts/own/"):
        route = route.replace("<uuid:pk>", str(house.own.pk))
    for placeholder, value in {
        "<uuid:pk>": house.entry.pk,
        "<uuid:revision>": house.revision.pk,
        "<path:object_id>": house.owner.pk,
        "<path:content_type_id>": 1,
        "<int:pk>": 1,
        "^confirm-email/(?P<key>[-:\\w]+)/$": "confirm-email/nothing/",
        "^(?P<app_label>accounts)/$": "accounts/",
        "(?P<url>.*)$": "nothing-here/",
    }.items():
        route = route.replace(placeholder, str(value))
    return f"/{route}"


def client_of(visitor: str, house: House) -> Client:
    client = Client()
    if visitor != "nobody":
        client.force_login(getattr(house, visitor))
    return client


VISITORS = ("nobody", "stranger", "staff", "owner")  # whoever may change something comes last


@pytest.mark.parametrize("route", TABLE)
def test_a_get_answers_as_the_table_says(route: str, house: House) -> None:
    for visitor in VISITORS:
        response = client_of(visitor, house).get(address(route, house))

        assert (visitor, response.status_code) == (visitor, getattr(TABLE[route][0], visitor))
        if visitor != "owner":
            assert "The owner’s" not in response.content.decode(errors="replace")


@pytest.mark.parametrize("route", TABLE)
def test_a_post_answers_as_the_table_says(route: str, house: House) -> None:
    for visitor in VISITORS:
        response = client_of(visitor, house).post(address(route, house))

        assert (visitor, response.status_code) == (visitor, getattr(TABLE[route][1], visitor))
        if visitor != "owner":
            assert Entry.objects.kept().get(pk=house.entry.pk).content.text == "The owner’s evening."
            assert OwnQuestion.objects.by(house.owner).get().words.question == "The owner’s question?"


@pytest.mark.parametrize(
    "route", [route for route, (get, _post) in TABLE.items() if get in (OWN, SIGNED_IN) and route != "accounts/logout/"]
)
def test_nobody_is_led_to_sign_in(route: str, house: House) -> None:
    response = Client().get(address(route, house))

    assert response.headers["Location"].startswith(LOGIN)
