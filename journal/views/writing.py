"""What every page that is written on shares: its form, its action, its answer to a save, and its conflict."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from accounts.models import User
from common import dates
from common.http import wants_json
from common.ids import new_id
from journal import content, markup
from journal.diff import merge
from journal.entries.saving import Conflict, Draft, Empty, Saved
from journal.entries.submission import Action, Close, Finish, SetMode, Turn, submit
from journal.forms.writing import WritingForm
from journal.history import revisions
from journal.models import TEXT_LIMIT, Entry, Mode, Night, Revision
from journal.nights import guide_pages

# --- What the page was and is sent.


def blank_form(
    author: User, *, night: dt.date, latest: dt.date, entry: Entry | None = None, prompt: str = "", mode: Mode = Mode.QUESTION
) -> WritingForm:
    """A form as a page gets it when it opens: with ids of its own, and the text of the entry that is there."""
    return WritingForm(
        latest=latest,
        initial={
            "text": entry.content.text if entry else "",
            "feeling": entry.summary.feeling if entry else "",
            "author": author.pk,
            "entry": entry.pk if entry else new_id(),
            "page": new_id(),
            "seq": 1,
            "base": entry.version if entry else 0,
            "night": night,
            "prompt": prompt,
            "mode": mode,
        },
    )


def bound_form(request: HttpRequest, latest: dt.date) -> WritingForm:
    data = request.POST.copy()
    data["text"] = guide_pages.typed(request.POST)
    form = WritingForm(data, latest=latest)
    if _is_badly_encoded(request):
        form.add_error(
            "text",
            _("Some letters came in an encoding that cannot be read. Please look through the text below and save again."),
        )
    return form


def _is_badly_encoded(request: HttpRequest) -> bool:
    """Whether the text came in bytes that are not UTF-8: Django reads those as U+FFFD, which a text may also hold rightly."""
    if "\ufffd" not in guide_pages.typed(request.POST) or request.content_type != "application/x-www-form-urlencoded":
        return False
    return b"%EF%BF%BD" not in request.body.upper() and "\ufffd".encode() not in request.body


def parse_action(request: HttpRequest) -> Action | None:
    """What the pressed button says: `turn:3`, `mode:just_write`, `close:done`, …; None for a plain save."""
    name, _colon, value = request.POST.get("action", "").partition(":")
    match name:
        case "turn" if value.isascii() and value.isdigit():
            return Turn(int(value))
        case "mode" if value in Mode.values:
            return SetMode(Mode(value))
        case "close" if value == Night.Closed.DONE:
            return Finish()
        case "close" if value in Night.Closed.values:
            return Close(Night.Closed(value))
    return None


# --- Answers.


def refuse(request: HttpRequest, form: WritingForm, template: str, context: dict[str, Any]) -> HttpResponse:
    """422: the same page again, with what was typed and what to do; ids that came damaged are made anew."""
    problems = _problems(form)
    if wants_json(request):
        return JsonResponse({"state": "refused", "message": " ".join(problems)}, status=422)
    if form.page_is_damaged:
        fresh = {
            "author": request.user.pk,
            "entry": new_id(),
            "page": new_id(),
            "seq": 1,
            "base": 0,
            "mode": Mode.JUST_WRITE,
            "feeling": "",
            "prompt": "",
        }
        form.data = {**dict(form.data.items()), **{name: str(value) for name, value in fresh.items() if name in form.errors}}
    return render(request, template, {**context, "form": form, "problems": problems}, status=422)


def _problems(form: WritingForm) -> list[str]:
    problems = [str(error) for name in ("text", "night") for error in form.errors.get(name, [])]
    if form.page_is_damaged:
        problems.append(_("This page was damaged on its way. Your text is below, nothing is lost: please save again."))
    return problems


def as_json(outcome: Saved | Empty) -> JsonResponse:
    """The answer to a save in the background."""
    if isinstance(outcome, Empty):
        return JsonResponse({"state": "empty"})
    entry = outcome.entry
    message = _("Saved %(time)s") % {"time": dates.clock(entry.saved_at)}
    return JsonResponse({"state": "saved", "entry": str(entry.pk), "version": outcome.version, "message": message})


def show_conflict(request: HttpRequest, author: User, outcome: Conflict, back: str) -> HttpResponse:
    """409: both texts are kept, and both are shown, with what they would be together."""
    entry, copy = outcome.entry, outcome.copy
    if wants_json(request):
        message = _("This page was also written elsewhere. Both texts are safe.")
        compare = reverse("journal:revision", args=[entry.pk, copy.pk])
        return JsonResponse({"state": "conflict", "entry": str(entry.pk), "message": message, "compare": compare}, status=409)
    sent = request.POST.get("ancestor")
    ancestor = normalize_newlines(sent) if sent is not None and len(sent) <= TEXT_LIMIT else None
    return render(request, "journal/history/conflict.html", two_texts(author, entry, copy, back, ancestor), status=409)


def two_texts(author: User, entry: Entry, copy: Revision, back: str, ancestor: str | None = None) -> dict[str, Any]:
    """What the page shows on which an author chooses between an entry's text and a conflict copy.

    `ancestor` is what both go back to, where the page knows it; else it is what the history knows.
    """
    here, there = copy.content, entry.content
    if ancestor is None:
        ancestor = revisions.common_ancestor(entry, copy.version)
    merged = merge.suggest(ancestor, here.text, there.text)
    # A form that saves both texts as one, based on the version that is there now.
    together = blank_form(author, night=entry.night, latest=entry.night, entry=entry, prompt=entry.asked or "", mode=Mode(entry.mode))
    together.initial["text"] = merge.both(here.text, there.text) if merged is None else merged
    together.initial["feeling"] = here.feeling or entry.summary.feeling
    return {
        "entry": entry,
        "here_html": markup.render(here.text),
        "here_at": dates.moment(copy.saved_at),
        "there_html": content.html(entry),
        "there_at": dates.moment(entry.saved_at),
        "back": back,
        "restore": reverse("journal:revision_restore", args=[entry.pk, copy.pk]),
        "leave": reverse("journal:revision_leave", args=[entry.pk, copy.pk]),
        "save": reverse("journal:entry_edit", args=[entry.pk]),
        "merged": merged is not None,
        "together": together,
    }


# --- A page of its own.


def submit_free(
    request: HttpRequest, author: User, draft: Draft, now: dt.datetime, *, empty: str, new: bool = False
) -> Entry | HttpResponse:
    """Save a page that is no night's: the entry, once its author is done with it; else the response.

    `empty`: where to go on from a page on which nothing was written. Only a `new` page is shared automatically, where that
    was promised while it was written; later changes are its author's to share.
    """
    action = None if wants_json(request) else Finish(shares=new)
    try:
        outcome = submit(author, draft, action, now)
    except Entry.DoesNotExist:
        raise Http404 from None
    if isinstance(outcome, Conflict):
        return show_conflict(request, author, outcome, outcome.entry.get_absolute_url())
    if wants_json(request):
        return as_json(outcome)
    if isinstance(outcome, Empty):
        messages.info(request, _("The page was empty, so nothing was kept."))
        return redirect(empty)
    return outcome.entry
