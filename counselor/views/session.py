"""Preparing a session with one client: what they shared in a span, opened with one press, and the counselor's notes beside it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.core.paginator import Page
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import notifications
from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection
from common import dates
from common.ids import parse_id
from common.rendering.paging import page_of
from counselor import labels
from counselor.sessions import answers, spans, waiting
from counselor.sessions.answers import Answer
from counselor.sessions.spans import Kind, Span
from counselor.sessions.waiting import Waiting
from counselor.views.notes import notes_of
from journal.forms.shared import ReplyForm
from journal.models.share import Share
from journal.sharing import readings
from journal.sharing.drafts import Draft
from prompts.models import Assignment

PER_PAGE = 60  # answers
SETS = 12  # of the client, that a session can be about
RULED = range(10)  # lines on paper


@dataclass(frozen=True, slots=True)
class Row:
    """An answer as the page shows it."""

    answer: Answer
    night: str
    state: str
    form: ReplyForm | None


@require_safe
@counselor_required
def session(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Every answer that was shared in a span, in the order of its nights. Closed until it is opened; loading the page opens nothing."""
    counselor, now = request.user, timezone.now()
    connection = _connection(request, pk)
    span = _span(request, connection, now)
    page = _page(request, connection, span, now)
    shown = answers.of(counselor, _load(connection, list(page)), now)
    own_labels = labels.of_counselor(counselor)
    before, after = waiting.clients_around(counselor, connection)
    planned = connection.next_session_on
    address, query = reverse("counselor:session", args=[pk]), _query(span, page)
    context = {
        "connection": connection,
        "name": labels.named(connection.parent_name, own_labels.get(pk, "")),
        "span": span,
        "said": _said(connection, span),
        "next_session": dates.evening(planned) if planned and planned >= counselor.tonight(now) else "",
        "spans": _spans(connection, span),
        "earlier": spans.earlier(counselor, connection, span),
        "later": spans.later(span),
        "rows": [_row(request, answer) for answer in shown],
        "to_open": len(answers.to_open(shown)),
        "query": query,
        "next": f"{address}{query}",
        "page": page,
        "client_before": _named(before, own_labels),
        "client_after": _named(after, own_labels),
        "ruled": RULED,
        **notes_of(request, connection, f"{address}{span.query}"),
    }
    return render(request, "counselor/session/session.html", context)


@require_POST
@counselor_required
def session_open(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Records that the answers on this page of the span are read, one reading of each, and cancels the mail about them. Idempotent."""
    now = timezone.now()
    connection = _connection(request, pk)
    span = _span(request, connection, now)
    page = _page(request, connection, span, now)
    readings.open_shares(request.user, pk, list(page), now)
    notifications.clear(request.user)
    return redirect(f"{reverse('counselor:session', args=[pk])}{_query(span, page)}")


def _connection(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> Connection:
    """A client of this counselor's. Raises Http404 for any other, and where the connection has ended."""
    return get_object_or_404(Connection.objects.of_counselor(request.user).active(), pk=pk)


def _span(request: AuthenticatedHttpRequest, connection: Connection, now: dt.datetime) -> Span:
    """The span that the address names. Raises Http404 for a set that was not given to this client."""
    asked = request.GET
    assignment = parse_id(asked.get("set"))
    if assignment and not Assignment.objects.of_counselor(request.user).filter(connection=connection, pk=assignment).exists():
        raise Http404
    until = dates.parse(asked.get("until"))
    return spans.named(request.user, connection, kind=asked.get("span", ""), assignment=assignment, until=until, now=now)


def _page(request: AuthenticatedHttpRequest, connection: Connection, span: Span, now: dt.datetime) -> Page[uuid.UUID]:
    """The shares of the span, by their ids, on the page of it that the address names."""
    return page_of(request, list(spans.shares(request.user, connection, span, now).values_list("pk", flat=True)), PER_PAGE)


def _query(span: Span, page: Page[uuid.UUID]) -> str:
    """How an address names this page of the span."""
    if page.number == 1:
        return span.query
    return f"{span.query}{'&' if span.query else '?'}page={page.number}"


def _load(connection: Connection, pks: list[uuid.UUID]) -> list[Share]:
    """These shares in the order of their nights, with their connection, which is loaded already."""
    rows = list(Share.objects.filter(pk__in=pks).order_by("night", "shared_at", "pk"))
    for share in rows:
        share.connection = connection
    return rows


def _row(request: AuthenticatedHttpRequest, answer: Answer) -> Row:
    share = answer.share
    if answer.is_new:
        state = _("new")
    elif answer.is_open or share.read_at is None:
        state = ""
    else:
        state = _("read on %(when)s") % {"when": dates.day_of(share.read_at)}
    form = ReplyForm.blank(request.user.pk, answer.draft or Draft(), prefix=f"reply_{share.pk.hex}") if answer.is_open else None
    return Row(answer, dates.evening(share.night), state, form)


def _named(client: Waiting | None, own_labels: dict[uuid.UUID, str]) -> Waiting | None:
    return Waiting(client.connection, labels.named(client.name, own_labels.get(client.connection, "")), client.count) if client else None


# --- Spans in words.


def _said(connection: Connection, span: Span) -> str:
    """As "Since your last session, on 20 November"."""
    if span.kind is Kind.SET:
        return _("Answers to one set")
    if span.first is None:
        began = dates.day_of(connection.began_at)
        return (
            _("Since you started, on %(day)s") % {"day": began} if span.last is None else _("Until %(day)s") % {"day": dates.day(span.last)}
        )
    if span.last is None and span.kind is Kind.SESSION:
        return _("Since your last session, on %(day)s") % {"day": dates.day(span.first)}
    if span.last is None:
        return _("Since %(day)s") % {"day": dates.day(span.first)}
    return _("%(first)s to %(last)s") % {"first": dates.day(span.first), "last": dates.day(span.last)}


def _spans(connection: Connection, present: Span) -> list[dict[str, object]]:
    """The spans to choose from, each with its address and whether it is the present one."""
    given = Assignment.objects.filter(connection=connection).only("connection_id", "sealed_content").order_by("-assigned_at", "-pk")[:SETS]
    offered = [
        (Span(Kind.SESSION), _("Since the last session")),
        (Span(Kind.WEEK), _("A week")),
        (Span(Kind.MONTH), _("A month")),
        *((Span(Kind.SET, assignment=row.pk), row.content.name) for row in given),
    ]
    return [
        {
            "query": span.query,
            "name": name,
            "is_set": span.kind is Kind.SET,
            "is_present": (span.kind, span.assignment) == (present.kind, present.assignment),
        }
        for span, name in offered
    ]
