"""Sets by situation: the library's sets and paths for counselors to choose from, one of its sets, and its worksheet."""

import itertools
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from common.ids import new_id, parse_id
from counselor import ready_made
from counselor.ready_made import ReadyMade
from counselor.sets import RULED_LINES, marks_of
from prompts.library.sets import GROUPS, SetText

GROUP_NAMES: dict[str, "str | Promise"] = {
    "families": _("Families that change"),
    "first-years": _("The first years"),
    "school-and-teens": _("School and teens"),
    "losses": _("Losses and illness"),
    "yourself": _("For the parent alone"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The sets about one kind of situation. `url` shows these alone."""

    name: "str | Promise"
    url: str
    is_shown: bool
    sets: list[ReadyMade]


@require_safe
@counselor_required
def library_sets(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All of them by group, or one group; an unknown one narrows nothing. With `?client=`, what is assigned goes to that client."""
    chosen, client = request.GET.get("group"), _client(request)
    every = list(ready_made.sets().values())
    groups = [
        Group(GROUP_NAMES[slug], _address(client, group=slug), slug == chosen, [one for one in every if _group_of(one) == slug])
        for slug in GROUPS
    ]
    shown = [group for group in groups if group.is_shown]
    context = {
        "groups": groups,
        "shown": shown or groups,
        "paths": [] if shown else list(ready_made.published_paths().values()),
        "all_url": _address(client),
        "is_narrowed": bool(shown),
        "client": client,
        "copy_id": new_id(),
    }
    return render(request, "counselor/library_sets/library_sets.html", context)


def _client(request: AuthenticatedHttpRequest) -> str:
    """The id in `?client=`, whosever it is: the page that assigns ignores those of others."""
    pk = parse_id(request.GET.get("client"))
    return str(pk) if pk else ""


def _address(client: str, **query: str) -> str:
    return reverse("counselor:library_sets", query={**query, **({"client": client} if client else {})})


def _group_of(one: ReadyMade) -> str:
    return one.text.group if isinstance(one.text, SetText) else ""


def _find(slug: str) -> ReadyMade:
    found = ready_made.sets().get(slug)
    if found is None:
        raise Http404
    return found


@require_safe
@counselor_required
def library_set(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """All that a counselor wants to know of a set before they assign it."""
    found = _find(slug)
    pk = new_id()
    context = {
        "set": found,
        "caution": "\n\n".join(found.text.caution),
        "introduction": "\n\n".join(found.text.introduction),
        "marks": marks_of(found.content(pk)),
        "client": _client(request),
        "copy_id": pk,
    }
    return render(request, "counselor/library_sets/library_set.html", context)


@require_safe
@counselor_required
def library_set_worksheet(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """The set on paper."""
    found = _find(slug)
    content = found.content(new_id())
    context = {"set": found, "content": content, "steps": list(zip(itertools.count(1), found.asked, strict=False)), "lines": RULED_LINES}
    return render(request, "counselor/library_sets/worksheet.html", context)
