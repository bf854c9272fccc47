"""Who gets what at every address: one table, and no address outside it.

Visitors: nobody (not signed in), the owner of what the address names, another parent, the site's operator, and three counselors:
one who is connected with the owner, one who is not, and one whose connection with the owner has ended.
"""

import re
from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts import connections
from accounts import people as accounts_people
from accounts.connections import hand_overs
from accounts.models import Child, Connection, HandOver, User
from common.ids import new_id
from counselor import groups, practices
from counselor.models import ClientGroup, ClientNote, Invitation, Workspace
from journal import jobs, repairs
from journal.exchange import exporting
from journal.exchange.book import making
from journal.exchange.choosing import Choice
from journal.exchange.importing import uploads
from journal.history import revisions
from journal.models import Attachment, Entry, Import, ImportSummary, Job, RecordCopy, Reply, ReplyDraft, Revision, Share
from journal.nights import walks
from journal.sharing import readings, replies, shares
from prompts import questions
from prompts.models import Assignment, OwnQuestion, PromptSet
from tests.factories import (
    make_assignment,
    make_connection,
    make_counselor,
    make_entry,
    make_invitation,
    make_note,
    make_own_question,
    make_path_prompts,
    make_set,
    make_user,
)
from tests.helpers import body, element, parsed, signed_in

LOGIN = "/accounts/login/"


class Answers(NamedTuple):
    """The status each visitor gets. A counselor is a stranger, unless the row says what counselors get, or this one."""

    nobody: int
    owner: int
    stranger: int
    staff: int
    counselor: int | None = None
    connected: int | None = None
    unconnected: int | None = None
    ended: int | None = None

    def of(self, visitor: str) -> int:
        for status in (getattr(self, visitor), self.counselor):
            if status is not None:
                return int(status)
        return self.stranger


def everybody(status: int) -> Answers:
    return Answers(status, status, status, status)


PUBLIC = everybody(200)
SIGNED_IN = Answers(302, 200, 200, 200)  # each sees what is their own
OWN = Answers(302, 200, 404, 404)
COUNSELING = Answers(302, 302, 302, 302, counselor=200)  # each sees what is their own; parents are led to opening a workspace
COUNSELORS = Answers(302, 302, 302, 302, counselor=404, connected=200)  # what the connected counselor made
WRONG_METHOD = Answers(302, 405, 405, 405)
ENTRANCE = Answers(200, 302, 302, 302)  # for those who are not in yet
STAFF = Answers(302, 302, 302, 200)

# Address: what a GET answers, what a POST without fields answers.
TABLE: dict[str, tuple[Answers, Answers]] = {
    "": (Answers(200, 302, 302, 302), Answers(405, 405, 405, 405)),
    "privacy/": (PUBLIC, everybody(405)),
    "help/": (PUBLIC, everybody(405)),
    "help/counselors/": (PUBLIC, everybody(405)),
    "for-counselors/": (PUBLIC, everybody(405)),
    "help/leaving-quickly/": (PUBLIC, Answers(404, 302, 302, 302)),
    "help/shared-device/": (PUBLIC, everybody(405)),
    "leave/": (PUBLIC, everybody(302)),
    "offline/": (PUBLIC, everybody(405)),
    "manifest.webmanifest": (PUBLIC, everybody(405)),
    "service-worker.js": (PUBLIC, everybody(405)),
    "healthz": (PUBLIC, everybody(405)),
    "readyz": (PUBLIC, everybody(405)),
    "tonight/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/": (SIGNED_IN, everybody(302)),  # a POST narrows it, and without filters leads to the whole
    "journal/search/": (SIGNED_IN, Answers(302, 200, 200, 200)),
    "journal/search/<uuid:pk>/": (Answers(302, 302, 404, 404), Answers(302, 200, 404, 404)),
    "journal/new/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/signed-in/": (SIGNED_IN, WRONG_METHOD),
    "journal/on-this-day/": (SIGNED_IN, everybody(302)),  # a press that names no choice changes nothing
    "journal/on-this-day/<uuid:pk>/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    "journal/children/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/children/edit/": (WRONG_METHOD, everybody(302)),  # these name a child in their form, or change nothing
    "journal/children/move/": (WRONG_METHOD, everybody(302)),
    "journal/children/offer/": (WRONG_METHOD, everybody(302)),
    "journal/children/remove/": (WRONG_METHOD, everybody(302)),
    "journal/deleted/": (SIGNED_IN, WRONG_METHOD),
    "journal/import/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/import/slice/": (WRONG_METHOD, Answers(302, 422, 422, 422)),
    "journal/import/<uuid:pk>/": (OWN, Answers(302, 302, 404, 404)),
    "journal/import/<uuid:pk>/take/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    "journal/import/<uuid:pk>/report/": (OWN, WRONG_METHOD),
    "journal/import/<uuid:pk>/take-back/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    "journal/import/<uuid:pk>/file/": (OWN, WRONG_METHOD),
    "journal/reminders/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/reminders/device/": (WRONG_METHOD, Answers(302, 422, 422, 422)),
    "journal/reminders/device/<uuid:pk>/forget/": (WRONG_METHOD, everybody(302)),  # a stranger’s press forgets nothing
    "journal/reminders/letter/": (SIGNED_IN, WRONG_METHOD),
    # What leads on from a message, for whoever holds it
    "messages/later/<str:token>/": (everybody(404), everybody(404)),
    "messages/stop/<str:token>/": (everybody(404), everybody(404)),
    "journal/export/": (everybody(302), everybody(302)),  # on to reauthentication
    "journal/export/nights/": (WRONG_METHOD, everybody(302)),
    "journal/export/earlier/": (SIGNED_IN, WRONG_METHOD),
    "journal/export/<uuid:pk>/": (OWN, Answers(302, 302, 404, 404)),
    "journal/export/<uuid:pk>/file/": (everybody(302), WRONG_METHOD),
    "journal/export/<uuid:pk>/delete/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    "journal/book/": (everybody(302), everybody(302)),  # on to reauthentication
    "journal/book/<uuid:pk>/": (OWN, Answers(302, 302, 404, 404)),
    "journal/book/<uuid:pk>/file/": (everybody(302), WRONG_METHOD),
    "journal/book/<uuid:pk>/delete/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    "journal/calendar/": (SIGNED_IN, WRONG_METHOD),
    "journal/calendar/<int:year>/": (SIGNED_IN, WRONG_METHOD),
    "journal/calendar/<int:year>/<int:month>/": (SIGNED_IN, WRONG_METHOD),
    "journal/calendar/<int:year>/<int:month>/<int:day>/": (Answers(302, 302, 302, 302), WRONG_METHOD),  # on to that night’s page
    "journal/insights/": (SIGNED_IN, WRONG_METHOD),
    "journal/repairs/": (SIGNED_IN, WRONG_METHOD),
    "journal/repairs/new/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/repairs/not-now/": (WRONG_METHOD, everybody(302)),
    "journal/repairs/<uuid:pk>/": (OWN, Answers(302, 422, 404, 404)),
    "journal/<uuid:pk>/": (OWN, WRONG_METHOD),
    "journal/<uuid:pk>/edit/": (OWN, Answers(302, 422, 404, 404)),
    "journal/<uuid:pk>/history/": (OWN, WRONG_METHOD),
    "journal/<uuid:pk>/history/<uuid:revision>/": (OWN, WRONG_METHOD),
    "journal/<uuid:pk>/history/<uuid:revision>/restore/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    "journal/<uuid:pk>/history/<uuid:revision>/leave/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    "journal/<uuid:pk>/delete/": (OWN, Answers(302, 302, 404, 404)),
    "journal/<uuid:pk>/put-back/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    # The page is not in the trash, so there is nothing to delete for good; a POST deletes nothing and says nothing.
    "journal/<uuid:pk>/delete-for-good/": (Answers(302, 404, 404, 404), Answers(302, 302, 302, 302)),
    # Former addresses of two of these: they lead on, whoever asks and whatever is named
    "journal/drawer/": (Answers(302, 301, 301, 301), Answers(302, 301, 301, 301)),
    "journal/<uuid:pk>/take-out/": (Answers(302, 308, 308, 308), Answers(302, 308, 308, 308)),
    # What a parent shares, and what both write under it
    "journal/shared/": (SIGNED_IN, WRONG_METHOD),
    "journal/shared/nights/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "journal/shared/<uuid:pk>/": (Answers(302, 200, 404, 404, connected=200), WRONG_METHOD),
    "journal/shared/<uuid:pk>/open/": (WRONG_METHOD, Answers(302, 302, 404, 404, connected=302)),
    "journal/shared/<uuid:pk>/reply/": (WRONG_METHOD, Answers(302, 422, 404, 404, connected=422)),
    "journal/shared/<uuid:pk>/draft/": (WRONG_METHOD, Answers(302, 200, 404, 404, connected=200)),
    "journal/shared/<uuid:pk>/take-back/": (WRONG_METHOD, Answers(302, 302, 404, 404)),
    "journal/<uuid:pk>/share/": (OWN, Answers(302, 422, 404, 404)),
    # A parent's counselors, and what they gave
    "accounts/care/": (SIGNED_IN, WRONG_METHOD),
    "accounts/care/hand-over/<uuid:pk>/": (OWN, Answers(302, 422, 404, 404)),
    "accounts/care/<uuid:pk>/": (OWN, Answers(302, 422, 404, 404)),
    "accounts/care/<uuid:pk>/end/": (
        Answers(302, 200, 404, 404, connected=200, ended=302),
        Answers(302, 302, 404, 404, connected=302, ended=302),
    ),
    "accounts/care/<uuid:pk>/seen/": (WRONG_METHOD, Answers(302, 302, 404, 404, connected=302, ended=302)),
    "prompts/given/<uuid:pk>/": (OWN, Answers(302, 404, 404, 404)),  # a POST names what to do
    # Inviting, and being invited
    "accounts/invitations/": (COUNSELING, Answers(302, 404, 404, 404, counselor=422)),
    "accounts/invitations/code/": (PUBLIC, everybody(422)),
    "accounts/invitations/<uuid:pk>/": (COUNSELORS, WRONG_METHOD),
    "accounts/invitations/<uuid:pk>/send/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302)),
    "accounts/invitations/<uuid:pk>/code/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302)),
    "accounts/invitations/<uuid:pk>/withdraw/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302)),
    "accounts/invitations/<str:token>/": (PUBLIC, Answers(302, 422, 422, 422, connected=200)),  # the counselor whose own it is sees that
    # A counselor's workspace
    "accounts/workspace/": (SIGNED_IN, Answers(302, 422, 422, 422)),  # anyone may open one
    "accounts/workspace/close/": (Answers(302, 302, 302, 302), Answers(302, 404, 404, 404, counselor=302)),  # on to reauthentication
    # A practice: here the connected counselor owns it, and the unconnected one is a colleague
    "accounts/practice/": (COUNSELING, Answers(302, 404, 404, 404, connected=200, unconnected=404, ended=422)),
    "accounts/practice/invitations/<uuid:pk>/withdraw/": (WRONG_METHOD, Answers(302, 404, 404, 404, counselor=302)),  # their own alone
    "accounts/practice/members/<uuid:pk>/": (COUNSELORS, Answers(302, 404, 404, 404)),  # a POST names what to do
    "accounts/practice/join/<str:token>/": (COUNSELING._replace(counselor=410), Answers(302, 404, 404, 404, counselor=410)),
    "accounts/practice/leave/": (Answers(302, 302, 302, 302), Answers(302, 404, 404, 404, counselor=302)),  # on to reauthentication
    "accounts/practice/sets/": (COUNSELING._replace(ended=302), Answers(302, 404, 404, 404)),  # a POST names a set
    "accounts/practice/sets/<uuid:pk>/": (COUNSELORS, Answers(302, 404, 404, 404, connected=302)),
    "accounts/hand-over/<uuid:pk>/": (COUNSELORS, Answers(302, 404, 404, 404, connected=302)),  # who asked already
    "accounts/hand-over/<uuid:pk>/seen/": (WRONG_METHOD, Answers(302, 404, 404, 404, counselor=302)),  # another’s press marks nothing
    "accounts/role/": (WRONG_METHOD, everybody(302)),
    "today/": (COUNSELING, WRONG_METHOD),
    "accounts/clients/": (COUNSELING, Answers(302, 404, 404, 404, counselor=302)),
    "accounts/clients/practice/": (WRONG_METHOD, Answers(302, 404, 404, 404, counselor=302)),
    "accounts/clients/practice/answer/": (WRONG_METHOD, Answers(302, 404, 404, 404, counselor=302)),
    "accounts/clients/practice/remove/": (WRONG_METHOD, Answers(302, 404, 404, 404, counselor=302)),
    # Notes stay when their connection ends.
    "accounts/clients/<uuid:pk>/": (COUNSELORS._replace(ended=200), WRONG_METHOD),
    # A label stays when its connection ends.
    "accounts/clients/<uuid:pk>/label/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302, ended=302)),
    "accounts/clients/<uuid:pk>/details/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302, ended=302)),
    "accounts/clients/<uuid:pk>/session/": (COUNSELORS, WRONG_METHOD),
    "accounts/clients/<uuid:pk>/session/open/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302)),
    "accounts/clients/<uuid:pk>/records/": (everybody(302), Answers(302, 404, 404, 404, counselor=302)),  # on to reauthentication
    "accounts/notes/": (COUNSELING, Answers(302, 404, 404, 404, counselor=422)),
    "accounts/notes/new/": (Answers(302, 302, 302, 302, counselor=404), WRONG_METHOD),  # names a client
    "accounts/notes/<uuid:pk>/": (COUNSELORS, Answers(302, 404, 404, 404, connected=422)),
    "accounts/notes/<uuid:pk>/delete/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302)),
    "accounts/notes/<uuid:pk>/put-back/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302)),
    "accounts/groups/": (COUNSELING, Answers(302, 404, 404, 404, counselor=422)),
    "accounts/groups/<uuid:pk>/": (COUNSELORS, Answers(302, 404, 404, 404, connected=422)),
    # Another counselor's press deletes nothing.
    "accounts/groups/<uuid:pk>/delete/": (COUNSELORS, Answers(302, 404, 404, 404, counselor=302)),
    "prompts/sets/": (COUNSELING, WRONG_METHOD),
    "prompts/sets/new/": (COUNSELING, Answers(302, 404, 404, 404, counselor=302)),
    "prompts/sets/import/": (COUNSELING, Answers(302, 404, 404, 404, counselor=422)),
    "prompts/sets/copy/": (WRONG_METHOD, Answers(302, 404, 404, 404)),  # a POST names what to copy
    "prompts/sets/library/": (COUNSELING, WRONG_METHOD),
    "prompts/sets/library/<slug:slug>/": (COUNSELING, WRONG_METHOD),
    "prompts/sets/library/<slug:slug>/worksheet/": (COUNSELING, WRONG_METHOD),
    "prompts/sets/<uuid:pk>/": (COUNSELORS, Answers(302, 404, 404, 404, connected=422)),
    "prompts/sets/<uuid:pk>/preview/": (COUNSELORS, WRONG_METHOD),
    "prompts/sets/<uuid:pk>/worksheet/": (COUNSELORS, WRONG_METHOD),
    "prompts/sets/<uuid:pk>/export/<slug:extension>/": (COUNSELORS, WRONG_METHOD),
    "prompts/sets/<uuid:pk>/remove/": (WRONG_METHOD, Answers(302, 404, 404, 404, connected=302)),
    "prompts/assignments/": (COUNSELING, WRONG_METHOD),
    "prompts/assignments/new/": (COUNSELING, Answers(302, 404, 404, 404, counselor=422)),
    "prompts/assignments/undo/<uuid:batch>/": (WRONG_METHOD, Answers(302, 404, 404, 404, counselor=302)),  # of others it takes back nothing
    "prompts/assignments/<uuid:pk>/": (COUNSELORS, Answers(302, 404, 404, 404)),  # a POST names what to do
    # Questions, paths and guides
    "prompts/": (PUBLIC, everybody(405)),
    "prompts/<slug:slug>/": (PUBLIC, everybody(405)),
    "prompts/<slug:slug>/mark/": (WRONG_METHOD, everybody(302)),
    "prompts/marked/<slug:kind>/": (SIGNED_IN, WRONG_METHOD),
    "prompts/kept-first/": (WRONG_METHOD, everybody(302)),
    "prompts/own/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "prompts/own/<uuid:pk>/": (OWN, Answers(302, 422, 404, 404)),
    "prompts/own/<uuid:pk>/delete/": (OWN, everybody(302)),  # a stranger's press deletes nothing
    "prompts/where-to-start/": (PUBLIC, everybody(422)),
    "prompts/where-to-start/keep/": (WRONG_METHOD, everybody(302)),
    "prompts/paths/": (PUBLIC, everybody(405)),
    "prompts/paths/<slug:slug>/": (PUBLIC, everybody(405)),
    "prompts/paths/<slug:slug>/walk/": (WRONG_METHOD, everybody(302)),
    "prompts/paths/<slug:slug>/answers/": (OWN, WRONG_METHOD),
    "prompts/hard-nights/": (PUBLIC, everybody(405)),
    "prompts/hard-nights/<slug:slug>/": (PUBLIC, Answers(401, 422, 422, 422)),
    "accounts/welcome/": (SIGNED_IN, Answers(302, 302, 302, 302)),
    "prompts/choices/": (SIGNED_IN, Answers(302, 302, 302, 302)),
    "accounts/settings/": (SIGNED_IN, Answers(302, 422, 422, 422)),
    "accounts/delete/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),  # on to reauthentication
    "accounts/gone/": (PUBLIC, everybody(405)),
    "accounts/gone/in-a-week/": (PUBLIC, everybody(405)),
    "accounts/stay/": (WRONG_METHOD, everybody(302)),
    "accounts/lock/": (Answers(302, 302, 302, 302), everybody(302)),
    "accounts/lock/use/": (SIGNED_IN, Answers(302, 200, 200, 200)),
    "accounts/second-step/": (WRONG_METHOD, everybody(302)),
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
    "accounts/2fa/": (SIGNED_IN, WRONG_METHOD),
    "accounts/2fa/authenticate/": (everybody(302), everybody(302)),
    "accounts/2fa/reauthenticate/": (Answers(302, 302, 302, 200), Answers(302, 302, 302, 200)),  # staff have a second step
    "accounts/2fa/totp/activate/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/totp/deactivate/": (Answers(302, 404, 404, 302), Answers(302, 404, 404, 302)),
    "accounts/2fa/recovery-codes/": (Answers(302, 404, 404, 404), WRONG_METHOD),
    "accounts/2fa/recovery-codes/generate/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "accounts/2fa/recovery-codes/download/": (Answers(302, 404, 404, 404), Answers(302, 404, 404, 404)),
    "accounts/2fa/webauthn/": (SIGNED_IN, WRONG_METHOD),
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
    "admin/counselor/workspace/": (STAFF, Answers(302, 302, 302, 200)),
    "admin/counselor/workspace/add/": (Answers(302, 302, 302, 403), Answers(302, 302, 302, 403)),
    "admin/counselor/workspace/<path:object_id>/history/": (STAFF, STAFF),
    "admin/counselor/workspace/<path:object_id>/delete/": (STAFF, STAFF),
    "admin/counselor/workspace/<path:object_id>/change/": (STAFF, everybody(302)),
    "admin/counselor/workspace/<path:object_id>/": (Answers(302, 302, 302, 302), Answers(302, 302, 302, 302)),
    "admin/^(?P<app_label>accounts|counselor)/$": (STAFF, STAFF),
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


# --- Who is there, and what they have. All that the owner and their counselors wrote is marked.

MARKED = re.compile(r"The (?:owner|counselor|former)’s \w+")
OWNERS = {f"The owner’s {word}" for word in ("evening", "question", "answer", "reply", "child")}
HANDED = {f"The counselor’s {word}" for word in ("set", "question", "words", "wish", "reply")}  # to the owner
KEPT = {f"The counselor’s {word}" for word in ("note", "group", "friend")}
KEPT_BY_CLIENT = {"The former’s set"}  # after the connection has ended
SEEN = {"owner": OWNERS | HANDED | KEPT_BY_CLIENT, "connected": HANDED | KEPT, "ended": {"The former’s set"}}  # of their own
READ = {"The owner’s answer", "The owner’s reply"}  # by the connected counselor, on this page and nowhere else:
SHARED = "journal/shared/<uuid:pk>/"
SESSION = "accounts/clients/<uuid:pk>/session/"  # and on this one


class Relationship(NamedTuple):
    """A connection between the owner and one counselor, with what each gave the other."""

    connection: Connection
    given: Assignment
    share: Share


class Brought(NamedTuple):
    """What the owner brought along: a file that is looked at, an import that was made, and a photo of it."""

    look: Job
    batch: Import
    attachment: Attachment


def make_brought(owner: User, entry: Entry) -> Brought:
    file = uploads.whole(owner, "journal.json", b"{}")
    look = jobs.start(owner, Job.Kind.PREVIEW, {}, file=file)
    batch = Import.objects.create(author=owner, source="day-one", created_at=timezone.now(), summary=ImportSummary({"pages": 1}))
    attachment = Attachment.objects.create(entry=entry, author=owner, file=uploads.whole(owner, "the owner’s photo.jpg", b"a photo"))
    return Brought(look, batch, attachment)


class People(NamedTuple):
    """Everybody, and what the owner and the connected counselor have."""

    owner: User
    stranger: User
    staff: User
    connected: User
    unconnected: User
    ended: User
    entry: Entry
    repair: Entry
    export: Job
    brought: Brought
    book: Job
    revision: Revision
    own: OwnQuestion
    present: Relationship
    former: Relationship
    set: PromptSet
    colleagues_set: PromptSet
    hand_over: HandOver
    group: ClientGroup
    note: ClientNote
    invitation: Invitation


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def make_people() -> People:
    now = timezone.now()
    make_path_prompts("mending")
    owner = make_user(email="owner@example.org")
    own = make_own_question(owner, "The owner’s question?", now=now)
    walks.begin(owner, "mending", owner.tonight(now))
    child = Child(new_id().hex, "The owner’s child", 2019)
    accounts_people.change_children(owner, lambda rows: rows.add(child))
    entry = make_entry(owner, text="The owner’s evening.", children=(child.id,))
    revisions.keep_done(owner, entry, entry.saved_at)
    connected, unconnected, ended = (make_counselor(email=f"{name}@example.org") for name in ("connected", "unconnected", "ended"))
    answer = make_entry(owner, text="The owner’s answer.", kind=Entry.Kind.FREE, children=(child.id,))
    present = make_relationship(owner, connected, answer, "The counselor’s")
    former = make_relationship(owner, ended, answer, "The former’s")
    note = make_note(present.connection, "The counselor’s note.")
    group = groups.create(connected, new_id(), "The counselor’s group")
    groups.change(group, "The counselor’s group", [present.connection.pk])
    connections.end(owner, former.connection.pk, now)
    return People(
        owner=owner,
        stranger=make_user(email="stranger@example.org"),
        staff=make_user(email="staff@example.org", is_staff=True, is_superuser=True),
        connected=connected,
        unconnected=unconnected,
        ended=ended,
        entry=entry,
        repair=repairs.keep_open(owner, make_entry(owner, text="The owner’s evening.", kind=Entry.Kind.FREE).pk, now),
        export=exporting.start(owner, Choice()),
        brought=make_brought(owner, entry),
        book=making.start(owner, making.Wish(Choice())),
        revision=entry.revisions.get(),
        own=own,
        present=present,
        former=former,
        set=PromptSet.objects.get(author=connected),
        colleagues_set=make_practice_of(connected, unconnected),
        hand_over=hand_overs.ask(connected, present.connection.pk, unconnected, "A colleague", now),
        group=group,
        note=ClientNote.objects.get(pk=note.pk),
        invitation=make_invitation(connected, name="The counselor’s friend", now=now),
    )


def make_practice_of(owner: User, colleague: User) -> PromptSet:
    """A practice of the two counselors, and the set that the colleague shares in it."""
    now, shared = timezone.now(), make_set(colleague, name="Shared in the practice")
    practices.open_practice(owner, new_id(), "Lindgatan", now)
    practices.accept(colleague, practices.invite(owner, new_id(), "A colleague", now).content.token, now)
    practices.share_set(colleague, shared.pk, now)
    return shared


def make_relationship(owner: User, counselor: User, answer: Entry, whose: str) -> Relationship:
    """The counselor gave a set and read the answer that the owner shared; both wrote under it and read what the other wrote."""
    now, connection = timezone.now(), make_connection(counselor, owner)
    prompt_set = make_set(counselor, name=f"{whose} set", steps=[f"{whose} question?", f"{whose} question again?"], said=f"{whose} words.")
    given = make_assignment(connection, prompt_set, note=f"{whose} wish.")
    share = shares.share(owner, connection, answer, now)
    replies.reply(owner, share, new_id(), "The owner’s reply.", now)
    readings.open_share(counselor, share.pk, now)
    replies.reply(counselor, share, new_id(), f"{whose} reply.", now)
    replies.see_replies(owner, share, now)
    return Relationship(connection, given, share)


SLUGS = {
    "prompts/<slug:slug>/": "the-air-between-you",
    "prompts/<slug:slug>/mark/": "the-air-between-you",
    "prompts/paths/<slug:slug>/": "mending",
    "prompts/paths/<slug:slug>/walk/": "mending",
    "prompts/paths/<slug:slug>/answers/": "mending",
    "prompts/hard-nights/<slug:slug>/": "work-ate-the-day",
    "prompts/sets/library/<slug:slug>/": "two-homes",
    "prompts/sets/library/<slug:slug>/worksheet/": "two-homes",
}


def row_named(route: str, visitor: str, people: People) -> Any:
    """The row whose id stands in the address: for a counselor whose connection has ended, one of that connection."""
    relationship = people.former if visitor == "ended" else people.present
    rows = {
        "journal/shared/": relationship.share,
        "journal/repairs/": people.repair,
        "journal/export/": people.export,
        "journal/import/": people.brought.attachment
        if route.endswith("/file/")
        else people.brought.batch
        if "/report/" in route or "/take-back/" in route
        else people.brought.look,
        "journal/book/": people.book,
        "accounts/care/hand-over/": people.hand_over,
        "accounts/care/": relationship.connection,
        "accounts/practice/members/": people.unconnected,
        "accounts/practice/sets/": people.colleagues_set,
        "accounts/hand-over/": relationship.connection,
        "accounts/clients/": relationship.connection,
        "accounts/groups/": people.group,
        "accounts/notes/": people.note,
        "accounts/invitations/": people.invitation,
        "prompts/given/": relationship.given,
        "prompts/assignments/": relationship.given,
        "prompts/sets/": people.set,
        "prompts/own/": people.own,
    }
    return next((row for start, row in rows.items() if route.startswith(start)), people.entry)


def address(route: str, visitor: str, people: People) -> str:
    tonight = people.owner.tonight(timezone.now())
    for placeholder, value in {
        "<slug:slug>": SLUGS.get(route, ""),
        "<slug:kind>": "later",
        "<slug:extension>": "toml",
        "<uuid:pk>": row_named(route, visitor, people).pk,
        "<uuid:revision>": people.revision.pk,
        "<uuid:batch>": people.present.given.pk,
        "<str:token>": people.invitation.content.token,
        "<path:object_id>": people.connected.workspace.pk if route.startswith("admin/counselor/") else people.owner.pk,
        "<path:content_type_id>": 1,
        "<int:pk>": 1,
        "<int:year>": tonight.year,
        "<int:month>": tonight.month,
        "<int:day>": tonight.day,
        "^confirm-email/(?P<key>[-:\\w]+)/$": "confirm-email/nothing/",
        "^(?P<app_label>accounts|counselor)/$": "counselor/",
        "(?P<url>.*)$": "nothing-here/",
    }.items():
        route = route.replace(placeholder, str(value))
    return f"/{route}"


# --- What they get. Whoever may change something comes last.

NOT_FORMS = {"journal/<uuid:pk>/delete-for-good/"}
BATCH = 32  # addresses that are tried on the same rows, which take longer to make than a request takes
VISITORS = ("nobody", "stranger", "staff", "unconnected", "ended", "connected", "owner")


def allowed_marks(visitor: str, route: str) -> set[str]:
    """What of the marked texts may stand on this page."""
    seen = SEEN.get(visitor, set())
    return seen | READ if visitor == "connected" and route.startswith((SHARED, SESSION)) else seen


def marks(content: bytes) -> set[str]:
    return set(MARKED.findall(content.decode(errors="replace")))


def of_the_owner(people: People) -> list[object]:
    """What the owner alone can change."""
    return [
        Entry.objects.not_deleted().get(pk=people.entry.pk).content.text,
        OwnQuestion.objects.by(people.owner).get().content.question,
        User.objects.get(pk=people.owner.pk).children,
        Connection.objects.filter(pk=people.present.connection.pk).values_list("parent_name", "sees_answered", "informed_at").get(),
        Assignment.objects.filter(pk=people.present.given.pk).values_list("shares", "starts_on").get(),
    ]


def of_both(people: People) -> list[object]:
    """What the owner or the connected counselor can change."""
    return [
        Connection.objects.values_list("ended_at").get(pk=people.present.connection.pk),
        Share.objects.values_list("taken_back_at", "read_at").get(pk=people.present.share.pk),
        Reply.objects.filter(connection=people.present.connection).count(),
        [(row.content.name, row.version, row.removed_at) for row in PromptSet.objects.filter(author=people.connected)],
        Assignment.objects.values_list("paused", "ended_at", "cadence").get(pk=people.present.given.pk),
        [(row.content.name, *row.members.all()) for row in ClientGroup.objects.of_counselor(people.connected)],
        list(ClientNote.objects.values_list("dated", "version", "removed_at")),
        list(ReplyDraft.objects.values_list("author", "version")),
        RecordCopy.objects.count(),
        Invitation.objects.values_list("withdrawn_at", "accepted_at", "code_until").get(pk=people.invitation.pk),
        Workspace.objects.filter(counselor=people.connected).exists(),
    ]


MAX_QUERIES = 7
MAX_QUERIES_OF_COUNSELORS = 8  # one of them counts, for their navigation, what is to be read
MAX_QUERIES_OF_TONIGHT = 8  # of the owner, who is on a path, had counselors, and has a repair open: see test_queries_of_tonight.py
MAX_QUERIES_OF_A_SESSION = 16  # however much was shared: see tests/counselor/views/test_session.py
DEARER = ("admin/", "accounts/email/", "accounts/2fa/reauthenticate/", "accounts/2fa/totp/deactivate/")  # pages of Django's and allauth's


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_get_answers_as_the_table_says_and_changes_nothing(visitor: str, people: People) -> None:
    before, client = [*of_the_owner(people), *of_both(people)], signed_in(None if visitor == "nobody" else getattr(people, visitor))
    answers, costs = {}, {}
    questions.library()  # read once a minute, by whichever page comes first
    for route in TABLE:
        with CaptureQueriesContext(connection) as queries:
            answers[route] = client.get(address(route, visitor, people))
        costs[route] = len(queries)
    seen = {route: marks(body(response)) for route, response in answers.items()}

    assert {route: response.status_code for route, response in answers.items()} == {
        route: get.of(visitor) for route, (get, _post) in TABLE.items()
    }
    assert {route: extra for route, shown in seen.items() if (extra := shown - allowed_marks(visitor, route))} == {}
    # What may be seen is seen: otherwise the marks would prove nothing.
    assert set.union(*seen.values()) == SEEN.get(visitor, set()) | allowed_marks(visitor, SHARED)
    assert [*of_the_owner(people), *of_both(people)] == before
    assert costs.pop("tonight/") <= MAX_QUERIES_OF_TONIGHT
    assert costs.pop(SESSION) <= MAX_QUERIES_OF_A_SESSION
    most = MAX_QUERIES_OF_COUNSELORS if visitor in {"connected", "unconnected", "ended"} else MAX_QUERIES
    assert {route: cost for route, cost in costs.items() if cost > most and not route.startswith(DEARER)} == {}


@pytest.mark.parametrize("batch", [*batched(TABLE, BATCH)])
def test_a_post_answers_as_the_table_says(batch: tuple[str, ...], people: People) -> None:
    """What is done at one address is undone before the next, sessions included."""
    browsers = {visitor: signed_in(None if visitor == "nobody" else getattr(people, visitor)) for visitor in VISITORS}
    cookies = {visitor: client.cookies.copy() for visitor, client in browsers.items()}
    before = of_the_owner(people), of_both(people)
    for route in batch:
        with transaction.atomic():
            _post_to(route, people, cookies, *before)
            transaction.set_rollback(True)


class Writes:
    """Whether a statement was run that writes somewhere else than in what the site keeps of sessions: a wrapper for statements."""

    READS = ("SELECT ", "SAVEPOINT ", "RELEASE ", "ROLLBACK ")
    OF_SESSIONS = ("django_session", "usersessions_usersession")

    def __init__(self) -> None:
        self.found = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.found |= not sql.startswith(self.READS) and not any(f'"{table}"' in sql[:60] for table in self.OF_SESSIONS)
        return execute(sql, params, many, context)


def _post_to(route: str, people: People, cookies: dict[str, Any], owners: list[object], both: list[object]) -> None:
    for visitor in VISITORS:
        client, writes = Client(), Writes()
        client.cookies.update(cookies[visitor])
        with connection.execute_wrapper(writes):
            response = client.post(address(route, visitor, people))

        request = (route, visitor)
        assert (*request, response.status_code) == (*request, TABLE[route][1].of(visitor))
        assert (*request, marks(response.content) - allowed_marks(visitor, route)) == (*request, set())
        assert_failures_lead_to_fields(response, request)
        if not writes.found:  # most change nothing, and what is stored need not be opened to know it
            continue
        if visitor != "owner":
            assert (*request, of_the_owner(people)) == (*request, owners)
        if visitor not in {"owner", "connected"}:
            assert (*request, of_both(people)) == (*request, both)


def assert_failures_lead_to_fields(response: Any, request: tuple[str, str]) -> None:
    """The title of a page with a form that failed says so; above all forms stands what failed, with the focus and links to the fields."""
    failed = response.status_code == 422 or (response.status_code == 200 and b'class="errorlist' in response.content)
    if not failed or request[0].startswith("admin/") or request[0] in NOT_FORMS:
        return
    page = parsed(response)
    if not page.select("main form"):
        return  # what is missing is said in its place
    assert (*request, element(page, "title").get_text().startswith("Error: ")) == (*request, True)
    assert (*request, page.select_one("main > :first-child").get("class")) == (*request, ["notice", "problem", "failures"])  # type: ignore[union-attr]
    assert (*request, page.select("main [autofocus]")[0]["tabindex"]) == (*request, "-1")
    assert (*request, bool(page.select(".failures li"))) == (*request, True)
    for link in page.select(".failures a"):
        field = page.select_one(f"[id='{str(link['href']).removeprefix('#')}']")
        assert (*request, link["href"], field is not None and field.get("type") != "hidden") == (*request, link["href"], True)


def test_a_statement_that_writes_is_noticed(people: People) -> None:
    def writes(act: Callable[[], object]) -> bool:
        with connection.execute_wrapper(noticed := Writes()):
            act()
        return noticed.found

    assert not writes(lambda: (of_the_owner(people), of_both(people)))
    assert not writes(signed_in(people.stranger).session.save)
    for change in (lambda: people.entry.save(), lambda: people.group.delete(), lambda: make_own_question(people.owner, "Why?")):
        assert writes(change)


def test_nobody_is_led_to_sign_in(people: People) -> None:
    for route, (get, _post) in TABLE.items():
        if get in (OWN, SIGNED_IN, COUNSELING, COUNSELORS) and route != "accounts/logout/":
            assert Client().get(address(route, "nobody", people)).headers["Location"].startswith(LOGIN), route
