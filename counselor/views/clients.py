"""The counselor's clients: the list, and one of them with label, next session and the private notes; and the invented one."""

import datetime as dt
import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import leaving
from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection, User
from common import dates, errors
from common.http import opened_by_another, wants_json
from common.ids import parse_id
from common.kept_forms import keeps_form
from common.rendering import saved_forms
from common.rendering.paging import page_of
from counselor import groups, labels
from counselor.clients import details, examples, listing, words
from counselor.clients.listing import Show, Sort
from counselor.forms.clients import ClientsForm, DetailsForm, LabelForm
from counselor.views.notes import notes_of

PER_PAGE = 80


# --- The list.


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def clients(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A name or label that is looked for is posted, so that no address, history or log has it; the rest of the filters is in the address."""
    counselor, now = request.user, timezone.now()
    is_search = request.method == "POST"
    sent = request.POST if is_search else request.GET
    own_groups = [group for group, _count in groups.with_counts(counselor)]
    form = ClientsForm({"show": "all", "sort": "waiting", **sent.dict()} | ({} if is_search else {"q": ""}), groups=own_groups)
    filters = form.filters()
    if is_search and not filters.name:
        query = {"show": filters.show.value, "sort": filters.sort.value, **({"group": str(filters.group)} if filters.group else {})}
        return redirect(reverse("counselor:clients", query=query))
    found = listing.find(counselor, filters, now)
    # Of what has the name there is one page: the addresses of others could not say what is looked for.
    page = page_of(request, found.matching[:PER_PAGE] if is_search else found.matching, PER_PAGE)
    is_ended = filters.show == Show.ENDED
    progress = {} if is_ended else found.progress if found.progress is not None else listing.progress_of(counselor, list(page), now)
    today = counselor.tonight(now)
    context = {
        "form": form,
        "has_groups": bool(own_groups),
        "filters": filters,
        "is_filtered": bool(filters.group or filters.show != Show.ALL or filters.sort != Sort.WAITING),
        "is_empty": found.is_empty,
        "rows": [] if is_ended else [words.row(client, progress.get(client.pk), today) for client in page],
        "ended": [words.ended(client) for client in page] if is_ended else [],
        "page": page,
        "has_more": is_search and len(found.matching) > PER_PAGE,
        "has_example": found.has_example,
        "to_read": found.to_read,
    }
    return render(request, "counselor/clients/clients.html", context)


# --- One client.


def _find(counselor: User, pk: uuid.UUID) -> Connection:
    own = labels.with_label(Connection.objects.of_counselor(counselor)).annotate(is_example=listing.example())
    return get_object_or_404(own, pk=pk)


@require_safe
@counselor_required
def client(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A client, and the counselor's private notes."""
    counselor = request.user
    return _show(request, _find(counselor, pk))


def _show(
    request: AuthenticatedHttpRequest,
    connection: Connection,
    details_form: DetailsForm | None = None,
    label_form: LabelForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    counselor, now = request.user, timezone.now()
    context: dict[str, object] = {
        "connection": connection,
        "name": labels.name_of(connection),
        "label_form": label_form or LabelForm.of(counselor, labels.stored(connection)),
        "details_form": details_form or _details_form(counselor, connection, now),
        "since": dates.date_of(connection.began_at),
    }
    context |= notes_of(request, connection, reverse("counselor:client", args=[connection.pk]))
    if connection.ended_at is not None:
        context |= {"ended_on": dates.date_of(connection.ended_at), "how": words.how_it_ended(Connection.Ended(connection.ended_by))}
    else:
        context["assignments"] = [words.assignment(row) for row in details.assigned_to(counselor, connection, now)]
        context["next_step"] = examples.next_step(connection) if getattr(connection, "is_example", False) else None
        context["shared"] = [words.share(row) for row in details.shared_by(counselor, connection)]
    return render(request, "counselor/clients/client.html", context, status=status)


# --- The label, and the next session.


def _details_form(counselor: User, connection: Connection, now: dt.datetime, data: QueryDict | None = None) -> DetailsForm:
    today, planned = counselor.tonight(now), connection.next_session_on
    initial = {"next_session_on": planned if planned and planned >= today else None, "author": counselor.pk}
    return DetailsForm(data, initial=initial, today=today, has_ended=connection.ended_at is not None)


@require_POST
@keeps_form(LabelForm)
@counselor_required
def client_label(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Saves the label of a client, as it is written or with the button. Idempotent."""
    if opened_by_another(request):
        return errors.other_person(request)
    counselor, now = request.user, timezone.now()
    connection = _find(counselor, pk)
    form = LabelForm(request.POST, auto_id="label_%s")
    if not form.is_valid():
        if wants_json(request):
            return saved_forms.refused(form)
        return _show(request, connection, label_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    typed = form.cleaned_data["text"]
    outcome = labels.save(counselor, connection.pk, typed, now, based_on=form.based_on)
    if isinstance(outcome, labels.Conflict):
        if wants_json(request):
            return saved_forms.conflict(outcome.stored.text, outcome.stored.version)
        messages.warning(request, _("You changed the label somewhere else, so this one isn’t saved yet. Save to replace the other."))
        return _show(request, connection, label_form=LabelForm.of(counselor, outcome.stored, text=typed), status=HTTPStatus.CONFLICT)
    if wants_json(request):
        return saved_forms.saved(outcome.version, now)
    messages.success(request, _("Saved."))
    return redirect("counselor:client", pk=connection.pk)


@require_POST
@keeps_form(DetailsForm)
@counselor_required
def client_details(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Saves when the next session with a client is. Idempotent."""
    counselor, now = request.user, timezone.now()
    connection = _find(counselor, pk)
    form = _details_form(counselor, connection, now, request.POST)
    if not form.is_valid():
        return _show(request, connection, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if "next_session_on" in form.fields:
        details.set_next_session(counselor, connection.pk, form.cleaned_data["next_session_on"])
    messages.success(request, _("Saved."))
    return redirect("counselor:client", pk=connection.pk)


# --- The practice client.


@require_POST
@counselor_required
def example(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Makes the practice client. Idempotent."""
    connection = examples.make(request.user, timezone.now())
    return redirect("counselor:client", pk=connection.pk)


@require_POST
@counselor_required
def example_answer(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Has the practice client answer the question that the page named. Idempotent."""
    step = parse_id(request.POST.get("step"))
    share = examples.answer(request.user, step, timezone.now()) if step else None
    if share is not None:
        messages.success(request, _("They answered and shared it with you."))
    connection = examples.of(request.user)
    return redirect("counselor:client", pk=connection.pk) if connection else redirect("counselor:today")


@require_POST
@counselor_required
def example_remove(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Deletes the practice client and all that came with it. Idempotent."""
    leaving.delete_example(request.user)
    messages.success(request, _("Practice client removed, along with everything you tried."))
    return redirect("counselor:today")
