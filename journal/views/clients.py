"""The counselor's clients: all of them, and one."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import groups, notes
from accounts.models import Tie, User
from accounts.views import counselors_only, person
from journal import clients as clients_of
from journal import words
from journal.client_forms import ClientsForm, NoteForm
from journal.clients import ClientList, ClientRow, EndedRow, GivenRow, Progress, SharedRow
from journal.views import writing

# --- All of them.


@require_safe
@counselors_only
def clients(request: HttpRequest) -> HttpResponse:
    counselor = person(request)
    there = [group for group, _number in groups.of(counselor)]
    form = ClientsForm({"show": "all", **request.GET.dict()}, groups=there)
    wanted = form.wanted()
    found = clients_of.find(counselor, wanted, _page_number(request), timezone.now())
    context = {
        "form": form,
        "has_groups": bool(there),
        "wanted": wanted,
        "is_filtered": bool(wanted.name or wanted.group),
        "found": found,
        "rows": [_row(row) for row in found.rows],
        "ended": [_ended(row) for row in found.ended],
        "to_tell": [_ended(row) for row in found.to_tell],
        **_pager(request, found),
    }
    return render(request, "journal/clients.html", context)


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _pager(request: HttpRequest, found: ClientList) -> dict[str, str]:
    def to(page: int) -> str:
        query = request.GET.copy()
        query["page"] = str(page)
        return f"?{query.urlencode()}"

    return {
        "earlier": to(found.page - 1) if found.page > 1 else "",
        "later": to(found.page + 1) if found.page < found.pages else "",
    }


def _row(row: ClientRow) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "name": row.name,
        "waits": _waits(row.answers, row.replies),
        "sets": row.given.names,
        "rest": _rest(row),
        "done": _done(row.progress) if row.progress else "",
        "last": words.evening(row.progress.last) if row.progress and row.progress.last else "",
        "is_seen": row.progress is not None,
    }


def _waits(answers: int, replies: int) -> list[str]:
    said = []
    if answers:
        said.append(ngettext("%(n)s answer to read", "%(n)s answers to read", answers) % {"n": answers})
    if replies:
        said.append(ngettext("%(n)s reply to read", "%(n)s replies to read", replies) % {"n": replies})
    return said


def _rest(row: ClientRow) -> str:
    """What the list says beside the names of sets."""
    given, said = row.given, []
    if given.more and given.names:
        said.append(ngettext("and %(n)s more", "and %(n)s more", given.more) % {"n": given.more})
    elif given.more:
        said.append(ngettext("%(n)s set", "%(n)s sets", given.more) % {"n": given.more})
    if given.paused:
        said.append(ngettext("%(n)s paused", "%(n)s paused", given.paused) % {"n": given.paused})
    if not said and not given.names:
        return _("All answered") if given.total else _("Nothing just now")
    return ", ".join(said)


def _done(progress: Progress) -> str:
    if not progress.of:
        return ""
    return ngettext("%(done)s of %(of)s step", "%(done)s of %(of)s steps", progress.of) % {"done": progress.done, "of": progress.of}


def _ended(row: EndedRow) -> dict[str, Any]:
    return {"pk": row.pk, "name": row.name, "how": how_it_ended(row.by), "on": _date(row.at)}


def how_it_ended(by: Tie.Ended) -> str:
    return {
        Tie.Ended.BY_PARENT: _("ended by them"),
        Tie.Ended.BY_COUNSELOR: _("ended by you"),
        Tie.Ended.CLOSED: _("ended when you closed your workspace"),
    }[by]


# --- One.


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def client(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A client, and the counselor's private note, which is sent to this very page."""
    counselor = person(request)
    if request.method == "POST" and writing.is_someone_elses(request, counselor):
        return writing.refuse_someone_elses(request)
    tie = get_object_or_404(Tie.objects.of_counselor(counselor), pk=pk)
    if request.method == "POST":
        return _keep_note(request, counselor, tie)
    return _show(request, counselor, tie, _blank(counselor, notes.read(counselor, tie)))


def _blank(counselor: User, note: notes.Note, *, text: str | None = None, auto_id: str = "id_%s") -> NoteForm:
    """A form based on the note as it is kept, with its text or another one."""
    initial = {"text": note.text if text is None else text, "author": counselor.pk, "base": note.mark}
    return NoteForm(initial=initial, auto_id=auto_id)


def _keep_note(request: HttpRequest, counselor: User, tie: Tie) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, counselor, tie, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    outcome = notes.keep(counselor, tie, form.cleaned_data["text"], form.cleaned_data["base"], timezone.now())
    if isinstance(outcome, notes.Changed):
        return _two_notes(request, counselor, tie, form.cleaned_data["text"], outcome.there)
    messages.success(request, _("Your note is kept.") if outcome.text else _("There is no note now."))
    return redirect("journal:client", pk=tie.pk)


def _two_notes(request: HttpRequest, counselor: User, tie: Tie, typed: str, there: notes.Note) -> HttpResponse:
    """409: nothing was written; both texts are on the page, and so is a form for each way on."""
    both = "\n\n".join(text for text in (there.text.rstrip(), typed) if text.strip())
    context = {
        "tie": tie,
        "there": there.text,
        "typed": _blank(counselor, there, text=typed),
        "both": _blank(counselor, there, text=both, auto_id="both_%s") if there.text and typed.strip() else None,
    }
    return render(request, "journal/client_note.html", context, status=HTTPStatus.CONFLICT)


def _show(request: HttpRequest, counselor: User, tie: Tie, form: NoteForm, status: int = HTTPStatus.OK) -> HttpResponse:
    context: dict[str, Any] = {"tie": tie, "form": form, "since": _date(tie.began_at)}
    if tie.ended_at is not None:
        context |= {"ended_on": _date(tie.ended_at), "how": how_it_ended(Tie.Ended(tie.ended_by))}
    else:
        context["given"] = [_given(row) for row in clients_of.given_to(counselor, tie, timezone.now())]
        context["shared"] = [_shared(row) for row in clients_of.shared_by(counselor, tie)]
    return render(request, "journal/client.html", context, status=status)


def _date(moment: dt.datetime) -> str:
    return words.evening(timezone.localdate(moment))


def _given(row: GivenRow) -> dict[str, Any]:
    said = []
    if row.ended_at is not None:
        said.append(_("ended on %(day)s") % {"day": _date(row.ended_at)})
    elif row.paused:
        said.append(_("paused"))
    if row.progress is not None and row.progress.of:
        said.append(_done(row.progress))
    if row.progress is not None and row.progress.last:
        said.append(_("last on %(evening)s") % {"evening": words.evening(row.progress.last)})
    return {"pk": row.pk, "name": row.name, "says": " · ".join(said)}


def _shared(row: SharedRow) -> dict[str, Any]:
    said = [_("new")] if row.is_new else []
    return {"pk": row.pk, "night": words.evening(row.night), "says": " · ".join([*said, *_waits(0, row.replies)])}
