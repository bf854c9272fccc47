"""What every page that is written on shares: its form, its answer to a save, and its conflict."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User, new_id
from journal import guiding, history, markup, merging, pages, saving, sharing, words
from journal.forms import WritingForm
from journal.models import TEXT_LIMIT, Entry, Mode, Revision
from journal.saving import Conflict, Draft, NothingYet, Saved
from journal.views import errors


def wants_json(request: HttpRequest) -> bool:
    """True for a save in the background, which reads an answer instead of showing a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def blank_form(
    author: User, *, night: dt.date, latest: dt.date, entry: Entry | None = None, prompt: str = "", mode: Mode = Mode.QUESTION
) -> WritingForm:
    """A form as a page gets it when it opens: with ids of its own, and the text of the entry that is there."""
    return WritingForm(
        latest=latest,
        initial={
            "text": entry.content.text if entry else "",
            "feeling": entry.glance.feeling if entry else "",
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
    sent = request.POST.copy()
    sent["text"] = guiding.typed(request.POST)
    form = WritingForm(sent, latest=latest)
    if _broken_encoding(request):
        form.add_error(
            "text",
            _("Some letters came in an encoding that cannot be read. Please look through the text below and save again."),
        )
    return form


def _broken_encoding(request: HttpRequest) -> bool:
    """Whether the text came in bytes that are no UTF-8: Django reads those as U+FFFD, which a text may hold rightly, too."""
    if "\ufffd" not in guiding.typed(request.POST) or request.content_type != "application/x-www-form-urlencoded":
        return False
    return b"%EF%BF%BD" not in request.body.upper() and "\ufffd".encode() not in request.body


def is_someone_elses(request: HttpRequest, author: User) -> bool:
    """Whether the page was opened for another person, who was signed in here before."""
    try:
        return uuid.UUID(request.POST.get("author", "")) != author.pk
    except ValueError:
        return False  # a damaged page, which its own form refuses


def refuse_someone_elses(request: HttpRequest) -> HttpResponse:
    """403, and without the text: it is not for whoever is signed in now."""
    words = _(
        "This page was opened by someone else, who was signed in here before. Nothing was saved. Their text is still in the tab it was written in."
    )
    if wants_json(request):
        return JsonResponse({"state": "other-person", "message": words}, status=403)
    return errors.page(request, 403, _("This is someone else’s page"), words)


def refusal(form: WritingForm) -> list[str]:
    said = [str(error) for name in ("text", "night") for error in form.errors.get(name, [])]
    if form.page_is_damaged:
        said.append(_("This page was damaged on its way. Your text is below, nothing is lost: please save again."))
    return said


def refuse(request: HttpRequest, form: WritingForm, template: str, context: dict[str, Any]) -> HttpResponse:
    """422: the same page again, with what was typed and what to do; ids that came damaged are made anew."""
    said = refusal(form)
    if wants_json(request):
        return JsonResponse({"state": "refused", "message": " ".join(said)}, status=422)
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
    return render(request, template, {**context, "form": form, "problems": said}, status=422)


def conflict(request: HttpRequest, author: User, outcome: Conflict, back: str) -> HttpResponse:
    """409: both texts are kept, and both are shown, with what they would be together."""
    entry, aside = outcome.entry, outcome.aside
    if wants_json(request):
        message = _("This page was also written elsewhere. Both texts are safe.")
        compare = reverse("journal:revision", args=[entry.pk, aside.pk])
        return JsonResponse({"state": "conflict", "entry": str(entry.pk), "message": message, "compare": compare}, status=409)
    told = request.POST.get("ancestor")
    ancestor = told.replace("\r\n", "\n") if told is not None and len(told) <= TEXT_LIMIT else None
    return render(request, "journal/conflict.html", two_texts(author, entry, aside, back, ancestor), status=409)


def save_and_be_done(
    request: HttpRequest, author: User, draft: Draft, now: dt.datetime, *, empty: str, new: bool = False
) -> Entry | HttpResponse:
    """Save a page of its own. The entry, once its author is done with it; else what to answer. `empty`: where to go on from
    a page on which nothing was written. Only a `new` page is shared by itself, where that was promised while it was written:
    what is changed later is its author's to share."""
    try:
        outcome = saving.save(author, draft, now)
    except Entry.DoesNotExist:
        raise Http404 from None
    if isinstance(outcome, Conflict):
        return conflict(request, author, outcome, outcome.entry.get_absolute_url())
    if wants_json(request):
        return answer(outcome)
    if isinstance(outcome, NothingYet):
        messages.info(request, _("The page was empty, so nothing was kept."))
        return redirect(empty)
    history.keep_done(author, outcome.entry, now)
    sharing.finish(author, outcome.entry, now, shares=new and outcome.version == outcome.entry.version)
    return outcome.entry


def two_texts(author: User, entry: Entry, aside: Revision, back: str, ancestor: str | None = None) -> dict[str, Any]:
    """What the page shows on which an author chooses between an entry's text and one set aside.

    `ancestor` is what both go back to, where the page knows it; else it is what the history knows.
    """
    here, there = aside.content, entry.content
    if ancestor is None:
        ancestor = history.common_ancestor(entry, aside.version)
    merged = merging.suggest(ancestor, here.text, there.text)
    # A form that saves both texts as one, based on the version that is there now.
    together = blank_form(author, night=entry.night, latest=entry.night, entry=entry, prompt=entry.asked or "", mode=Mode(entry.mode))
    together.initial["text"] = merging.both(here.text, there.text) if merged is None else merged
    together.initial["feeling"] = here.feeling or entry.glance.feeling
    return {
        "entry": entry,
        "here_html": markup.render(here.text),
        "here_at": words.moment(aside.saved_at),
        "there_html": pages.html(entry),
        "there_at": words.moment(entry.saved_at),
        "back": back,
        "restore": reverse("journal:restore", args=[entry.pk, aside.pk]),
        "leave": reverse("journal:leave", args=[entry.pk, aside.pk]),
        "save": reverse("journal:edit", args=[entry.pk]),
        "merged": merged is not None,
        "together": together,
    }


def answer(outcome: Saved | NothingYet) -> JsonResponse:
    """What a save in the background is told."""
    if isinstance(outcome, NothingYet):
        return JsonResponse({"state": "empty"})
    entry = outcome.entry
    at = words.clock(entry.saved_at)
    return JsonResponse(
        {"state": "saved", "entry": str(entry.pk), "version": outcome.version, "message": _("Saved %(time)s") % {"time": at}}
    )
