"""The page on which a counselor puts a set together. It is one form: whichever button is pressed, all that was typed comes along."""

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views import counselors_only, person
from prompts import browsing, sets
from prompts.forms import BrowseForm
from prompts.models import PromptSet, Theme
from prompts.set_forms import Sheet

FOUND = 60  # questions of the library shown at once
FILTERS = ("q", "theme", "age", "depth")


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def build(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(PromptSet.objects.by(person(request)), pk=pk)
    if request.method != "POST":
        return _page(request, row, Sheet.of(row))
    action = _action(request)
    sheet = Sheet.sent(request.POST, action)
    if action == "search":
        return _page(request, row, sheet, unsaved=True)
    if not sheet.is_valid():
        return _page(request, row, sheet, unsaved=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        saved = sets.save(person(request), pk, sheet.words(), based_on=sheet.version, now=timezone.now())
    except sets.ChangedMeanwhile as changed:
        sheet.version = changed.there.version  # saved once more, it is saved knowingly
        return _page(request, changed.there, sheet, unsaved=True, changed=True, status=HTTPStatus.CONFLICT)
    except PromptSet.DoesNotExist:
        raise Http404 from None
    verb, _colon, key = action.partition(":")
    if verb == "add":  # what was searched for stands in no address: this page shows it once more
        return _page(request, saved, Sheet.of(saved), added=key in sheet.slugs)
    messages.success(request, _("The set is saved."))
    place = f"#step-{key}" if verb in {"up", "down"} and any(step.key == key for step in sheet.steps) else ""
    return redirect(reverse("prompts:set", args=[pk]) + place)


def _action(request: HttpRequest) -> str:
    """The button that was pressed. Enter saves; in the search field, where something else is looked for now, it searches."""
    action = request.POST.get("action", "save")
    if action == "enter":
        return "search" if request.POST.get("q", "") != request.POST.get("searched", "") else "save"
    return action


def _page(
    request: HttpRequest,
    row: PromptSet,
    sheet: Sheet,
    *,
    unsaved: bool = False,
    changed: bool = False,
    added: bool = False,
    status: int = 200,
) -> HttpResponse:
    themes = list(Theme.objects.all())
    search = BrowseForm(request.POST, themes=themes)
    searched = request.POST.get("action") == "search" or any(request.POST.get(name) for name in FILTERS)
    found = browsing.find(search.wanted(), [theme.slug for theme in themes]) if searched else []
    context = {
        "row": row,
        "sheet": sheet,
        "search": search,
        "searched": searched,
        "found": found[:FOUND],
        "found_more": len(found) > FOUND,
        "unsaved": unsaved,
        "changed": changed,
        "added": added,
        "problem": status == HTTPStatus.UNPROCESSABLE_ENTITY,
        "saved_at": date_format(timezone.localtime(row.changed_at), _("j F Y, H:i"), use_l10n=False),
    }
    return render(request, "prompts/set.html", context, status=status)
