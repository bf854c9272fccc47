"""Marking a prompt, from its own page."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from journal.nights import night_pages
from prompts import marks
from prompts.models import Mark, Prompt


@require_http_methods(["POST"])
def mark(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Idempotent: the button names the mark that is wanted. An unknown one changes nothing.

    This is a view of the journal, since a prompt that is not to be asked any more leaves tonight's page, too.
    """
    parent = request.user
    if not Prompt.objects.filter(slug=slug).exists():
        raise Http404
    match request.POST.get("kind", ""):
        case Mark.Kind.LATER:
            marks.put(parent, slug, Mark.Kind.LATER)
            messages.success(request, _("Kept for later."))
        case Mark.Kind.NEVER:
            marks.put(parent, slug, Mark.Kind.NEVER)
            night_pages.reset_question(parent, parent.tonight(timezone.now()), only_if={slug})
            messages.success(request, _("You won’t be asked this again, unless you restore it."))
        case "":
            marks.remove(parent, slug)
            messages.success(request, _("Undone."))
    listed = request.POST.get("from", "")
    back = reverse("prompts:marked", args=[listed]) if listed in Mark.Kind.values else reverse("prompts:prompt", args=[slug])
    return redirect(back)
