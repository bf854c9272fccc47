"""What was shared: for a counselor what clients shared, for a parent what they shared and who read it.

A counselor's pages ask for shares and never for entries, and show a text only after its opening went on record.
"""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Case, Prefetch, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import news
from accounts.models import Hat, Tie, User, new_id
from accounts.views import person
from journal import sharing, words
from journal.models import Reading, Share, SharedWords, ShareQuerySet
from journal.sharing_forms import ReplyForm
from journal.views import threads, writing
from prompts import questions

PAGE = 30  # shares on one page of either list
MOST_PAGES = 10_000


@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if user.is_counselor and user.hat == Hat.COUNSELOR:
        return _for_counselor(request, user)
    return _for_parent(request, user)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the addresses of its neighbours."""

    shares: list[Share]
    newer: str
    older: str
    is_first: bool


def _page(request: HttpRequest, shares: ShareQuerySet, query: dict[str, str]) -> Page:
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and 0 < (number := int(asked)) <= MOST_PAGES):
        raise Http404
    found = list(shares[(number - 1) * PAGE : number * PAGE + 1])

    def url(number: int) -> str:
        return reverse("journal:shared", query={**query, **({"page": number} if number > 1 else {})} or None)

    return Page(found[:PAGE], url(number - 1) if number > 1 else "", url(number + 1) if len(found) > PAGE else "", number == 1)


# --- The counselor's list.


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """A share as its counselor's list shows it. It opens nothing."""

    url: str
    name: str
    night: str
    state: str
    waits: bool


def _for_counselor(request: HttpRequest, counselor: User) -> HttpResponse:
    """What waits comes first: what was not read yet, and what a client wrote under a share; then the newest."""
    ties = list(Tie.objects.of_counselor(counselor).alive())
    chosen = _chosen_tie(request, ties)
    shares = sharing.for_list(Share.objects.for_counselor(counselor), unseen_from_counselor=False)
    if chosen:
        shares = shares.filter(tie=chosen)
    waits = Case(When(Q(read_at=None) | Q(awaits=True), then=Value(0)), default=Value(1))
    page = _page(request, shares.order_by(waits, "-shared_at", "-pk"), {"client": str(chosen.pk)} if chosen else {})
    context = {
        "rows": [_received(share) for share in page.shares],
        "page": page,
        "clients": ties,
        "chosen": chosen,
    }
    return render(request, "journal/shared_received.html", context)


def _chosen_tie(request: HttpRequest, ties: list[Tie]) -> Tie | None:
    asked = request.GET.get("client", "")
    if not asked:
        return None
    pk = questions.as_id(asked)
    found = next((tie for tie in ties if tie.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _received(share: Share) -> ReceivedRow:
    awaits: bool = getattr(share, "awaits")  # noqa: B009  an annotation
    if share.read_at is None:
        state = _("new")
    elif awaits:
        state = _("new reply")
    else:
        state = _("read on %(when)s") % {"when": words.moment(share.read_at)}
    return ReceivedRow(
        url=reverse("journal:shared_one", args=[share.pk]),
        name=share.tie.parent_name,
        night=words.evening(share.night),
        state=state,
        waits=share.read_at is None or awaits,
    )


# --- The parent's list.


@dataclass(frozen=True, slots=True)
class GivenRow:
    """A share as its parent's list shows it, with every reading. It opens nothing."""

    url: str
    name: str
    night: str
    shared_at: str
    readings: list[str]
    taken_back_at: str
    ended: bool
    awaits: bool


def _for_parent(request: HttpRequest, parent: User) -> HttpResponse:
    mine = sharing.for_list(Share.objects.of_parent(parent), unseen_from_counselor=True)
    page = _page(request, mine.prefetch_related(_readings()), {})
    return render(request, "journal/shared.html", {"rows": [_given(share) for share in page.shares], "page": page})


def _readings() -> Prefetch:
    return Prefetch("readings", Reading.objects.order_by("read_at", "pk"))


def _given(share: Share) -> GivenRow:
    return GivenRow(
        url=reverse("journal:shared_one", args=[share.pk]),
        name=share.tie.counselor_name,
        night=words.evening(share.night),
        shared_at=words.moment(share.shared_at),
        readings=[words.moment(reading.read_at) for reading in share.readings.all()],
        taken_back_at=words.moment(share.taken_back_at) if share.taken_back_at else "",
        ended=share.tie.ended_at is not None,
        awaits=getattr(share, "awaits"),  # noqa: B009  an annotation
    )


# --- One share.


def _find(user: User, pk: uuid.UUID) -> tuple[Share, bool]:
    """The share, and whether it is looked at as its counselor; 404 for everybody else. Nobody is both of one tie."""
    share = (
        Share.objects.filter(Q(parent=user) | Q(pk__in=Share.objects.for_counselor(user).values("pk"))).select_related("tie").filter(pk=pk)
    )
    found = get_object_or_404(share)
    return found, found.parent_id != user.pk


@require_safe
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = person(request)
    share, as_counselor = _find(user, pk)
    form = _blank_reply(user)
    return _read(request, share, form) if as_counselor else _own(request, share, form)


def _blank_reply(user: User) -> ReplyForm:
    return ReplyForm(initial={"id": new_id(), "author": user.pk})


def _read(request: HttpRequest, share: Share, form: ReplyForm, status: int = 200) -> HttpResponse:
    """The counselor's page. Its text stands there only while it has been opened, on the record, a short while ago."""
    if not sharing.is_open(share, timezone.now()):
        # A reply that is refused after that while stays on its page.
        context = {"share": share, "night": words.evening(share.night), "form": form if form.is_bound else None}
        return render(request, "journal/shared_closed.html", context, status=status)
    said: SharedWords | None = share.words
    context = {
        "share": share,
        "night": words.evening(share.night),
        "shared_at": words.moment(share.shared_at),
        "said": said,
        "html": sharing.html(said) if said else "",
        "thread": threads.of_counselor(share),
        "form": form,
    }
    return render(request, "journal/shared_read.html", context, status=status)


def _own(request: HttpRequest, share: Share, form: ReplyForm, status: int = 200) -> HttpResponse:
    """The parent's page: the copy while it stands, and for good who read it and when, and what was written under it."""
    stands = share.taken_back_at is None
    entry = share.entry
    context = {
        "share": share,
        "stands": stands,
        "night": words.evening(share.night),
        "shared_at": words.moment(share.shared_at),
        "taken_back_at": words.moment(share.taken_back_at) if share.taken_back_at else "",
        "ended_at": words.moment(share.tie.ended_at) if share.tie.ended_at else "",
        "said": share.words,
        "html": sharing.html(share.words) if share.words else "",
        "entry": entry,
        "outdated": entry is not None and entry.size and entry.drawer_at is None and sharing.is_outdated(share, entry),
        "again": reverse("journal:share", args=[entry.pk], query={"with": share.tie_id}) if entry else "",
        "readings": [
            (words.moment(reading.read_at), reading.text_number < share.text_number) for reading in share.readings.order_by("read_at", "pk")
        ],
        "thread": threads.of_parent(share),
        "form": form if stands else None,
    }
    return render(request, "journal/shared_one.html", context, status=status)


@require_POST
def open_share(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A counselor's opening goes on record; a parent has seen the replies. Both have looked, so no mail has to say it."""
    user, now = person(request), timezone.now()
    share, as_counselor = _find(user, pk)
    if as_counselor:
        if sharing.open_share(user, pk, now) is None:
            raise Http404
    else:
        sharing.see_replies(user, share, now)
    news.forget(user)
    return redirect("journal:shared_one", pk)


@require_POST
def reply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = person(request)
    if writing.is_someone_elses(request, user):
        return writing.refuse_someone_elses(request)
    share, as_counselor = _find(user, pk)
    if share.taken_back_at is not None:
        raise Http404  # what was typed is shown: journal/middleware.py
    form = ReplyForm(request.POST)
    if not form.is_valid():
        if form.page_is_damaged:
            form.data = {"text": request.POST.get("text", ""), "id": str(new_id()), "author": str(user.pk)}
        return (_read if as_counselor else _own)(request, share, form, 422)
    if sharing.reply(user, share, form.cleaned_data["id"], form.cleaned_data["text"], timezone.now()) is None:
        raise Http404
    messages.success(request, _("Your reply is there."))
    return redirect("journal:shared_one", pk)


@require_POST
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = person(request)
    share = get_object_or_404(Share.objects.of_parent(user), pk=pk)
    sharing.take_back(user, share.pk, timezone.now())
    messages.success(request, _("It is taken back. The copy is deleted."))
    return redirect("journal:shared_one", pk)
