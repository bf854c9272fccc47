"""What all writing pages have in common: their form, their action, the response to a save, and conflicts."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from accounts.models import User
from common import dates
from common.http import wants_json
from common.ids import new_id, parse_id
from common.numbers import parse_number
from common.rendering.failures import Failure
from journal import content, guide_texts, markup
from journal.diff import merge
from journal.entries.saving import Conflict, Deleted, Draft, Empty, Saved
from journal.entries.submission import Action, Close, Finish, SetMode, Turn, submit
from journal.forms.writing import CHILDREN, WritingForm
from journal.history import revisions
from journal.models import TEXT_LIMIT, Entry, Mode, Night, Revision
from journal.nights import guide_pages
from prompts import wording

WRITE = "journal/entries/write.html"

# --- The form.


def blank_form(
    author: User,
    *,
    night: dt.date,
    latest: dt.date,
    entry: Entry | None = None,
    prompt: str = "",
    words: str = "",
    mode: Mode = Mode.QUESTION,
) -> WritingForm:
    """The form of a page that is being opened, with a page id of its own, and the text of the entry if there is one.

    `prompt` is the slug of the question that the page asks, and `words` are those in which it shows it.
    """
    return WritingForm(
        latest=latest,
        children=author.children,
        initial={
            "text": entry.content.text if entry else "",
            "feeling": entry.summary.feeling if entry else "",
            CHILDREN: entry.summary.children if entry else (),
            "author": author.pk,
            "entry": entry.pk if entry else new_id(),
            "page": new_id(),
            "seq": 1,
            "base": entry.version if entry else 0,
            "night": night,
            "prompt": prompt,
            "wording": wording.sign(author.pk, prompt, words),
            "mode": mode,
        },
    )


def bound_form(request: HttpRequest, latest: dt.date) -> WritingForm:
    children = request.user.children if isinstance(request.user, User) else None
    form = WritingForm(_as_one(request.POST), latest=latest, children=children)
    if _is_badly_encoded(request):
        form.add_error(
            "text",
            _("Some letters came in an encoding we can’t read. Please check the text below and save again."),
        )
    return form


def _as_one(posted: QueryDict) -> QueryDict:
    """What was posted, with the text as one field, and the children as one; without a copy where it is so already."""
    if "text" in posted and "part" not in posted and len(posted.getlist(CHILDREN)) <= 1:
        return posted
    data = posted.copy()
    data["text"] = guide_pages.sent_text(posted)
    if CHILDREN in posted:
        data[CHILDREN] = " ".join(posted.getlist(CHILDREN))
    return data


def _is_badly_encoded(request: HttpRequest) -> bool:
    """Whether the text was sent as bytes that are not UTF-8. Django decodes those to U+FFFD, which a valid text may hold, too."""
    if "\ufffd" not in guide_pages.sent_text(request.POST) or request.content_type != "application/x-www-form-urlencoded":
        return False
    return b"%EF%BF%BD" not in request.body.upper() and "\ufffd".encode() not in request.body


def parse_action(request: HttpRequest) -> Action | None:
    """The action of the pressed button: `turn:3`, `mode:just_write`, `close:done`, …; None for a plain save."""
    name, _colon, value = request.POST.get("action", "").partition(":")
    match name:
        case "turn" if (turn := parse_number(value)) is not None:
            return Turn(turn)
        case "mode" if value in Mode.values:
            return SetMode(Mode(value))
        case "close" if value == Night.Closed.DONE:
            return Finish(announced=parse_id(request.POST.get("announced")))
        case "close" if value in Night.Closed.values:
            return Close(Night.Closed(value))
    return None


def is_typing(request: HttpRequest) -> bool:
    """Whether the author goes on writing: a save in the background, without a button that ends the page or changes it."""
    return wants_json(request) and "action" not in request.POST


# --- Responses.


def refuse(request: HttpRequest, form: WritingForm, template: str, context: Mapping[str, object]) -> HttpResponse:
    """422: the same page with what was typed and what to do. Damaged hidden fields are replaced by valid ones."""
    problems = _problems(form)
    if wants_json(request):
        return _refuse_as_json(form, problems)
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
            "wording": "",
        }
        form.data = {**dict(form.data.items()), **{name: str(value) for name, value in fresh.items() if name in form.errors}}
    has_date = context.get("is_repair") or (template == WRITE and getattr(context.get("entry"), "kind", Entry.Kind.FREE) == Entry.Kind.FREE)
    field = "id_night" if has_date and "night" in form.errors else "part-1" if context.get("parts") else "text"
    return render(request, template, {**context, "form": form, "problems": [Failure(problem, field) for problem in problems]}, status=422)


def _refuse_as_json(form: WritingForm, problems: list[str]) -> JsonResponse:
    """422 for a script. `reason` says what the person can change: the text, the night, or nothing, where the page is damaged."""
    reason = "page" if form.page_is_damaged else "night" if "night" in form.errors else "text"
    answer = {"state": "refused", "reason": reason, "message": " ".join(problems)}
    if form.latest:
        answer["tonight"] = form.latest.isoformat()
    return JsonResponse(answer, status=422)


def refuse_deleted(request: HttpRequest, form: WritingForm) -> HttpResponse:
    """For a text whose page is among the deleted ones, which a tab that was left open knows nothing of.

    410 for a script. Else raises Http404: journal/middleware.py shows the text, which can be saved as a page of its own.
    """
    if not wants_json(request):
        raise Http404
    message = _(
        "This page was deleted somewhere else; it’s under Recently deleted. What you write here isn’t added to it unless you put it back."
    )
    answer = {"state": "deleted", "reason": "deleted", "message": message}
    if form.latest:
        answer["tonight"] = form.latest.isoformat()
    return JsonResponse(answer, status=410)


def is_night_doubtful(author: User, form: WritingForm) -> bool:
    """Whether nobody chose this night, which is far from tonight, and no page of it was saved. Queries for old nights only."""
    return not form.is_recent and not Entry.objects.by(author).filter(pk=form.cleaned_data["entry"]).exists()


def ask_for_night(request: HttpRequest, form: WritingForm, context: Mapping[str, object]) -> HttpResponse:
    """422 for a text of the night's page whose night cannot be right: a page of its own, on which its evening is chosen."""
    if wants_json(request):
        return _refuse_as_json(form, _problems(form))
    form.data = {**dict(form.data.items()), "entry": str(new_id()), "page": str(new_id()), "seq": "1", "base": "0"}
    if form.latest:
        form.data["night"] = form.latest.isoformat()
    return refuse(request, form, WRITE, context)


def _problems(form: WritingForm) -> list[str]:
    problems = [str(error) for name in ("text", "night") for error in form.errors.get(name, [])]
    if form.page_is_damaged:
        problems.append(_("This page was damaged on the way. Your text is below, nothing is lost: please save again."))
    return problems


def tell_repairs(request: HttpRequest, form: WritingForm) -> None:
    """Say on the next page what of the form was not kept. For a script `as_json` says it."""
    for sentence in () if wants_json(request) else form.left_out:
        messages.info(request, sentence)


def as_json(outcome: Saved | Empty, form: WritingForm) -> JsonResponse:
    """The response to a save in the background. `address` is that of a page of its own, where it can be loaded again."""
    if isinstance(outcome, Empty):
        return JsonResponse({"state": "empty"})
    entry = outcome.entry
    message = ". ".join([_("Saved %(time)s") % {"time": dates.clock(entry.saved_at)}, *form.left_out])
    answer = {"state": "saved", "entry": str(entry.pk), "version": outcome.version, "message": message}
    if entry.kind == Entry.Kind.FREE:
        answer["address"] = reverse("journal:entry_edit", args=[entry.pk])
    return JsonResponse(answer)


def show_conflict(request: HttpRequest, author: User, outcome: Conflict, back: str) -> HttpResponse:
    """409: both texts are kept. Shows them side by side, and a form with both as one text."""
    entry, copy = outcome.entry, outcome.copy
    if wants_json(request):
        message = _("This page also changed somewhere else. Both texts are safe.")
        compare = reverse("journal:revision", args=[entry.pk, copy.pk])
        return JsonResponse({"state": "conflict", "entry": str(entry.pk), "message": message, "compare": compare}, status=409)
    sent_ancestor = request.POST.get("ancestor")
    ancestor = normalize_newlines(sent_ancestor) if sent_ancestor is not None and len(sent_ancestor) <= TEXT_LIMIT else None
    context = conflict_context(author, entry, copy, back, ancestor) | {"is_withheld": "announced" in request.POST}
    return render(request, "journal/writing/conflict.html", context, status=409)


def conflict_context(author: User, entry: Entry, copy: Revision, back: str, ancestor: str | None = None) -> dict[str, object]:
    """For the page on which an author chooses between the entry's present text and a conflict copy, or takes both as one.

    `ancestor` is the text that both go back to, where the page sent it; else it is looked up in the history.
    """
    ours, theirs = copy.content, entry.content
    if ancestor is None:
        ancestor = revisions.common_ancestor(entry, copy.version)
    merged = merge.three_way(ancestor, ours.text, theirs.text)
    # Based on the present version, so that saving it updates the entry.
    form = blank_form(
        author,
        night=entry.night,
        latest=entry.night,
        entry=entry,
        prompt=entry.asked or "",
        words=entry.summary.question,
        mode=Mode(entry.mode),
    )
    form.initial["text"] = merge.concatenate(ours.text, theirs.text) if merged is None else merged
    form.initial["feeling"] = ours.feeling or entry.summary.feeling
    form.initial[CHILDREN] = {*ours.children, *entry.summary.children}
    return {
        "entry": entry,
        "copy_children": author.children.names(ours.children),
        "present_children": author.children.names(entry.summary.children),
        "copy_html": guide_texts.apart(markup.render(ours.text)),
        "copy_saved_at": dates.moment(copy.saved_at),
        "present_html": content.html(entry),
        "present_saved_at": dates.moment(entry.saved_at),
        "back": back,
        "restore": reverse("journal:revision_restore", args=[entry.pk, copy.pk]),
        "leave": reverse("journal:revision_leave", args=[entry.pk, copy.pk]),
        "save": reverse("journal:entry_edit", args=[entry.pk]),
        "is_merged": merged is not None,
        "form": form,
    }


def tell_withheld(request: HttpRequest, outcome: Saved | Empty) -> None:
    """Say on the next page where the one that was finished had announced a copy, and none was shared."""
    if isinstance(outcome, Saved) and outcome.is_withheld:
        messages.warning(
            request, _("Your page is saved. It said a copy would be shared, but none was: sharing was stopped or didn’t work.")
        )


# --- A page of its own.


def submit_free(
    request: HttpRequest, author: User, form: WritingForm, draft: Draft, now: dt.datetime, *, empty: str
) -> Entry | HttpResponse:
    """Save a page of its own: the draft of a valid form. Returns the entry where it was not saved in the background, else the response.

    `empty` names the view to redirect to where nothing was written.
    """
    action = parse_action(request)
    finish = replace(action, closes_night=False) if isinstance(action, Finish) else None
    try:
        outcome = submit(author, replace(draft, puts_back=False), finish, now, is_typing=is_typing(request))
    except Entry.DoesNotExist:
        raise Http404 from None
    if isinstance(outcome, Deleted):
        return refuse_deleted(request, form)
    if isinstance(outcome, Conflict):
        return show_conflict(request, author, outcome, outcome.entry.get_absolute_url())
    if wants_json(request):
        return as_json(outcome, form)
    tell_repairs(request, form)
    if isinstance(outcome, Empty):
        messages.info(request, _("The page was empty, so nothing was saved."))
        return redirect(empty)
    tell_withheld(request, outcome)
    return outcome.entry
